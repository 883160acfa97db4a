// Which articles may answer: outlets and dates, from what the corpus has.
import { all, day, find, make } from "./dom.js";
import { limit, onchange, state } from "./order.js";

const SHOWN = 200; // outlets listed at once; more are found by typing
const UNSTATED = "no outlet stated";

const date = (name, label, corpus) => {
  const [min, max] = corpus.dates;
  const field = make("input", { type: "date", class: "field", min, max,
    onchange: () => limit({ [name]: field.validity.badInput ? "" : field.value }) });
  field.value = state.filters[name];
  return make("label", {}, label, field);
};

const outlet = ([name, number]) => {
  const box = make("input", { type: "checkbox", onchange: () => {
    const others = state.filters.sources.filter((other) => other !== name);
    limit({ sources: box.checked ? [...others, name] : others });
  } });
  box.checked = state.filters.sources.includes(name);
  box.value = name;
  return make("label", {}, box, make("span", { title: name }, name || UNSTATED), make("small", {}, number.toLocaleString("en")));
};

const outlets = (named) => {
  const list = make("fieldset", { class: "outlets" }, make("legend", { class: "unseen" }, "Outlets"));
  const fill = (wanted) => {
    all("label", list).forEach((one) => one.remove());
    const kept = named.filter(([name]) => state.filters.sources.includes(name) || name.toLowerCase().includes(wanted.toLowerCase()));
    list.append(...kept.slice(0, SHOWN).map(outlet));
  };
  fill("");
  if (named.length <= 8) return [list];
  const search = make("input", { type: "search", class: "field", placeholder: "Find an outlet", "aria-label": "Find an outlet", oninput: () => fill(search.value) });
  return [search, list];
};

// The filters that make sense for this corpus: none where it has one outlet and no date.
export const filters = (corpus) => {
  const named = Object.entries(corpus.sources ?? {}).sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]));
  const parts = named.length > 1 ? outlets(named) : [];
  if (corpus.dates) parts.push(make("div", { class: "dates" }, date("since", "From", corpus), date("until", "To", corpus)));
  return parts.length ? make("div", { class: "filters", role: "group", "aria-label": "Only articles from" }, ...parts) : null;
};

const words = ({ since, until, sources }) => {
  const several = sources.length > 3 ? `${sources.length} outlets` : sources.map((name) => name || UNSTATED).join(", ");
  const from = several && `from ${several}`;
  return [from, since && `since ${day(since)}`, until && `until ${day(until)}`].filter(Boolean).join(" ");
};

// Above the question: what it will be limited to, and the way out of it.
const scope = () => {
  const place = find("#scope");
  if (!place) return;
  const said = words(state.filters);
  if (!said) return place.replaceChildren();
  const clear = make("button", { type: "button", class: "link", onclick: () => {
    limit({ since: "", until: "", sources: [] });
    all("#side .filters input").forEach((field) => (field.type === "checkbox" ? (field.checked = false) : (field.value = "")));
    find("#question textarea").focus();
  } }, "Search all");
  place.replaceChildren(make("div", { class: "scope" }, make("span", {}, `Only articles ${said}`), clear));
};

onchange(scope);
