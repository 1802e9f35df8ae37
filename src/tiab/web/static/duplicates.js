// Duplicates: two records side by side, decided on with a key; the server stores a decision before it shows the next pair.

import { onKeys, oneAtATime, request, showFailures, showMessage, store } from "./page.js";

const place = document.getElementById("current");
const pair = () => document.getElementById("pair")?.dataset;

function show(answer) {
  place.innerHTML = answer.html; // made and escaped by the server; the page runs no script but its own
  showFailures(answer);
  if (answer.message) showMessage(answer.message);
  if (answer.waiting) return void setTimeout(wait, 500);
  scrollTo(0, 0);
  document.getElementById("title").focus({ preventScroll: true });
}

async function wait() {
  try {
    show(await request("/duplicates/current"));
  } catch {
    setTimeout(wait, 3000);
  }
}

function decide(same) {
  if (!pair()) return;
  const { one, other, why, at } = pair();
  oneAtATime(async () => {
    if (pair()?.one !== one || pair().other !== other) return; // nobody has seen the pair that came meanwhile
    try {
      show(await store("/duplicates/decide", { one, other, same, why, at: Number(at) }));
    } catch (error) {
      if (error.status === 404) show(await request(`/duplicates/current?at=${at}`)); // decided on in another tab
      throw error;
    }
  }, `decide ${one} ${other}`);
}

const undo = (event) => oneAtATime(async () => {
  if (event) show(await store("/duplicates/undo", { event: Number(event) }));
  else showMessage("There is no decision to undo.");
}, `undo ${event}`);

const step = (by) => oneAtATime(async () => {
  if (pair()) show(await request(`/duplicates/current?at=${Math.max(0, Number(pair().at) + by)}`));
}, "step");

const commands = {
  same: () => decide(true),
  apart: () => decide(false),
  undo: () => undo(place.querySelector("[data-undo]")?.dataset.undo),
  back: () => step(-1),
  on: () => step(1),
  link: () => oneAtATime(async () => show(await store("/duplicates/link", {}))),
};

place.addEventListener("click", (event) => {
  const { command, undo: decision } = event.target.closest("button")?.dataset ?? {};
  if (command) commands[command]();
  else if (decision) undo(decision);
});

onKeys({ s: commands.same, d: commands.apart, z: commands.undo, ArrowLeft: commands.back, ArrowRight: commands.on });
if (place.dataset.waiting) setTimeout(wait, 500);
