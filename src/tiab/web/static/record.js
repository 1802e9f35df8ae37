// One record opened from the list: it stays in sight when it is decided on.

import { alone, fillBar, useBar, write } from "./bar.js";
import { ask } from "./http.js";
import { say } from "./messages.js";
import { followMarks } from "./tips.js";

const record = document.getElementById("record");
const id = record.dataset.record;

function show(shown) {
  record.innerHTML = shown.record; // made and escaped by the server; the page runs no script but its own
  record.dataset.seen = shown.seen;
  document.getElementById("why").innerHTML = shown.why;
  fillBar(shown.note);
  record.querySelector("h1").focus({ preventScroll: true });
}

const look = async () => show(await ask(`/screen/record?show=${encodeURIComponent(id)}`));
const follow = (rel) => document.querySelector(`.trail a[rel=${rel}]`)?.click();

useBar({
  beside: () => ({ show: id }),
  decided: (shown) => {
    show(shown);
    say(shown.said);
  },
  moved: look,
  undo: () => alone(async () => {
    const { said } = await write("/records/undo", { record_id: id });
    await look();
    say(said);
  }),
  back: () => follow("prev"),
  on: () => follow("next"),
  keys: { Escape: () => document.getElementById("list").click() },
});
followMarks(record);
fillBar(document.getElementById("note").defaultValue);

document.querySelector(".reports")?.addEventListener("click", (event) => {
  const other = event.target.closest("[data-parts]")?.dataset.parts;
  if (other) alone(async () => {
    await write("/records/part", { record_id: other });
    location.reload();
  });
});
