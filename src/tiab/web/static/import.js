// Import: files are sent one after the other, so that each says at once what became of it, and is compared with those before.

import { Refused, ask } from "./http.js";
import { say, sayWrong } from "./messages.js";

const form = document.getElementById("import");
const drop = document.getElementById("drop");
const files = document.getElementById("files");
const reports = document.getElementById("reports");
const sources = document.getElementById("sources");
const MOST = 512 * 1024 * 1024;
let last = Promise.resolve();

function address(name) {
  const { kind, decision, prior, reviewer } = form.elements;
  const how = () => ({ decision: decision.value, reviewer: reviewer.value, ...(prior.checked ? { prior: "true" } : {}) });
  const said = kind.value === "decisions" ? how() : {};
  return `/import/${kind.value}?${new URLSearchParams({ name, ...said })}`;
}

function fail(row, name, message) {
  row.className = "failed";
  const title = document.createElement("h2");
  title.textContent = name;
  const why = document.createElement("p");
  why.textContent = message;
  row.replaceChildren(title, why);
}

async function send(file, path, row) {
  if (file.size > MOST) return fail(row, file.name, "This file is larger than 512 MB. Split it, or use tiab add.");
  try {
    const said = await ask(path, { method: "POST", body: file });
    row.className = "";
    row.innerHTML = said.report; // made and escaped by the server; the page runs no script but its own
    if (said.sources) sources.innerHTML = said.sources;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    fail(row, file.name, error.message);
  }
}

function take(list) {
  for (const file of list) {
    const row = document.createElement("li");
    row.className = "waiting";
    row.textContent = `${file.name}: reading and comparing…`;
    reports.append(row);
    row.scrollIntoView({ block: "nearest" });
    const path = address(file.name);
    last = last.then(() => send(file, path, row));
  }
}

sources.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-import]");
  if (!button) return;
  button.disabled = true;
  try {
    const said = await ask("/import/undo", { method: "POST", body: { number: Number(button.dataset.import) } });
    sources.innerHTML = said.sources;
    say("Import undone. Import the file again to bring it back.");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    button.disabled = false;
    sayWrong(error.message);
  }
});
form.addEventListener("change", (event) => {
  if (event.target.name === "kind") document.getElementById("how").hidden = event.target.value !== "decisions";
});
document.getElementById("choose").addEventListener("click", () => files.click());
files.addEventListener("change", () => {
  take(files.files);
  files.value = "";
});
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("how").hidden = form.elements.kind.value !== "decisions";

// A file that is dropped beside the field must not take the page's place.
addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take(event.dataTransfer.files);
});
