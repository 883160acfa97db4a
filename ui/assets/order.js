// What this page has open, and how it tells Gradio: a hidden field and hidden buttons.
import { all, find } from "./dom.js";

const KEPT = "corpus-qa-filters"; // in this tab, so that a reload does not widen the next question
const NONE = { since: "", until: "", sources: [] };

export const state = { conversation: "", filters: NONE };
const heard = new Set();
let leaving = "";

// Be told whenever the conversation or the filters are others than before.
export const onchange = (listener) => heard.add(listener);

const write = (extra = {}) => {
  const field = find("#order textarea");
  if (!field) return;
  field.value = JSON.stringify({ conversation: state.conversation, ...state.filters, ...extra });
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

const moved = () => {
  const here = new URL(location.href);
  if (state.conversation) here.searchParams.set("c", state.conversation);
  else here.searchParams.delete("c");
  history.replaceState(null, "", here.pathname + here.search);
  heard.forEach((listener) => listener());
};

export const limit = (filters) => {
  state.filters = { ...state.filters, ...filters };
  try { sessionStorage.setItem(KEPT, JSON.stringify(state.filters)); } catch { /* not allowed here */ }
  write();
  heard.forEach((listener) => listener());
};

// Show a past conversation, or none for a new one.
export const open = (conversation) => {
  if (conversation !== state.conversation) leaving = state.conversation;
  state.conversation = conversation;
  write();
  find("#open").click();
  moved();
};

// Show this conversation as the server has it, and let a question that was just asked go on.
export const refresh = () => { write(); find("#refresh").click(); };

// Ask a question as the box would.
export const ask = (question) => {
  const box = find("#question textarea");
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => find("#send").click(), 0);
};

// Remove a turn and all after it, and ask this question in its place.
export const again = (turn, question, standalone = "") => {
  write({ cut: turn, question, standalone });
  setTimeout(() => find("#again").click(), 0);
};

const shown = () => all("#chat .q").flatMap((q) => [...q.classList].filter((name) => name.startsWith("of-") && name.length > 3)).map((name) => name.slice(3)).pop() ?? "";

// The server names the conversation that a first question began.
export const follow = () => {
  const id = shown();
  if (id === leaving && id) return;
  leaving = "";
  if (!id || id === state.conversation) return;
  state.conversation = id;
  write();
  moved();
};

// What the address named is not there: the next question begins a new conversation.
export const forget = () => {
  state.conversation = "";
  write();
  moved();
};

const kept = () => {
  try {
    const { since, until, sources } = { ...NONE, ...JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") };
    return { since: `${since}`, until: `${until}`, sources: sources.map(String) };
  } catch {
    return NONE;
  }
};

// The page was loaded with a conversation in its address, which the server shows by itself.
export const resume = () => {
  state.conversation = new URL(location.href).searchParams.get("c") ?? "";
  state.filters = kept();
  write();
  heard.forEach((listener) => listener());
};
