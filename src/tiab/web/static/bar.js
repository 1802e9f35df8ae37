// The bar of decisions, wherever a record is shown: its buttons, its keys, the note and the reasons.

import { alone, write } from "./doing.js";
import { onKeys } from "./keys.js";
import { saveNote, showNote } from "./notes.js";
import { stepMarks } from "./tips.js";

export { alone, write };

const bar = document.getElementById("bar");
const note = document.getElementById("note");
const noteBox = document.getElementById("note-box");
const reasons = document.getElementById("reasons");

const record = () => document.getElementById("record"); // a page may put another in its place
const current = () => record()?.dataset.record;

function openBox(box, does, open) {
  box.hidden = !open;
  document.querySelector(`[data-does=${does}]`).setAttribute("aria-expanded", String(open));
}

// Puts a record's note into the box; after the last record there is nothing to decide on.
export function fillBar(text) {
  showNote(current() ?? "", text);
  openBox(noteBox, "note", note.value !== "");
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
  record().querySelector("h1").focus();
});

// `beside` gives what a decision's answer is to show, `decided` shows it, and `moved` shows the record as it stands when
// somebody else has decided on it; `undo`, `back` and `on` do what they are called, `keys` are further ones. `send` stores
// what is wanted, where it is no decision on the record.
export function useBar({ beside, decided, moved, undo, back, on, keys = {}, send = (wanted) => write("/screen/decisions", wanted, beside()) }) {
  const decide = (decision, reason = "") => current() && alone(async () => {
    await saveNote(); // so that the draft is the note, and goes when this is stored
    const wanted = { record_id: current(), decision, reason, note: note.value, seen: Number(record().dataset.seen) };
    try {
      decided(await send(wanted));
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
    r: does.reasons,
    m: () => stepMarks(record(), 1),
    "Shift+m": () => stepMarks(record(), -1),
    ArrowLeft: back,
    ArrowRight: on,
    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [number, () => byNumber(number)])),
    ...keys,
  });
}
