// What can be done with a turn: copy, judge, ask again, edit, correct how it was understood.
import { all, button, fetched, find, make, say } from "./dom.js";
import { again } from "./order.js";

const numberOf = (element) => Number(element.id.slice(1));
const questionOf = (done) => done.closest(".message-row").previousElementSibling;
const plain = (element) => (element?.textContent ?? "").replace(/\s+/g, " ").trim();

// The answer as text with its markers, then its sources with their quotes.
const copied = (done) => {
  const lines = [plain(find(".q", questionOf(done))), ""];
  for (const part of all(".short, p[dir], .missing li, .near li", done)) {
    const copy = part.cloneNode(true);
    all(".cite", copy).forEach((marker) => marker.replaceWith(` [${marker.textContent}]`));
    lines.push(plain(copy));
  }
  const cards = all(".card", done).map((card) => {
    const of = (selector) => plain(find(selector, card));
    return `[${of(".num")}] ${of(".title")}, ${of(".by")}: “${of(".quote")}”`;
  });
  return [...lines, ...(cards.length ? ["", "Sources", ...cards] : [])].join("\n");
};

const toClipboard = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // where the page is not served from this machine, nor over https
    const field = make("textarea", { class: "unseen" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
};

const copyButton = (done) => {
  const made = button("Copy", async () => {
    await toClipboard(copied(done));
    made.textContent = "Copied";
    say("The answer and its sources are copied.");
    setTimeout(() => (made.textContent = "Copy"), 2000);
  }, { class: "b bare", title: "Copy the answer with its sources" });
  return made;
};

const judge = async (done, thumb, comment = "") => {
  const judged = find(".judged", done) ?? make("span", { class: "judged" });
  await fetched(`chat/turns/${numberOf(done)}/judgement`, { method: "POST", json: { thumb, comment } });
  judged.className = `judged ${thumb ?? ""}`;
  judged.textContent = comment;
  done.append(judged);
  all("[data-thumb]", done).forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.thumb === thumb)));
};

const commentForm = (done, thumb) => {
  find(".inline", done)?.remove();
  const field = make("textarea", { class: "field", maxlength: "4000", rows: "2", "aria-label": "Comment",
    placeholder: thumb === "up" ? "What was good? (optional)" : "What was wrong or missing? (optional)" });
  field.value = find(".judged", done)?.textContent ?? "";
  const told = make("span", { class: "label", role: "status" }, "Your judgement is kept.");
  const send = make("button", { type: "submit", class: "b" }, "Add comment");
  const form = make("form", { class: "inline" }, field, make("div", { class: "row" }, send, button("Done", () => form.remove(), { class: "b bare" }), told));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await judge(done, thumb, field.value).then(() => { form.remove(); say("Thank you, the comment is kept."); find(`[data-thumb="${thumb}"]`, done)?.focus(); },
      (error) => (told.textContent = error.message));
  });
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); form.remove(); } });
  done.append(form);
};

const thumbButton = (done, thumb, text, label) => {
  const judged = find(".judged", done);
  const made = button(text, async () => {
    const given = made.getAttribute("aria-pressed") === "true" ? null : thumb;
    try {
      await judge(done, given);
      if (given) commentForm(done, given);
      else find(".inline", done)?.remove();
    } catch (error) { say(error.message); made.title = error.message; }
  }, { class: "b bare", "aria-label": label, "aria-pressed": String(Boolean(judged?.classList.contains(thumb))) });
  made.dataset.thumb = thumb;
  return made;
};

// A form in the question's place; the answer is made anew when it is sent.
const edit = (done, { text, label, sent }) => {
  const row = questionOf(done);
  const place = find(".prose", row);
  if (find(".inline", place)) return;
  const back = document.activeElement;
  const field = make("textarea", { class: "field", rows: "2", "aria-label": label });
  field.value = text;
  const later = done.closest(".message-row").nextElementSibling;
  const form = make("form", { class: "inline" }, field,
    later ? make("p", { class: "says" }, "What was asked after this will be removed.") : null,
    make("div", { class: "row" }, make("button", { type: "submit", class: "b main" }, "Ask again"), button("Cancel", () => shut())));
  const shut = () => { form.remove(); place.classList.remove("editing"); back?.focus(); };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) { shut(); sent(field.value.trim()); }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); shut(); }
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); form.requestSubmit(); }
  });
  place.classList.add("editing");
  place.append(form);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
};

// How the question was understood, "" where as it was asked: without the button that comes after it.
const read = (done) => {
  const understood = find(".understood bdi", questionOf(done));
  return understood ? plain(understood) : "";
};

const asked = (done) => plain(find(".q", questionOf(done)));

const decorate = (done) => {
  const turn = numberOf(done);
  const answer = done.matches(".answer, .refusal");
  const retry = button("Ask again", () => again(turn, "", read(done)), { class: answer ? "b bare" : "b" });
  const change = button("Edit", () => edit(done, { text: asked(done), label: "Edit the question", sent: (text) => again(turn, text) }),
    { class: answer ? "b bare" : "b", "aria-label": "Edit the question" });
  const judging = answer ? [thumbButton(done, "up", "Good", "Good answer"), thumbButton(done, "down", "Bad", "Bad answer")] : [];
  const actions = make("div", { class: "actions", role: "group", "aria-label": "This answer" },
    answer ? copyButton(done) : null, ...judging, retry, change);
  let meta = find(".meta", done);
  if (!meta) done.append((meta = make("div", { class: "meta" })));
  meta.append(actions);
  const understood = find(".understood", questionOf(done));
  if (understood && !find(".link", understood)) understood.append(correct(done));
};

const correct = (done) =>
  make("button", { type: "button", class: "link", "aria-label": "Correct how the question was understood",
    onclick: () => edit(done, { text: read(done), label: "The question as it is to be understood", sent: (text) => again(numberOf(done), "", text) }) }, "Correct");

export const look = () => {
  for (const done of all("#chat .done[id]")) if (!find(".actions", done)) decorate(done);
};
