// Screening: one record at a time. The server stores a decision before it answers with the next record.

import { openDialog } from "./dialogs.js";
import { Refused, ask, newToken } from "./http.js";
import { onKeys } from "./keys.js";
import { say, sayWrong } from "./messages.js";
import { followMarks, stepMarks } from "./tips.js";

const record = document.getElementById("record");
const why = document.getElementById("why");
const tally = document.getElementById("tally");
const progress = document.getElementById("progress");
const note = document.getElementById("note");
const noteBox = document.getElementById("note-box");
const reasons = document.getElementById("reasons");

let trail = [record.dataset.record]; // the records that were shown, in order; `at` is the one in sight
let at = 0;
let busy = false;
let pending = null; // what was sent and not answered: it keeps its token, so that it is stored once

const current = () => record.dataset.record;
const seen = () => Number(record.dataset.seen);

function show(shown) {
  record.innerHTML = shown.record; // made and escaped by the server; the page runs no script but its own
  record.dataset.record = shown.record_id;
  record.dataset.seen = shown.seen;
  why.innerHTML = shown.why;
  tally.innerHTML = shown.tally;
  note.value = shown.note;
  openBox(noteBox, "note", shown.note !== "");
  const address = shown.record_id ? `/?record=${encodeURIComponent(shown.record_id)}` : "/";
  history.replaceState(null, "", address);
  scrollTo(0, 0);
  record.querySelector("h1").focus({ preventScroll: true });
}

function place(shown, position) {
  if (trail[position] !== shown.record_id) trail = [...trail.slice(0, position), shown.record_id];
  at = position;
  show(shown);
}

// One thing at a time: a key that comes before the answer would decide on a record that nobody has seen.
async function alone(work) {
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

const ahead = () => trail[at + 1] ?? "";
const skipped = () => trail.slice(-100).filter(Boolean);

async function write(path, wanted, beside = {}) {
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

function decide(decision, reason = "") {
  if (!current()) return;
  alone(async () => {
    const wanted = { record_id: current(), decision, reason, note: note.value, seen: seen() };
    try {
      const shown = await write("/screen/decisions", wanted, { show: ahead(), skip: skipped() });
      place(shown, at + 1);
      say(shown.said);
      loadProgress();
    } catch (error) {
      if (error.status === 409) await reload(); // decided on in another tab: show what stands
      throw error;
    }
  });
}

function undo() {
  alone(async () => {
    const shown = await write("/screen/undo", {});
    if (shown.record_id !== undefined) {
      const before = trail.lastIndexOf(shown.record_id, at);
      place(shown, before >= 0 ? before : at);
      loadProgress();
    }
    say(shown.said);
  });
}

function step(by) {
  if (at + by < 0) return say("This is the first record that was shown.");
  alone(async () => {
    const query = new URLSearchParams(trail[at + by] ? { show: trail[at + by] } : skipped().map((id) => ["skip", id]));
    place(await ask(`/screen/record?${query}`), at + by);
  });
}

async function reload() {
  if (current()) show(await ask(`/screen/record?show=${encodeURIComponent(current())}`));
}

async function loadProgress() {
  try {
    progress.innerHTML = (await ask("/screen/progress")).progress;
  } catch {
    // the next decision says what is wrong
  }
}

function openBox(box, does, open) {
  box.hidden = !open;
  document.querySelector(`[data-does=${does}]`).setAttribute("aria-expanded", String(open));
}

function writeNote() {
  openBox(noteBox, "note", true);
  note.focus();
}

note.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  if (!note.value) openBox(noteBox, "note", false);
  record.querySelector("h1").focus();
});

const does = {
  undo,
  note: writeNote,
  back: () => step(-1),
  on: () => step(1),
  reasons: () => openBox(reasons, "reasons", reasons.hidden),
};

document.getElementById("bar").addEventListener("click", (event) => {
  const { decision, reason, does: what } = event.target.closest("button")?.dataset ?? {};
  if (decision) decide(decision);
  else if (reason) decide("exclude", reason);
  else if (what) does[what]();
});

function byNumber(number) {
  const button = reasons.children[number - 1];
  if (button) decide("exclude", button.dataset.reason);
}

onKeys({
  i: () => decide("include"),
  e: () => decide("exclude"),
  u: () => decide("maybe"),
  z: undo,
  n: writeNote,
  m: () => stepMarks(record, 1),
  "Shift+m": () => stepMarks(record, -1),
  ArrowLeft: () => step(-1),
  ArrowRight: () => step(1),
  "/": () => document.querySelector("[role=search] input")?.focus(),
  "?": () => openDialog("help"),
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [number, () => byNumber(number)])),
});

document.querySelector(".roles").addEventListener("change", () => alone(async () => {
  const off = [...document.querySelectorAll("input[name=role]:not(:checked)")].map((box) => box.value);
  await ask("/screen/settings", { method: "PUT", body: { roles_off: off } });
  await reload();
}));

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

document.getElementById("settings").addEventListener("close", (event) => {
  if (event.target.returnValue !== "keep") return;
  const { hide_rank, words, reasons: own, rule } = document.getElementById("wishes").elements;
  alone(async () => {
    await ask("/screen/settings", {
      method: "PUT",
      body: { hide_rank: hide_rank.checked, words: lines(words.value), reasons: lines(own.value).slice(0, 9), rule: rule.value },
    });
    location.reload();
  });
});

followMarks(record);
loadProgress();
