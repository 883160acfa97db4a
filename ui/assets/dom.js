// Elements, requests to this server, menus and dialogs. No HTML is ever made from text.

export const find = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// An element with attributes and children; strings become text. `on…` attributes are listeners.
export const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
};

export const button = (text, onclick, attributes = {}) =>
  make("button", { type: "button", class: "b", onclick, ...attributes }, text);

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6L6 18",
  fold: "M4 5h16v14H4zM9.5 5v14M16 9.5L13.5 12l2.5 2.5",
  back: "M14.5 6L8.5 12l6 6",
  on: "M9.5 6l6 6-6 6",
};

export const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const look = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "aria-hidden": "true" };
  const pen = { "stroke-width": name === "more" ? "2.8" : "1.8", "stroke-linecap": "round", "stroke-linejoin": "round" };
  for (const [key, value] of Object.entries({ ...look, ...pen })) svg.setAttribute(key, value);
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
};

// What this browser remembers; nothing where it is told to remember nothing.
export const remembered = (key, value) => {
  try {
    if (value === undefined) return localStorage.getItem(key) ?? "";
    localStorage.setItem(key, value);
  } catch { /* the page works without */ }
  return "";
};

// To the page that asks who this is; not again and again where a browser takes no cookies.
const signIn = () => {
  const key = "corpus-qa asked", now = Date.now();
  if (now - Number(remembered(key)) < 20_000) return;
  remembered(key, String(now));
  if (remembered(key)) location.reload();
};

// Ask this server for JSON. Fails with the server's own sentence, or with one that tells it is gone.
export const fetched = async (path, { method = "GET", json } = {}) => {
  const options = { method, headers: { accept: "application/json" } };
  if (json !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(json);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The server does not answer.");
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (response.status === 401) signIn();
  if (!response.ok) throw new Error(body.error || "The server could not do this.");
  return body;
};

// A sentence for people who cannot see what has changed.
export const say = (sentence) => {
  let place = find("#said");
  if (!place) {
    place = make("p", { id: "said", class: "unseen", role: "status" });
    document.body.append(place);
  }
  place.textContent = "";
  setTimeout(() => (place.textContent = sentence), 60);
};

// A dialog that is removed when it closes; focus goes back to where it was.
export const dialog = (title, inside, { small = false, onclose } = {}) => {
  const from = document.activeElement;
  const shut = button("", () => box.close(), { class: "b bare square", "aria-label": "Close" });
  shut.append(icon("close"));
  const heading = make("h2", { id: "box-title" }, title);
  const box = make("dialog", { class: small ? "box small" : "box", "aria-labelledby": "box-title" },
    make("header", {}, heading, shut), make("div", { class: "inside" }, ...inside));
  box.addEventListener("close", () => {
    box.remove();
    if (from?.isConnected) from.focus();
    onclose?.();
  });
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
};

// A menu below the element that opened it; each item is [text, what it does, its class].
export const menu = (opener, items) => {
  if (opener.getAttribute("aria-expanded") === "true") return;
  const shut = (back) => {
    list.remove();
    opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (back) opener.focus();
  };
  const outside = (event) => { if (!list.contains(event.target)) shut(false); };
  const list = make("div", { class: "menu" }, ...items.map(([text, act, look = ""]) =>
    button(text, () => { shut(true); act(); }, { class: `b ${look}` })));
  list.addEventListener("keydown", (event) => {
    const all = [...list.children], at = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); all[(at + step + all.length) % all.length].focus(); }
    if (event.key === "Escape") { event.stopPropagation(); shut(true); }
    if (event.key === "Tab") shut(true);
  });
  opener.setAttribute("aria-expanded", "true");
  (opener.closest("dialog") ?? document.body).append(list);
  const at = opener.getBoundingClientRect(), size = list.getBoundingClientRect();
  list.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
  list.style.top = `${at.bottom + size.height + 8 > innerHeight ? at.top - size.height - 4 : at.bottom + 4}px`;
  list.firstElementChild.focus();
  document.addEventListener("pointerdown", outside, true);
};

export const day = (iso) =>
  new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" }).format(new Date(iso.length === 10 ? `${iso}T12:00` : iso));

export const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
