// Conflicts: one at a time, resolved with the same keys as in screening.

import { fillBar, followMarks, useBar } from "./bar.js";
import { oneAtATime, request, showMessage, store } from "./page.js";

const place = document.getElementById("current");

const shown = () => document.getElementById("record")?.dataset ?? {};

function show(answer) {
  place.innerHTML = answer.html; // made and escaped by the server; the page runs no script but its own
  history.replaceState(null, "", answer.record_id ? `conflicts?record=${encodeURIComponent(answer.record_id)}` : "conflicts");
  scrollTo(0, 0);
  fillBar(answer.note);
  document.getElementById("title").focus({ preventScroll: true });
  if (answer.message) showMessage(answer.message);
}

const reopen = (record) => oneAtATime(async () => {
  if (record) show(await store("/conflicts/reopen", { record_id: record }));
  else showMessage("You have resolved no conflict.");
}, "reopen");

const step = (record) => oneAtATime(async () => {
  if (record) show(await request(`/conflicts/current?record=${encodeURIComponent(record)}`));
}, "step");

place.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reopen]");
  if (button) reopen(button.dataset.reopen);
});

useBar({
  send: ({ seen, ...decision }) => store("/conflicts/resolve", decision, { show: shown().after || shown().before }),
  decided: show,
  changed: async () => show(await request("/conflicts/current")), // another reviewer has resolved it
  undo: () => reopen(place.querySelector("[data-reopen]")?.dataset.reopen),
  back: () => step(shown().before),
  on: () => step(shown().after),
});
followMarks(place);
fillBar(document.getElementById("note").defaultValue);
