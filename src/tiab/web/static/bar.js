// The bar of decisions, wherever a record is shown: its buttons, its keys, the note and the reasons.

import { Refused, ask, newToken } from "./http.js";
import { onKeys } from "./keys.js";
import { sayWrong } from "./messages.js";
import { stepMarks } from "./tips.js";

const bar = document.getElementById("bar");
const record = document.getElementById("record");
const note = document.getElementById("note");
const noteBox = document.getElementById("note-box");
const reasons = document.getElementById("reasons");

let busy = false;
let pending = null; // what was sent and not answered: it keeps its token, so that it is stored once

// One thing at a time: a key that comes before the answer would decide on a record that nobody has seen.
export async function alone(work) {
  if (busy) return;
  busy = true;
  document.body.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    sayWrong(error.message);
  } finally {
    busy = false;
    document.body.removeAttribute("aria-busy");
  }
}

// Sends something to be stored; `wanted` says what, `beside` what is to be answered.
export async function write(path, wanted, beside = {}) {
  const key = path + JSON.stringify(wanted);
  if (pending?.key !== key) pending = { key, token: newToken() };
  try {
    const answer = await ask(path, { method: "POST", body: { ...wanted, ...beside, token: pending.token } });
    pending = null;
    return answer;
  } catch (error) {
    if (error.status) pending = null; // it was answered: refused, not lost
    throw error;
  }
}

const current = () => record.dataset.record;

function openBox(box, does, open) {
  box.hidden = !open;
  document.querySelector(`[data-does=${does}]`).setAttribute("aria-expanded", String(open));
}

// Puts a record's note into the box; after the last record there is nothing to decide on.
export function fillBar(text) {
  note.value = text;
  openBox(noteBox, "note", text !== "");
  for (const button of bar.querySelectorAll("[data-decision], [data-reason], [data-does=note]")) button.disabled = !current();
}

function writeNote() {
  if (!current()) return;
  openBox(noteBox, "note", true);
  note.focus();
}

note.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  if (!note.value) openBox(noteBox, "note", false);
  record.querySelector("h1").focus();
});

// `beside` gives what a decision's answer is to show, `decided` shows it, and `moved` shows the record as it stands when
// somebody else has decided on it; `undo`, `back` and `on` do what they are called, `keys` are further ones.
export function useBar({ beside, decided, moved, undo, back, on, keys = {} }) {
  const decide = (decision, reason = "") => current() && alone(async () => {
    const wanted = { record_id: current(), decision, reason, note: note.value, seen: Number(record.dataset.seen) };
    try {
      decided(await write("/screen/decisions", wanted, beside()));
    } catch (error) {
      if (error.status === 409) await moved();
      throw error;
    }
  });
  const byNumber = (number) => {
    const button = reasons.children[number - 1];
    if (button) decide("exclude", button.dataset.reason);
  };
  const does = { undo, back, on, note: writeNote, reasons: () => openBox(reasons, "reasons", reasons.hidden) };
  bar.addEventListener("click", (event) => {
    const { decision, reason, does: what } = event.target.closest("button")?.dataset ?? {};
    if (decision) decide(decision);
    else if (reason) decide("exclude", reason);
    else if (what) does[what]();
  });
  bar.addEventListener("submit", (event) => event.preventDefault());
  onKeys({
    i: () => decide("include"),
    e: () => decide("exclude"),
    u: () => decide("maybe"),
    z: undo,
    n: writeNote,
    m: () => stepMarks(record, 1),
    "Shift+m": () => stepMarks(record, -1),
    ArrowLeft: back,
    ArrowRight: on,
    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [number, () => byNumber(number)])),
    ...keys,
  });
}
