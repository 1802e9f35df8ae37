// The note: what is typed is kept in this window at once, and by the server, which remembers it for all windows, soon after.

import { ROOT, ask } from "./http.js";
import { sayWrong } from "./messages.js";

const QUIET = 300; // milliseconds without a key
const box = document.getElementById("note");
let shown = { record: "", seen: "" }; // whose note is in the box, and what the server last said of it
let timer;
let sending = Promise.resolve();

const place = ({ record }) => `note ${ROOT.pathname} ${box.dataset.kind} ${record}`;

async function send(note, typed) {
  const kept = await ask("/screen/note", {
    method: "PUT",
    body: { record_id: note.record, note: typed, seen: note.seen, kind: box.dataset.kind },
    keepalive: true, // it arrives though the page is left meanwhile
  });
  note.seen = kept.note;
  if (sessionStorage.getItem(place(note)) === typed) sessionStorage.removeItem(place(note));
  if (note === shown && box.value === typed) box.value = kept.note; // with what another window wrote
}

// Has the server keep what was typed; what has not arrived stays in this window.
export function saveNote() {
  clearTimeout(timer);
  const [note, typed] = [shown, sessionStorage.getItem(place(shown))];
  sending = sending.catch(() => {}); // what was said of an earlier attempt
  if (note.record && typed !== null) sending = sending.then(() => send(note, typed));
  return sending;
}

function saveSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => saveNote().catch((error) => sayWrong(error.message)), QUIET);
}

// Puts the note of a record into the box: what the server says, or what was typed here and has not reached it.
export function showNote(record, text) {
  saveNote().catch(() => {}); // that of the record before
  shown = { record, seen: text };
  const typed = sessionStorage.getItem(place(shown));
  box.value = typed ?? text;
  if (typed !== null) saveSoon();
}

box.addEventListener("input", () => {
  sessionStorage.setItem(place(shown), box.value);
  saveSoon();
});
addEventListener("pagehide", () => saveNote().catch(() => {}));
