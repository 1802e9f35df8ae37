// One record opened from the list: it stays on the page after a decision.

import { fillBar, followMarks, useBar } from "./bar.js";
import { oneAtATime, request, showMessage, store } from "./page.js";

const record = document.getElementById("record");
const id = record.dataset.record;

function show(shown) {
  record.innerHTML = shown.record; // made and escaped by the server; the page runs no script but its own
  record.dataset.seen = shown.seen;
  document.getElementById("why").innerHTML = shown.why;
  fillBar(shown.note);
  record.querySelector("h1").focus({ preventScroll: true });
}

// What was just done is in the history as well.
async function loadHistory() {
  const { history } = await request(`/records/history?id=${encodeURIComponent(id)}`);
  document.getElementById("history").innerHTML = history; // made and escaped by the server
}

const reload = async () => show(await request(`/screen/record?show=${encodeURIComponent(id)}`));
const follow = (rel) => document.querySelector(`.trail a[rel=${rel}]`)?.click();

useBar({
  also: () => ({ show: id }),
  decided: (shown) => {
    show(shown);
    showMessage(shown.message);
    loadHistory().catch(() => {}); // the next request says what is wrong
  },
  changed: reload,
  undo: () => oneAtATime(async () => {
    const { message } = await store("/records/undo", { record_id: id });
    await reload();
    showMessage(message);
    loadHistory().catch(() => {});
  }, "undo"),
  back: () => follow("prev"),
  on: () => follow("next"),
  keys: { Escape: () => document.getElementById("list").click() },
});
followMarks(record);
fillBar(document.getElementById("note").defaultValue);

document.querySelector(".reports")?.addEventListener("click", (event) => {
  const other = event.target.closest("[data-unlink]")?.dataset.unlink;
  if (other) oneAtATime(async () => {
    await store("/records/unlink", { record_id: other });
    location.reload();
  });
});
