// Duplicates: two records beside each other, answered by a key; the server stores an answer before it shows the next pair.

import { alone, write } from "./doing.js";
import { showFailures } from "./failures.js";
import { ask } from "./http.js";
import { onKeys } from "./keys.js";
import { say } from "./messages.js";

const now = document.getElementById("now");
const pair = () => document.getElementById("pair")?.dataset;

function show(answer) {
  now.innerHTML = answer.html; // made and escaped by the server; the page runs no script but its own
  showFailures(answer);
  if (answer.said) say(answer.said);
  if (answer.waiting) return void setTimeout(wait, 500);
  scrollTo(0, 0);
  document.getElementById("title").focus({ preventScroll: true });
}

async function wait() {
  try {
    show(await ask("/duplicates/now"));
  } catch {
    setTimeout(wait, 3000);
  }
}

const settle = (same) => alone(async () => {
  if (!pair()) return;
  const { one, other, why, at } = pair();
  try {
    show(await write("/duplicates/settle", { one, other, same, why, at: Number(at) }));
  } catch (error) {
    if (error.status === 404) show(await ask(`/duplicates/now?at=${at}`)); // answered in another tab
    throw error;
  }
});

const takeBack = (event) => alone(async () => {
  if (event) show(await write("/duplicates/undo", { event: Number(event) }));
  else say("There is no answer to take back.");
});

const step = (by) => alone(async () => {
  if (pair()) show(await ask(`/duplicates/now?at=${Math.max(0, Number(pair().at) + by)}`));
});

const does = {
  same: () => settle(true),
  apart: () => settle(false),
  undo: () => takeBack(now.querySelector("[data-takes-back]")?.dataset.takesBack),
  back: () => step(-1),
  on: () => step(1),
  link: () => alone(async () => show(await write("/duplicates/link", {}))),
};

now.addEventListener("click", (event) => {
  const { does: what, takesBack } = event.target.closest("button")?.dataset ?? {};
  if (what) does[what]();
  else if (takesBack) takeBack(takesBack);
});

onKeys({ s: does.same, d: does.apart, z: does.undo, ArrowLeft: does.back, ArrowRight: does.on });
if (now.dataset.waiting) setTimeout(wait, 500);
