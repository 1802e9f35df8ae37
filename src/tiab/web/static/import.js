// Import: files are sent one after the other, so that each says at once what became of it, and is compared with those before.

import { takeFiles } from "./files.js";
import { RequestError, request, showError, showMessage } from "./page.js";

const form = document.getElementById("import");
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
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("how").hidden = form.elements.kind.value !== "decisions";
takeFiles(sendAll);
