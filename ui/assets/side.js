// The left column: past conversations, filters, the corpus.
import { button, count, day, dialog, fetched, find, icon, make, menu, remembered, say } from "./dom.js";
import { corpusDialog } from "./corpus.js";
import { filters } from "./filters.js";
import { onchange, open, state } from "./order.js";

const wide = window.matchMedia("(min-width: 1181px)");
const FOLDED = "corpus-qa folded";
let side, page, list, size, limits;

const square = (name, label, onclick) => {
  const made = button("", onclick, { class: "b bare square", "aria-label": label, title: label });
  made.append(icon(name));
  return made;
};

export const begin = () => {
  draw(false);
  open("");
  find("#question textarea").focus();
};

const draw = (out) => {
  page.classList.toggle("drawn", out);
  if (out) find("button, a", side).focus();
};

// On a wide screen the column folds away and stays so; elsewhere it is a drawer.
const fold = (away) => {
  if (!wide.matches) return draw(!away);
  page.classList.toggle("folded", away);
  remembered(FOLDED, away ? "yes" : "");
  find(away ? "#top button" : "#side .brand button").focus();
};

export const shut = () => {
  if (!page?.classList.contains("drawn")) return false;
  draw(false);
  find("#top button").focus();
  return true;
};

export const build = (place) => {
  side = place;
  page = find("#page");
  page.classList.toggle("folded", remembered(FOLDED) === "yes");
  size = make("p", { class: "size" });
  list = make("ul", { class: "convs" });
  limits = make("div", {});
  const foot = make("div", { class: "foot" }, make("span", {}, "All on this machine."),
    make("button", { type: "button", class: "link", onclick: () => corpusDialog(refresh) }, "Corpus"));
  side.setAttribute("role", "navigation");
  side.setAttribute("aria-label", "Conversations and filters");
  side.replaceChildren(
    make("div", { class: "head" },
      make("div", { class: "brand" }, make("h1", {}, "corpus-qa"), square("fold", "Hide this column", () => fold(true))),
      size, button("New conversation", begin, { class: "b main new" })),
    make("div", { class: "scroll" }, limits, make("h2", { class: "label" }, "Conversations"), list), foot);
  find("#top").replaceChildren(make("div", { class: "top-bar" },
    square("menu", "Conversations and filters", () => fold(false)), make("h1", { class: "name" }, "corpus-qa"),
    button("New", begin, { class: "b new", "aria-label": "New conversation" })));
  page.addEventListener("click", (event) => { if (event.target === page) draw(false); });
  signedIn(foot);
  refresh();
};

const signedIn = async (foot) => {
  const { name } = await fetched("chat/me").catch(() => ({}));
  if (name) foot.append(make("form", { method: "post", action: "logout" }, make("span", {}, `${name} · `), make("button", { class: "link" }, "Sign out")));
};

// What the server has now: the corpus and the conversations.
export const refresh = async () => {
  conversations();
  try {
    const corpus = await fetched("chat/corpus");
    size.textContent = `${count(corpus.articles, "article")}, indexed ${day(corpus.built)}`;
    const made = filters(corpus);
    limits.replaceChildren(...(made ? [make("h2", { class: "label" }, "Only articles from"), made] : []));
  } catch { size.textContent = ""; }
};

export const conversations = async () => {
  let all;
  try { all = await fetched("chat/conversations"); } catch (error) { return list.replaceChildren(make("li", {}, make("p", { class: "none-yet" }, error.message))); }
  if (!all.length) return list.replaceChildren(make("li", {}, make("p", { class: "none-yet" }, "None yet.")));
  list.replaceChildren(...all.map(item));
  mark();
};

const item = ({ id, title }) => {
  const name = title || "Untitled";
  const link = make("a", { href: `?c=${id}`, title: name, onclick: (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    draw(false);
    open(id);
  } }, name);
  link.dataset.id = id;
  const more = square("more", `More for ${name}`, () => menu(more, [
    ["Rename …", () => rename(id, title)],
    ["Export as Markdown", () => download(id, "markdown")],
    ["Export as JSON", () => download(id, "json")],
    ["Delete …", () => remove(id, name), "risky"],
  ]));
  more.setAttribute("aria-haspopup", "true");
  more.setAttribute("aria-expanded", "false");
  return make("li", {}, link, more);
};

const mark = () => {
  for (const link of list?.querySelectorAll("a") ?? []) {
    const here = link.dataset.id === state.conversation;
    link.parentElement.classList.toggle("on", here);
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
};

const download = (id, form) => {
  const link = make("a", { href: `chat/conversations/${encodeURIComponent(id)}/export?form=${form}`, download: "" });
  document.body.append(link);
  link.click();
  link.remove();
};

const path = (id) => `chat/conversations/${encodeURIComponent(id)}`;

const rename = (id, title) => {
  const field = make("input", { class: "field", "aria-label": "Title", maxlength: "80" });
  field.value = title;
  const told = make("p", { class: "bad", role: "alert" });
  const form = make("form", { class: "inside-form" }, field);
  const save = async (event) => {
    event.preventDefault();
    try {
      await fetched(path(id), { method: "PATCH", json: { title: field.value } });
      box.close();
      await conversations();
      say("Renamed.");
    } catch (error) { told.textContent = error.message; }
  };
  form.addEventListener("submit", save);
  const box = dialog("Rename the conversation", [form, told,
    make("div", { class: "row" }, button("Cancel", () => box.close()), button("Rename", save, { class: "b main" }))], { small: true });
  field.select();
};

const remove = (id, name) => {
  const told = make("p", { class: "bad", role: "alert" });
  const gone = async () => {
    try {
      await fetched(path(id), { method: "DELETE" });
      box.close();
      if (state.conversation === id) begin();
      await conversations();
      say("Deleted.");
    } catch (error) { told.textContent = error.message; }
  };
  const box = dialog("Delete this conversation?", [make("p", {}, `“${name}” and all its answers will be gone for good.`), told,
    make("div", { class: "row" }, button("Cancel", () => box.close()), button("Delete", gone, { class: "b risky" }))], { small: true });
};

onchange(mark);
