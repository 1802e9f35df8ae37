// One record opened from the list: it stays in sight when it is decided on.

import { Refused, ask, newToken } from "./http.js";
import { onKeys } from "./keys.js";
import { say, sayWrong } from "./messages.js";
import { followMarks, stepMarks } from "./tips.js";

const record = document.getElementById("record");
const why = document.getElementById("why");
const note = document.getElementById("note");
const noteBox = document.getElementById("note-box");
const reasons = document.getElementById("reasons");
const id = record.dataset.record;
let busy = false;
let pending = null; // a decision that was sent and not answered: it keeps its token, so that it is stored once

function show(shown) {
  record.innerHTML = shown.record; // made and escaped by the server; the page runs no script but its own
  record.dataset.seen = shown.seen;
  why.innerHTML = shown.why;
  note.value = "";
  openBox(noteBox, "note", false);
  record.querySelector("h1").focus({ preventScroll: true });
}

const look = () => ask(`/screen/record?show=${encodeURIComponent(id)}`);

async function alone(work) {
  if (busy) return;
  busy = true;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    sayWrong(error.message);
  } finally {
    busy = false;
  }
}

function decide(decision, reason = "") {
  alone(async () => {
    const wanted = { record_id: id, decision, reason, note: note.value, seen: Number(record.dataset.seen) };
    const key = JSON.stringify(wanted);
    if (pending?.key !== key) pending = { key, token: newToken() };
    try {
      const shown = await ask("/screen/decisions", { method: "POST", body: { ...wanted, token: pending.token, show: id } });
      pending = null;
      show(shown);
      say(shown.said);
    } catch (error) {
      if (error.status === 409) {
        pending = null;
        show(await look());
      }
      throw error;
    }
  });
}

const undo = () => alone(async () => {
  const { said } = await ask("/records/undo", { method: "POST", body: { record_id: id, token: newToken() } });
  show(await look());
  say(said);
});

function openBox(box, does, open) {
  box.hidden = !open;
  document.querySelector(`[data-does=${does}]`).setAttribute("aria-expanded", String(open));
}

function writeNote() {
  openBox(noteBox, "note", true);
  note.focus();
}

const follow = (rel) => document.querySelector(`.trail a[rel=${rel}]`)?.click();
const does = {
  undo,
  note: writeNote,
  back: () => follow("prev"),
  on: () => follow("next"),
  reasons: () => openBox(reasons, "reasons", reasons.hidden),
};

note.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!note.value) openBox(noteBox, "note", false);
  record.querySelector("h1").focus();
});
document.getElementById("bar").addEventListener("click", (event) => {
  const { decision, reason, does: what } = event.target.closest("button")?.dataset ?? {};
  if (decision) decide(decision);
  else if (reason) decide("exclude", reason);
  else if (what) does[what]();
});

onKeys({
  i: () => decide("include"),
  e: () => decide("exclude"),
  u: () => decide("maybe"),
  z: undo,
  n: writeNote,
  m: () => stepMarks(record, 1),
  "Shift+m": () => stepMarks(record, -1),
  ArrowLeft: does.back,
  ArrowRight: does.on,
  Escape: () => document.getElementById("list").click(),
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [number, () => {
    const button = reasons.children[number - 1];
    if (button) decide("exclude", button.dataset.reason);
  }])),
});
followMarks(record);
