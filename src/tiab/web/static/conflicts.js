// Conflicts: one at a time, settled by the same keys as a record is screened.

import { alone, fillBar, useBar, write } from "./bar.js";
import { ask } from "./http.js";
import { say } from "./messages.js";
import { followMarks } from "./tips.js";

const now = document.getElementById("now");

const shown = () => document.getElementById("record")?.dataset ?? {};

function show(answer) {
  now.innerHTML = answer.html; // made and escaped by the server; the page runs no script but its own
  history.replaceState(null, "", answer.record_id ? `conflicts?record=${encodeURIComponent(answer.record_id)}` : "conflicts");
  scrollTo(0, 0);
  fillBar(answer.note);
  document.getElementById("title").focus({ preventScroll: true });
  if (answer.said) say(answer.said);
}

const takeBack = (record) => alone(async () => {
  if (record) show(await write("/conflicts/open", { record_id: record }));
  else say("You have settled nothing that could be taken back.");
});

const step = (record) => alone(async () => {
  if (record) show(await ask(`/conflicts/now?record=${encodeURIComponent(record)}`));
});

now.addEventListener("click", (event) => {
  const button = event.target.closest("[data-opens-again]");
  if (button) takeBack(button.dataset.opensAgain);
});

useBar({
  send: ({ seen, ...wanted }) => write("/conflicts/settle", wanted, { show: shown().after || shown().before }),
  decided: show,
  moved: async () => show(await ask("/conflicts/now")), // settled by somebody else meanwhile
  undo: () => takeBack(now.querySelector("[data-opens-again]")?.dataset.opensAgain),
  back: () => step(shown().before),
  on: () => step(shown().after),
});
followMarks(now);
fillBar(document.getElementById("note").defaultValue);
