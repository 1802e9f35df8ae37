// The bar of decisions, wherever a record is shown: its buttons and keys, the note, the reasons, and the marks in the text.

import { ROOT, oneAtATime, onKeys, request, showError, store } from "./page.js";

// The note: what is typed is kept in this window at once, and by the server, which remembers it for all windows, soon after.
const QUIET = 300; // milliseconds without a key
const note = document.getElementById("note");
let shown = { record: "", seen: "" }; // whose note is in the box, and what the server last said of it
let saving;
let sending = Promise.resolve();

const placeOf = ({ record }) => `note ${ROOT.pathname} ${note.dataset.kind} ${record}`;

async function sendNote(draft, typed) {
  const kept = await request("/screen/note", {
    method: "PUT",
    body: { record_id: draft.record, note: typed, seen: draft.seen, kind: note.dataset.kind },
    keepalive: true, // it arrives though the page is left meanwhile
  });
  draft.seen = kept.note;
  if (sessionStorage.getItem(placeOf(draft)) === typed) sessionStorage.removeItem(placeOf(draft));
  if (draft === shown && note.value === typed) note.value = kept.note; // with what another window wrote
}

// Has the server keep what was typed; what has not arrived stays in this window.
function saveNote() {
  clearTimeout(saving);
  const [draft, typed] = [shown, sessionStorage.getItem(placeOf(shown))];
  sending = sending.catch(() => {}); // what was said of an earlier attempt
  if (draft.record && typed !== null) sending = sending.then(() => sendNote(draft, typed));
  return sending;
}

function saveSoon() {
  clearTimeout(saving);
  saving = setTimeout(() => saveNote().catch((error) => showError(error.message)), QUIET);
}

// Puts the note of a record into the box: what the server says, or what was typed here and has not reached it.
function showNote(record, text) {
  saveNote().catch(() => {}); // that of the record before
  shown = { record, seen: text };
  const typed = sessionStorage.getItem(placeOf(shown));
  note.value = typed ?? text;
  if (typed !== null) saveSoon();
}

note.addEventListener("input", () => {
  sessionStorage.setItem(placeOf(shown), note.value);
  saveSoon();
});
addEventListener("pagehide", () => saveNote().catch(() => {}));

// The origin of a mark is shown while the pointer or the focus is on it.
const tip = document.getElementById("tip");

