// The corpus: what is indexed and since when, and articles of one's own added to it and removed.
import { button, count, day, dialog, fetched, find, make, say } from "./dom.js";

const OUTLETS = 12;

const facts = (corpus) => {
  const rows = [["Articles", corpus.articles.toLocaleString("en")], ["Passages", corpus.chunks.toLocaleString("en")],
    ["Indexed", new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" }).format(new Date(corpus.built))]];
  if (corpus.dates) rows.push(["Dated", corpus.dates[0] === corpus.dates[1] ? day(corpus.dates[0]) : `${day(corpus.dates[0])} to ${day(corpus.dates[1])}`]);
  const named = Object.entries(corpus.sources).filter(([name]) => name).sort((one, other) => other[1] - one[1]);
  const more = named.length > OUTLETS ? `, and ${named.length - OUTLETS} more` : "";
  if (named.length) rows.push(["Outlets", named.slice(0, OUTLETS).map(([name, number]) => `${name} (${number.toLocaleString("en")})`).join(", ") + more]);
  if (named.length && corpus.sources[""]) rows.push(["No outlet stated", count(corpus.sources[""], "article")]);
  rows.push(["Model", corpus.model.split("/").pop()]);
  return make("dl", {}, ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
};

// Send files with a progress bar; XHR, because fetch does not tell how much has been sent.
const send = (files, progress) => new Promise((done, failed) => {
  const form = new FormData();
  for (const file of files) form.append("files", file);
  const request = new XMLHttpRequest();
  request.open("POST", "api/uploads");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
  request.addEventListener("load", () => {
    if (request.status < 300) done({ over: request.status === 200, ...request.response });
    else failed(new Error(request.response?.error || "The server could not take these files."));
  });
  request.addEventListener("error", () => failed(new Error("The server does not answer, or does not take files of this size.")));
  request.send(form);
});

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const STEPS = { waiting: "Waiting for another change to the corpus …", checking: "Reading", indexing: "Indexing" };

// Show how far one's own job is until it is over; what it came to.
const followed = async (show, stopped) => {
  while (!stopped()) {
    const job = await fetched("api/uploads/status").catch(() => ({}));
    if (["done", "failed", "idle"].includes(job.state)) return job;
    show(job);
    await pause(300);
  }
  return null;
};

const take = async (files, show) => {
  let over = false, sent = 0;
  const step = (job) => {
    const said = STEPS[job.state] ?? "Indexing";
    const of = job.total ? ` ${job.file ? `${job.file}, ` : ""}${job.done} of ${job.total}` : job.file ? ` ${job.file}` : "";
    show(said.endsWith("…") ? said : `${said}${of} …`, job.total ? job.done / job.total : null);
  };
  const sending = send(files, (part) => {
    sent = part;
    show(part < 1 ? "Sending …" : "Reading …", part < 1 ? part : null);
  });
  const watching = (async () => {
    while (!over && sent < 1) await pause(100);
    await pause(300);
    return followed(step, () => over);
  })();
  try {
    const answer = await sending;
    if (answer.over) return answer;
    const job = await watching;
    if (job?.error) throw new Error(job.error);
    return job;
  } finally { over = true; }
};

const report = ({ added, failed }) => {
  const lines = failed.map(({ name, reason }) => make("li", { class: "bad" }, make("span", {}, name, make("small", {}, reason))));
  const said = added.length ? `Added: ${added.join(", ")}.` : "Nothing was added.";
  return [make("p", {}, said), ...(lines.length ? [make("h3", {}, "Not added"), make("ul", {}, ...lines)] : [])];
};

const uploading = ({ accepts = [], most_bytes: most }, changed) => {
  const told = make("div", { role: "status", class: "told" });
  const picker = make("input", { type: "file", multiple: true, class: "unseen", tabindex: "-1", "aria-label": "Files to add", accept: accepts.join(",") });
  const pick = button("Choose files", () => picker.click());
  const drop = make("div", { class: "drop" }, make("span", {}, "Drop articles here, or"), pick, picker,
    make("small", {}, `${accepts.join(" ")}${most ? `, at most ${bytes(most)}` : ""}`));
  const add = async (files) => {
    if (!files.length) return;
    const bar = make("progress", { max: "1", value: "0", "aria-label": "Progress" });
    const step = make("p", { class: "soft" }, "Sending …");
    told.replaceChildren(step, bar);
    pick.disabled = true;
    try {
      const found = await take(files, (said, part) => {
        step.textContent = said;
        if (part === null) bar.removeAttribute("value");
        else bar.value = part;
      });
      told.replaceChildren(...report(found));
      changed();
    } catch (error) { told.replaceChildren(make("p", { class: "bad" }, error.message)); }
    pick.disabled = false;
    picker.value = "";
  };
  picker.addEventListener("change", () => add([...picker.files]));
  for (const name of ["dragover", "dragleave", "drop"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.toggle("over", name === "dragover"); });
  drop.addEventListener("drop", (event) => add([...event.dataTransfer.files]));
  return [drop, told];
};

const bytes = (size) => (size < 1e6 ? `${Math.max(1, Math.round(size / 1e3))} kB` : `${(size / 1e6).toFixed(size < 1e7 ? 1 : 0)} MB`);

const uploads = (own, changed) => own.map(({ name, articles, when, size }) => {
  const remove = button("Remove", async () => {
    remove.disabled = true;
    remove.textContent = "Removing …";
    try {
      await fetched(`api/uploads/${encodeURIComponent(name)}`, { method: "DELETE" });
      say(`${name} is removed.`);
      changed();
    } catch (error) {
      remove.disabled = false;
      remove.textContent = "Remove";
      find("small", row).textContent = error.message;
      row.classList.add("bad");
    }
  }, { "aria-label": `Remove ${name}` });
  const row = make("li", {}, make("span", {}, name, make("small", {}, `${count(articles.length, "article")}, ${bytes(size)}, added ${day(when)}`)), remove);
  return row;
});

// `refresh` is told when the corpus is another one.
export const corpusDialog = (refresh) => {
  const about = make("div", {}, make("p", { class: "soft" }, "…"));
  const mine = make("div", {});
  const box = dialog("The corpus", [about, mine]);
  const fill = async () => {
    const asked = ["chat/corpus", "api/uploads", "chat/me"].map((path) => fetched(path).catch((error) => error));
    const [corpus, own, me] = await Promise.all(asked);
    about.replaceChildren(corpus instanceof Error ? make("p", { class: "bad" }, corpus.message) : facts(corpus));
    if (own instanceof Error) return mine.replaceChildren();
    if (!find(".drop", mine)) mine.replaceChildren(make("h3", {}, "Add articles"), ...uploading(me, changed), make("div", { class: "yours" }));
    const rows = uploads(own, changed);
    find(".yours", mine).replaceChildren(...(rows.length ? [make("h3", {}, "Added by you"), make("ul", {}, ...rows)] : []));
  };
  const changed = () => { if (box.isConnected) fill(); refresh(); };
  fill();
};
