// The page's beginning: fills the places that Gradio laid out, and follows what it shows in them.
import { all, fetched, find, make } from "./dom.js";
import * as answers from "./answers.js";
import * as health from "./health.js";
import * as order from "./order.js";
import * as preview from "./preview.js";
import * as side from "./side.js";
import * as source from "./source.js";

let built = false, questions = 0, done = 0, conversation = "";

const build = () => {
  built = true;
  source.build(find("#source"));
  side.build(find("#side"));
  order.resume();
  fetchFirsts();
  health.watch((wasGone) => {
    side.refresh();
    fetchFirsts();
    if (wasGone && order.state.conversation && !find("#chat .going")) order.refresh();
  });
};

const scrollTo = (row) => {
  const log = row?.closest("[role=log]");
  if (log) log.scrollTop += row.getBoundingClientRect().top - log.getBoundingClientRect().top - 24;
};

// A new question goes to the top; a new answer shows its first source where there is room.
const follow = () => {
  const asked = all("#chat .user-row"), answered = all("#chat .done");
  const moved = conversation !== order.state.conversation;
  conversation = order.state.conversation;
  if (asked.length > questions || moved) scrollTo(asked.at(-1));
  if (!answered.length) { if (done) source.clear(); }
  else if (!find("#chat .going") && (answered.length !== done || answered.at(-1) !== last)) {
    last = answered.at(-1);
    if (!asked.length && order.state.conversation) order.forget();
    source.arrived(last);
    scrollTo(asked.at(-1));
    side.conversations();
    if (last.matches(".error")) health.check();
  }
  [questions, done] = [asked.length, answered.length];
};
let last = null;

// Questions to begin with, asked for once the page stands; they are made while one waits for them.
let firsts = [];
const fetchFirsts = async (tries = 3) => {
  firsts = await fetched("chat/suggestions").catch(() => []);
  suggest();
  if (firsts.length < 4 && tries > 1 && find("#chat .welcome")) setTimeout(fetchFirsts, 1500, tries - 1);
};

const suggest = () => {
  const welcome = find("#chat .welcome");
  if (!welcome || all(".firsts li", welcome).length === firsts.length) return;
  find(".firsts", welcome)?.remove();
  const items = firsts.map((question) => make("li", {}, make("button", { type: "button", onclick: () => order.ask(question) }, question)));
  welcome.append(make("ul", { class: "firsts", "aria-label": "Questions to begin with" }, ...items));
};

const look = () => {
  if (!find("#source") || !find("#side") || !find("#order textarea") || !find("#top")) return;
  if (!built) build();
  // Gradio labels each message with its HTML source, which a screen reader would read aloud.
  all("#chat .message [aria-label]").forEach((element) => { if (!element.closest(".md")) element.removeAttribute("aria-label"); });
  find("#chat [role=log]")?.setAttribute("aria-busy", String(Boolean(find("#chat .going"))));
  order.follow();
  follow();
  answers.look();
  suggest();
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !find("dialog[open]")) { preview.hide(); if (!source.shut()) side.shut(); }
});
new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
look();
