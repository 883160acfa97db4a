// The quote behind a number, shown while the pointer or the focus is on it.
import { find, make } from "./dom.js";
import { cardOf } from "./source.js";

const AFTER_MS = 120; // so that a pointer passing by opens nothing
let shown, timer;

export const hide = () => {
  clearTimeout(timer);
  shown?.marker.removeAttribute("aria-describedby");
  shown?.box.remove();
  shown = null;
};

const show = (marker) => {
  if (shown?.marker === marker || !marker.isConnected) return;
  hide();
  const card = cardOf(marker);
  if (!card) return;
  const copy = (selector) => find(selector, card)?.textContent ?? "";
  const box = make("div", { id: "preview", role: "tooltip" },
    make("p", { class: "quote", dir: "auto" }, copy(".quote")),
    make("p", { class: "by" }, `${copy(".title")} · ${copy(".by")}`),
    copy(".standing") ? make("p", { class: "standing" }, copy(".standing")) : null);
  document.body.append(box);
  const at = marker.getBoundingClientRect(), size = box.getBoundingClientRect();
  const above = at.top - size.height - 6;
  box.style.left = `${Math.max(12, Math.min(at.left + at.width / 2 - size.width / 2, innerWidth - size.width - 12))}px`;
  box.style.top = `${above > 8 ? above : at.bottom + 6}px`;
  marker.setAttribute("aria-describedby", "preview");
  box.addEventListener("pointerleave", later);
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  shown = { marker, box };
};

const later = () => {
  clearTimeout(timer);
  timer = setTimeout(hide, 200); // time to move onto the quote itself
};

const of = (event) => event.target.closest?.("#chat a.cite");

document.addEventListener("pointerover", (event) => {
  const marker = event.pointerType !== "touch" && of(event);
  if (!marker) return;
  clearTimeout(timer);
  timer = setTimeout(() => show(marker), AFTER_MS);
});
document.addEventListener("pointerout", (event) => { if (of(event)) later(); });
document.addEventListener("focusin", (event) => { if (of(event)?.matches(":focus-visible")) show(of(event)); });
document.addEventListener("focusout", (event) => { if (of(event)) hide(); });
document.addEventListener("scroll", hide, true);
document.addEventListener("click", hide, true);
