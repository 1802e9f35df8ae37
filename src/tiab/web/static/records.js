// The list of records: filters apply as they change and are kept in the address; arrows go from record to record; what is
// selected is decided, labelled or noted at once.

import { oneAtATime, onKeys, showMessage, store, request } from "./page.js";

const form = document.getElementById("find");
const search = document.getElementById("q");
const batch = document.getElementById("batch");
const results = () => document.getElementById("results");
const links = () => [...document.querySelectorAll("#rows h2 a")];
const picks = () => [...document.querySelectorAll("#rows .pick")];

// What is empty, or as usual, is left out of the address, so that it can be read and kept.
form.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) {
    if (!value.trim() || (name === "order" && value === "rank")) event.formData.delete(name);
  }
});

let asked = 0;
let latest = location.href; // the address that was last asked for
let typing;

// Shows what an address finds, without leaving the page, so that the field that is typed in keeps the focus.
async function show(address, remember = () => {}) {
  const number = ++asked;
  latest = new URL(address, location.href).href;
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (number !== asked) return; // something else was asked for meanwhile
  if (!answer?.ok) return location.assign(address);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  results().replaceWith(document.adoptNode(fresh.getElementById("results")));
  form.querySelector(".count").replaceWith(document.adoptNode(fresh.querySelector("#find .count")));
  form.querySelector(".clear").hidden = fresh.querySelector("#find .clear").hidden;
  remember();
  showPicked();
}

function apply({ replace = false } = {}) {
  if (!form.reportValidity()) return;
  const query = new URLSearchParams(new FormData(form)).toString();
  const address = query ? `records?${query}` : "records";
  if (new URL(address, location.href).href === latest) return; // in sight, or on its way: where the focus is stays
  return show(address, () => history[replace ? "replaceState" : "pushState"](null, "", address));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  if (document.activeElement === search) search.blur(); // so that arrows go to what was found
  apply();
});
form.addEventListener("change", (event) => { if (event.target !== search) apply(); });
search.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => apply({ replace: true }), 250);
});
addEventListener("popstate", () => location.reload());
if (matchMedia("(max-width: 46rem)").matches && !new URLSearchParams(location.search).size) {
  form.querySelector(".filters").open = false;
}
if (location.hash === "#q") search.focus();

// What is selected: single records, or all that the list finds.
const everything = () => document.getElementById("pick-all")?.checked ?? false;
const picked = () => picks().filter((box) => box.checked).map((box) => box.value);
const plural = (count) => `${count.toLocaleString("en")} selected`;

function showPicked() {
  const count = everything() ? Number(results().dataset.total) : picked().length;
  const page = document.getElementById("pick-page");
  if (page) page.checked = picks().length > 0 && picks().every((box) => box.checked);
  batch.hidden = count === 0;
  batch.querySelector(".picked span").textContent = count ? plural(count) : "";
}

function pickAll(on) {
  for (const box of picks()) box.checked = on;
  const all = document.getElementById("pick-all");
  if (all && !on) all.checked = false;
  showPicked();
}

document.addEventListener("change", (event) => {
  if (event.target.id === "pick-page" || event.target.id === "pick-all") pickAll(event.target.checked);
  else if (event.target.matches("#rows .pick")) {
    if (!event.target.checked) document.getElementById("pick-all")?.removeAttribute("checked");
    const all = document.getElementById("pick-all");
    if (all && !event.target.checked) all.checked = false;
    showPicked();
  }
});

function work(what, value, reason = "") {
  const which = everything()
    ? { query: results().dataset.query, count: Number(results().dataset.total) }
    : { record_ids: picked() };
  oneAtATime(async () => {
    const { message } = await store("/records/batch", { what, value, reason, ...which });
    await show(location.href);
    batch.reset();
    showMessage(message, { Undo: () => undo() });
  }, "batch");
}

const undo = (token = document.querySelector("[data-undo-batch]")?.dataset.undoBatch) => token && oneAtATime(async () => {
  const { message } = await request("/records/batch/undo", { method: "POST", body: { batch: token } });
  await show(location.href);
  showMessage(message);
}, `undo ${token}`);

batch.addEventListener("submit", (event) => event.preventDefault());
batch.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const { tag, note, reason } = batch.elements;
  if (button?.dataset.decision) work("decide", button.dataset.decision, button.dataset.decision === "exclude" ? reason.value : "");
  else if (button?.dataset.work === "note") note.value.trim() ? work("note", note.value) : note.focus();
  else if (button?.dataset.work) tag.value.trim() ? work(button.dataset.work, tag.value) : tag.focus();
  else if (button?.hasAttribute("data-clear")) pickAll(false);
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "rename") return;
  event.preventDefault();
  const body = { tag: event.target.dataset.tag, name: event.target.elements.name.value };
  oneAtATime(async () => location.assign((await request("/records/label/rename", { method: "POST", body })).address), "rename");
});
document.addEventListener("click", (event) => {
  const token = event.target.closest("[data-undo-batch]")?.dataset.undoBatch;
  if (token) undo(token);
});

function step(by) {
  const all = links();
  const at = all.findIndex((link) => link.closest("li").contains(document.activeElement));
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
  next?.focus();
}

function pickCurrent() {
  const box = document.activeElement.closest("#rows li")?.querySelector(".pick");
  if (box) box.click();
}

const follow = (rel) => document.querySelector(`.pages a[rel=${rel}]`)?.click();

onKeys({
  "/": () => search.select(),
  x: pickCurrent,
  z: () => undo(),
  Escape: () => pickAll(false),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  ArrowRight: () => follow("next"),
  ArrowLeft: () => follow("prev"),
});
