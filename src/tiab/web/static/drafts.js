// Criteria: a pasted protocol or search strategy fills the form; suggested terms are accepted and undone.

import { oneAtATime, request, showMessage } from "./page.js";
import { fillCards, saveChanges, showSaved } from "./criteria.js";

const pasted = document.getElementById("pasted");
const reviewTitle = document.getElementById("review-title");
const drafted = document.getElementById("drafted");
const suggested = document.getElementById("suggested");
const undo = document.getElementById("undo-criteria");

document.getElementById("draft-criteria").addEventListener("click", () => oneAtATime(async () => {
  if (!pasted.value.trim()) {
    pasted.focus();
    return;
  }
  const answer = await request("/criteria/draft", { method: "POST", body: { text: pasted.value, title: reviewTitle.value } });
  fillCards(answer.fields);
  drafted.innerHTML = answer.html; // made and escaped by the server
  document.getElementById("cards").scrollIntoView(); // the form is what a draft is for
  showMessage(answer.message);
}));

async function suggest() {
  suggested.innerHTML = (await request("/criteria/suggestions", { method: "POST" })).html; // escaped by the server
}

async function change(path, body) {
  const answer = await request(path, { method: "POST", body });
  await showSaved(answer);
  undo.hidden = false;
  showMessage(answer.message);
  await suggest();
}

document.getElementById("suggest").addEventListener("click", () => oneAtATime(async () => {
  await saveChanges();
  await suggest();
}));
suggested.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-accept]")?.dataset.accept;
  if (chosen) oneAtATime(async () => {
    await saveChanges();
    await change("/criteria/term", JSON.parse(chosen));
  });
});
undo.addEventListener("click", () => oneAtATime(() => change("/criteria/undo")));
