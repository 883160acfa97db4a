// Whether the server and its index are there: asked now and then, and told where they are not.
import { find, make } from "./dom.js";

const CALM_MS = 20_000, WORRIED_MS = 3_000;
const GONE = "The server does not answer. What was asked is kept; this page goes on by itself when it is back.";
let generation = null, before = "", back = () => {}, timer;

const told = (sentence) => {
  const place = find("#notice");
  if (!place || sentence === before) return;
  before = sentence;
  place.replaceChildren(...(sentence ? [make("p", { role: "alert" }, sentence)] : []));
};

const look = async () => {
  let found = null;
  try {
    const response = await fetch("healthz", { cache: "no-store", signal: AbortSignal.timeout(8000) });
    found = await response.json();
  } catch { found = null; }
  const well = found?.status === "ok";
  const reason = found?.reason ? `The corpus cannot be read: ${found.reason.replace(/[.\s]*$/, "")}.` : GONE;
  const was = Boolean(before), other = well && generation !== null && found.generation !== generation;
  told(well ? "" : reason);
  if (well) generation = found.generation;
  if (well && (was || other)) back(was);
  clearTimeout(timer);
  timer = setTimeout(look, well ? CALM_MS : WORRIED_MS);
};

// `returned` is called when the server is back, or when another generation is served.
export const watch = (returned) => {
  back = returned;
  look();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
};
export const check = look;