function showTip(mark) {
  tip.textContent = `${mark.dataset.role}\n${mark.dataset.tip}`;
  tip.hidden = false;
  const place = mark.getClientRects()[0];
  const left = Math.max(16, Math.min(place.left, innerWidth - tip.offsetWidth - 16));
  const above = place.top - tip.offsetHeight - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : place.bottom + 8}px`;
}

const hideTip = () => { tip.hidden = true; };

export function followMarks(root) {
  root.addEventListener("mouseover", (event) => {
    const mark = event.target.closest("mark");
    if (mark) showTip(mark);
    else hideTip();
  });
  root.addEventListener("mouseleave", hideTip);
  root.addEventListener("focusin", (event) => { if (event.target.matches("mark")) showTip(event.target); });
  root.addEventListener("focusout", hideTip);
  addEventListener("scroll", hideTip, { passive: true });
  addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });
}

// Moves the focus to the next marked place, or (step -1) to the one before.
function stepMarks(root, step) {
  const marks = [...root.querySelectorAll("mark")];
  if (!marks.length) return;
  const at = marks.indexOf(document.activeElement);
  const next = marks[at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length];
  next.scrollIntoView({ block: "nearest" });
  next.focus({ preventScroll: true });
  showTip(next);
}

const bar = document.getElementById("bar");
const noteBox = document.getElementById("note-box");
const reasons = document.getElementById("reasons");
const labels = document.getElementById("labels"); // not where a conflict is resolved

const record = () => document.getElementById("record"); // a page may put another in its place
const current = () => record()?.dataset.record;

function openBox(box, command, open) {
  box.hidden = !open;
  document.querySelector(`[data-command=${command}]`).setAttribute("aria-expanded", String(open));
}

// Opens a box, or closes it; in a small window one is open at a time, so that the record stays in sight.
function toggleBox(box, command, open = box.hidden) {
  openBox(box, command, open);
  if (!open || !matchMedia("(max-width: 46rem), (max-height: 32rem)").matches) return;
  for (const [other, name] of [[reasons, "reasons"], [labels, "labels"], [noteBox, "note"]]) {
    if (other && other !== box) openBox(other, name, false);
  }
}

// Puts a record's note into the box; after the last record there is nothing to decide on.
export function fillBar(text) {
  showNote(current() ?? "", text);
  openBox(noteBox, "note", note.value !== "");
  showLabels();
  for (const button of bar.querySelectorAll("[data-decision], [data-reason], [data-tag], [data-command=note], [data-command=labels]")) button.disabled = !current();
}

// Labels: put on the record in sight, or taken off.
const hasLabel = (tag) => [...document.querySelectorAll("#tags [data-untag]")].some((one) => one.dataset.untag === tag);

function showLabels() {
  for (const button of labels?.querySelectorAll("[data-tag]") ?? []) {
    button.setAttribute("aria-pressed", String(hasLabel(button.dataset.tag)));
  }
}

function toggleLabel(tag) {
  const [labelled, on] = [current(), !hasLabel(tag)];
  if (labelled) oneAtATime(async () => {
    const shown = await request("/records/label", { method: "POST", body: { record_id: labelled, tag, on } });
    if (current() !== labelled) return; // another record is in sight by now
    document.getElementById("tags").innerHTML = shown.tags; // made and escaped by the server
    showLabels();
  }, `label ${labelled} ${tag}`);
}

document.addEventListener("click", (event) => {
  const tag = event.target.closest("[data-untag]")?.dataset.untag;
  if (tag) toggleLabel(tag);
});
document.getElementById("new-label")?.addEventListener("keydown", (event) => {
  const tag = event.target.value.trim();
  if (event.key === "Escape") record().querySelector("h1").focus();
  if (event.key !== "Enter" || !tag) return;
  event.preventDefault();
  event.target.value = "";
  if (!hasLabel(tag)) toggleLabel(tag);
});

function openLabels() {
  toggleBox(labels, "labels");
  showLabels();
  if (!labels.hidden) labels.querySelector("button, input").focus();
}

function writeNote() {
  if (!current()) return;
  toggleBox(noteBox, "note", true);
  note.focus();
}

note.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  if (!note.value) openBox(noteBox, "note", false);
  record().querySelector("h1").focus();
});

// `also` gives what a decision's answer is to show, `decided` shows it, and `changed` shows the record as it is now when
// somebody else has decided on it; `undo`, `back` and `on` do what they are called, `keys` are further ones. `send` stores
// the decision, where it is not one of screening.
export function useBar({ also, decided, changed, undo, back, on, keys = {}, send = (body) => store("/screen/decisions", body, also()) }) {
  const decide = (decision, reason = "") => {
    const read = current();
    if (read) oneAtATime(async () => {
      if (current() !== read) return; // nobody has seen the one that came meanwhile
      await saveNote(); // so that the draft is the note, and goes when this is stored
      const body = { record_id: read, decision, reason, note: note.value, seen: Number(record().dataset.seen) };
      try {
        decided(await send(body));
      } catch (error) {
        if (error.status === 409) await changed();
        throw error;
      }
    }, `decide ${read}`);
  };
  const byNumber = (number) => {
    const button = reasons.children[number - 1];
    if (button) decide("exclude", button.dataset.reason);
  };
  const labelByNumber = (number) => {
    const button = labels?.querySelectorAll("[data-tag]")[number - 1];
    if (button) toggleLabel(button.dataset.tag);
  };
  const commands = { undo, back, on, labels: () => labels && openLabels(), note: writeNote, reasons: () => toggleBox(reasons, "reasons") };
  bar.addEventListener("click", (event) => {
    const { decision, reason, command, tag } = event.target.closest("button")?.dataset ?? {};
    if (decision) decide(decision);
    else if (tag) toggleLabel(tag);
    else if (reason) decide("exclude", reason);
    else if (command) commands[command]();
  });
  bar.addEventListener("submit", (event) => event.preventDefault());
  onKeys({
    i: () => decide("include"),
    e: () => decide("exclude"),
    u: () => decide("maybe"),
    z: undo,
    n: writeNote,
    r: commands.reasons,
    l: commands.labels,
    m: () => stepMarks(record(), 1),
    "Shift+m": () => stepMarks(record(), -1),
    ArrowLeft: back,
    ArrowRight: on,
    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((number) => [
      [number, () => byNumber(number)],
      [`Shift+Digit${number}`, () => labelByNumber(number)],
    ])),
    ...keys,
  });
}
