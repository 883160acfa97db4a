// The source panel: opens an article at the cited place, beside the conversation or over it.
// Cards and markers are plain links; without this script they still lead to their articles.
"use strict";
(() => {
  const EMPTY = "A number in an answer opens its article here, at the quoted place.";
  const UNSUPPORTED = "No article supports an answer to this question.";
  const wide = window.matchMedia("(min-width: 801px)");
  let panel, bar, page, opener, wanted = 0;

  const make = (name, text, attributes = {}) => {
    const element = document.createElement(name);
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const build = () => {
    panel = document.getElementById("source");
    bar = make("div", "", { class: "source-bar", role: "toolbar", "aria-label": "Citations" });
    page = make("div", "", { class: "source-page", tabindex: "0", role: "document", "aria-label": "Article" });
    panel.setAttribute("role", "complementary");
    panel.setAttribute("aria-label", "Source");
    panel.replaceChildren(bar, page);
    say(EMPTY);
  };

  const say = (sentence) => {
    wanted += 1; // what is still on its way must not replace this
    bar.replaceChildren();
    page.replaceChildren(make("p", sentence, { class: "source-empty" }));
    select(null);
  };

  const select = (card) => {
    document.querySelectorAll("#chat .on").forEach((element) => element.classList.remove("on"));
    if (!card) return;
    card.classList.add("on");
    document.querySelectorAll(`#chat a.cite[href$="#${card.id}"]`).forEach((a) => a.classList.add("on"));
  };

  // The bar: one chip for each citation of the same answer, which one this is, and the way back.
  const showBar = (link) => {
    const cards = [...(link.closest(".cards")?.querySelectorAll("a.source") ?? [])];
    const chips = cards.map((card) => {
      const by = card.querySelector(".by").textContent;
      const outlet = by.includes("no outlet") ? "" : by.split(" · ")[0];
      const named = outlet || (cards.length > 1 ? "" : card.querySelector(".title").textContent);
      const number = card.querySelector(".num").textContent;
      const chip = make("button", named ? `${number} · ${named}` : number, { type: "button", "aria-label": `Citation ${number}` });
      if (card === link) { chip.classList.add("on"); chip.setAttribute("aria-current", "true"); }
      chip.addEventListener("click", () => open(card));
      return chip;
    });
    const place = make("span", cards.length > 1 ? `${cards.indexOf(link) + 1} of ${cards.length}` : "", { class: "of" });
    const close = make("button", "Close", { type: "button", class: "close" });
    close.addEventListener("click", shut);
    const strip = make("div", "", { class: "chips" });
    strip.append(...chips);
    bar.replaceChildren(strip, place, close);
    strip.querySelector(".on")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const open = async (link, { quietly = false } = {}) => {
    const mine = (wanted += 1);
    showBar(link);
    select(link.closest(".card"));
    if (!quietly) { opener = link; panel.classList.add("open"); }
    let article;
    try {
      const answer = await fetch(link.getAttribute("href"));
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      article = parsed.querySelector("main.article");
    } catch { article = null; }
    if (mine !== wanted) return; // another one was asked for meanwhile
    page.replaceChildren(article ?? make("p", "The article cannot be read at the moment; the server does not answer.", { class: "source-empty" }));
    const mark = page.querySelector("mark.cited");
    // Not scrollIntoView: it would also move the page and its columns.
    page.scrollTop = mark ? mark.getBoundingClientRect().top - page.getBoundingClientRect().top + page.scrollTop - page.clientHeight / 3 : 0;
    if (!quietly) page.focus({ preventScroll: true });
  };

  const shut = () => {
    panel.classList.remove("open");
    opener?.focus();
  };

  const cardOf = (marker) => document.getElementById(marker.getAttribute("href").split("#")[1]);

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !panel) return;
    const marker = event.target.closest("#chat a.cite");
    const link = marker ? cardOf(marker)?.querySelector("a.source") : event.target.closest("#chat a.source");
    if (!link) return;
    event.preventDefault();
    open(link);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel?.classList.contains("open")) shut();
  });

  // A new question goes to the top; a new answer shows its first source where there is room.
  let questions = 0, answers = 0;
  const look = () => {
    if (!document.getElementById("source")) return;
    if (!panel) build();
    const asked = document.querySelectorAll("#chat .user-row");
    const done = document.querySelectorAll("#chat .done");
    // Gradio labels each message with its HTML source, which a screen reader would read aloud.
    document.querySelectorAll("#chat .message [aria-label]").forEach((element) => element.removeAttribute("aria-label"));
    if (asked.length > questions) scrollTo(asked[asked.length - 1]);
    if (asked.length < questions || done.length < answers) say(EMPTY);
    else if (done.length > answers) arrived(done[done.length - 1], asked[asked.length - 1]);
    [questions, answers] = [asked.length, done.length];
  };
  const arrived = (answer, question) => {
    const lead = answer.querySelector("p.short a.cite");
    const first = (lead ? cardOf(lead) : answer)?.querySelector(".card a.source, a.source");
    if (!answer.matches(".answer")) say(UNSUPPORTED);
    else if (first && wide.matches) open(first, { quietly: true });
    scrollTo(question);
  };
  const scrollTo = (row) => {
    const log = row?.closest("[role=log]");
    if (log) log.scrollTop += row.getBoundingClientRect().top - log.getBoundingClientRect().top - 24;
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
})();
