// Import: files are sent one after the other, so that each says at once what became of it, and is compared with those before.

import { RequestError, onFiles, request, showError, showMessage } from "./page.js";

const form = document.getElementById("import");
const drop = document.getElementById("drop");
const files = document.getElementById("files");
const reports = document.getElementById("reports");
const sources = document.getElementById("sources");
const next = document.getElementById("next");
const MAX_BYTES = 512 * 1024 * 1024;
let last = Promise.resolve(); // the file that is being sent

function address(name) {
  const { kind, decision, prior, reviewer } = form.elements;
  const options = () => ({ decision: decision.value, reviewer: reviewer.value, ...(prior.checked ? { prior: "true" } : {}) });
  const chosen = kind.value === "decisions" ? options() : {};
  return `/import/${kind.value}?${new URLSearchParams({ name, ...chosen })}`;
}

function fail(row, name, message) {
  row.className = "failed";
  const title = document.createElement("h2");
  title.textContent = name;
  const why = document.createElement("p");
  why.textContent = message;
  row.replaceChildren(title, why);
}

function showSoFar(answer) {
  sources.innerHTML = answer.sources;
  next.innerHTML = answer.next;
}

async function send(file, path, row) {
  if (file.size > MAX_BYTES) return fail(row, file.name, "This file is larger than 512 MB. Split it, or use tiab add.");
  try {
    const answer = await request(path, { method: "POST", body: file });
    row.className = "";
    row.innerHTML = answer.report; // made and escaped by the server; the page runs no script but its own
    showSoFar(answer);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    fail(row, file.name, error.message);
  }
}

function sendAll(list) {
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

// The files of what was dropped: of a folder all that are in it, whatever they are; hidden ones are no exports.
async function filesOf(entry) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) { // it tells a hundred at a time
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return (await Promise.all(found.map(filesOf))).flat();
    found.push(...some);
  }
}

sources.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-import]");
  if (!button) return;
  button.disabled = true;
  try {
    const answer = await request("/import/undo", { method: "POST", body: { number: Number(button.dataset.import) } });
    showSoFar(answer);
    showMessage("Import undone. Import the file again to bring it back.");
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    button.disabled = false;
    showError(error.message);
  }
});
form.addEventListener("change", (event) => {
  if (event.target.name === "kind") document.getElementById("how").hidden = event.target.value !== "decisions";
});
document.getElementById("choose").addEventListener("click", () => files.click());
onFiles(files, sendAll);
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("how").hidden = form.elements.kind.value !== "decisions";

// A file that is dropped beside the field must not replace the page.
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
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.some((entry) => entry.isDirectory)) Promise.all(entries.map(filesOf)).then((found) => sendAll(found.flat()));
  else sendAll(event.dataTransfer.files);
});
