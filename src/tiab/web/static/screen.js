// Screening: one record at a time. The server stores a decision before it answers with the next record.

import { fillBar, followMarks, useBar } from "./bar.js";
import { oneAtATime, request, showFailures, showMessage, store } from "./page.js";

const record = document.getElementById("record");
const why = document.getElementById("why");
const counts = document.getElementById("counts");
const progress = document.getElementById("progress");

let trail = [record.dataset.record]; // the records that were shown, in order; `at` is the one in sight
let at = 0;

const current = () => record.dataset.record;
const ahead = () => trail[at + 1] ?? "";
const skipped = () => trail.slice(-100).filter(Boolean);

function show(shown) {
  record.innerHTML = shown.record; // made and escaped by the server; the page runs no script but its own
  record.dataset.record = shown.record_id;
  record.dataset.seen = shown.seen;
  why.innerHTML = shown.why;
  counts.innerHTML = shown.counts;
  showFailures(shown);
  fillBar(shown.note);
  history.replaceState(null, "", shown.record_id ? `./?record=${encodeURIComponent(shown.record_id)}` : "./");
  scrollTo(0, 0);
  record.querySelector("h1").focus({ preventScroll: true });
  if (shown.waiting) wait();
}

function place(shown, position) {
  if (trail[position] !== shown.record_id) trail = [...trail.slice(0, position), shown.record_id];
  at = position;
  show(shown);
}

// While the abstracts of new records are read, the page asks again and again, and says how far that has come; the server
// answers as soon as there is a record, or after a second.
let waiting;
function wait() {
  clearTimeout(waiting);
  waiting = setTimeout(() => !current() && look().catch(wait), 200);
}

async function look() {
  const shown = await request("/screen/record");
  if (current()) return;
  if (!shown.waiting) {
    place(shown, at);
    return loadProgress();
  }
  const fresh = document.createElement("template");
  fresh.innerHTML = shown.record;
  record.querySelector(".state")?.replaceWith(fresh.content.querySelector(".state")); // the focus stays on the heading
  wait();
}

async function reload() {
  if (current()) show(await request(`/screen/record?show=${encodeURIComponent(current())}`));
}

// Once the record is in sight and nobody presses the next key; of several decisions in a row, after the last.
let loading;
function loadProgress() {
  clearTimeout(loading);
  loading = setTimeout(async () => {
    try {
      const shown = await request("/screen/progress");
      progress.innerHTML = shown.progress;
      showFailures(shown);
    } catch {
      // the next decision says what is wrong
    }
  }, 500);
}

function decided(shown) {
  place(shown, at + 1);
  showMessage(shown.message);
  loadProgress();
}

const undo = () => oneAtATime(async () => {
  const shown = await store("/screen/undo", {});
  if (shown.record_id !== undefined) {
    const before = trail.lastIndexOf(shown.record_id, at);
    place(shown, before >= 0 ? before : at);
    loadProgress();
  }
  showMessage(shown.message);
}, "undo");

function step(by) {
  if (at + by < 0) return showMessage("This is the first record that was shown.");
  return oneAtATime(async () => {
    const query = new URLSearchParams(trail[at + by] ? { show: trail[at + by] } : skipped().map((id) => ["skip", id]));
    place(await request(`/screen/record?${query}`), at + by);
  }, "step");
}

useBar({
  also: () => ({ show: ahead(), skip: skipped() }),
  decided,
  changed: reload,
  undo,
  back: () => step(-1),
  on: () => step(1),
});

document.querySelector(".roles").addEventListener("change", () => oneAtATime(async () => {
  const off = [...document.querySelectorAll("input[name=role]:not(:checked)")].map((box) => box.value);
  const own = document.querySelector("input[name=own_terms]").checked;
  await request("/screen/settings", { method: "PUT", body: { roles_off: off, own_terms: own } });
  await reload();
}));

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

document.getElementById("settings").addEventListener("close", (event) => {
  if (event.target.returnValue !== "save") return;
  const { hide_rank, words, exclude_words, reasons, labels, rule } = document.getElementById("settings-form").elements;
  oneAtATime(async () => {
    await request("/screen/settings", {
      method: "PUT",
      body: {
        hide_rank: hide_rank.checked,
        words: lines(words.value),
        exclude_words: lines(exclude_words.value),
        reasons: lines(reasons.value),
        labels: lines(labels.value),
        rule: rule.value,
      },
    });
    location.reload();
  });
});

followMarks(record);
if (record.dataset.waiting) wait();
fillBar(document.getElementById("note").defaultValue);
