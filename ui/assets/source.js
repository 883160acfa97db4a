// The source panel: opens an article at the cited place, beside the conversation or over it.
// Cards and markers are plain links; without this script they still lead to their articles.
import { all, button, find, icon, make, say } from "./dom.js";

const EMPTY = "A number in an answer opens its article here, at the quoted place.";
const UNSUPPORTED = "No article supports an answer to this question.";
const wide = window.matchMedia("(min-width: 801px)");
let panel, bar, page, opener, wanted = 0;

export const build = (place) => {
  panel = place;
  bar = make("div", { class: "source-bar", role: "group", "aria-label": "Citations" });
  page = make("div", { class: "source-page", tabindex: "0", role: "region", "aria-label": "Article" });
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-label", "Source");
  panel.replaceChildren(bar, page);
  tell(EMPTY);
};

const tell = (sentence) => {
  wanted += 1; // what is still on its way must not replace this
  bar.replaceChildren();
  page.replaceChildren(make("p", { class: "source-empty" }, sentence));
  select(null);
};

export const clear = () => tell(EMPTY);

const select = (card) => {
  all("#chat .on").forEach((element) => element.classList.remove("on"));
  if (!card) return;
  card.classList.add("on");
  all(`#chat a.cite[href$="#${card.id}"]`).forEach((marker) => marker.classList.add("on"));
};

const text = (root, selector) => find(selector, root)?.textContent ?? "";

// What a chip says beside its number: the outlet, or the title where no outlet is stated.
const named = (card) => {
  const by = text(card, ".by");
  return by.includes("no outlet") ? text(card, ".title") : by.split(" · ")[0];
};

// The bar: one chip for each citation of the same answer, which one this is, and the ways on.
const showBar = (link) => {
  const cards = all("a.source", link.closest(".cards") ?? make("i"));
  const at = cards.indexOf(link);
  const chips = cards.map((card) => {
    const number = text(card, ".num");
    const name = named(card);
    return button(name ? `${number} · ${name}` : number, () => open(card), {
      "aria-label": `Citation ${number}, ${name}`, "aria-current": card === link ? "true" : false,
    });
  });
  const step = (by, name, label) => {
    const other = cards[at + by];
    const made = button("", () => open(other, { stay: label }), { class: "b bare square", "aria-label": label, disabled: !other });
    made.append(icon(name));
    return made;
  };
  const strip = make("div", { class: "chips" }, ...chips);
  const several = cards.length > 1;
  const ways = several ? [step(-1, "back", "Previous citation"), make("span", { class: "of" }, `${at + 1} of ${cards.length}`), step(1, "on", "Next citation")] : [];
  const close = button("Close", shut, { class: "b close" });
  bar.replaceChildren(strip, ...ways, close);
  find("[aria-current]", strip)?.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const read = async (link) => {
  const answer = await fetch(link.getAttribute("href"));
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const article = make("article", { class: "article" });
  article.append(...find("main.article", parsed).childNodes);
  return article;
};

// `quietly` leaves the focus and what covers what; `stay` keeps the focus on that button of the bar.
export const open = async (link, { quietly = false, stay = "" } = {}) => {
  const mine = (wanted += 1);
  showBar(link);
  select(link.closest(".card"));
  if (!quietly) {
    if (!panel.contains(document.activeElement)) opener = document.activeElement === document.body ? link : document.activeElement;
    panel.classList.add("open");
  }
  const article = await read(link).catch(() => null);
  if (mine !== wanted) return; // another one was asked for meanwhile
  page.replaceChildren(article ?? make("p", { class: "source-empty" }, "The article cannot be read at the moment; the server does not answer."));
  const mark = find("mark.cited", page);
  // Not scrollIntoView: it would also move the page and its columns.
  page.scrollTop = mark ? mark.getBoundingClientRect().top - page.getBoundingClientRect().top + page.scrollTop - page.clientHeight / 3 : 0;
  if (quietly) return;
  const kept = stay && find(`[aria-label="${stay}"]:enabled`, bar);
  (kept || page).focus({ preventScroll: true });
  if (stay) say(`Citation ${text(link, ".num")}: ${text(link, ".title")}`);
};

export const shut = () => {
  if (!panel?.classList.contains("open")) return false;
  panel.classList.remove("open");
  if (opener?.isConnected) opener.focus();
  return true;
};

export const cardOf = (marker) => document.getElementById(marker.getAttribute("href").split("#")[1]);

// A new answer shows its first source where there is room.
export const arrived = (answer) => {
  const lead = find("p.short a.cite", answer);
  const first = find(".card a.source, a.source", (lead ? cardOf(lead) : answer) ?? answer);
  if (answer.matches(".refusal")) tell(UNSUPPORTED);
  else if (!answer.matches(".answer")) tell(EMPTY);
  else if (first && wide.matches && !first.closest(".stale")) open(first, { quietly: true });
};

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !panel) return;
  const marker = event.target.closest("#chat a.cite");
  const link = marker ? find("a.source", cardOf(marker) ?? make("i")) : event.target.closest("#chat a.source");
  if (!link) return;
  event.preventDefault();
  open(link);
});
