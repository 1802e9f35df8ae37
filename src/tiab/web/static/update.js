// Update: the files of a later search are sent one after the other, or PubMed is asked; each says what is new.

import { RequestError, onFiles, request } from "./page.js";

const drop = document.getElementById("drop");
const files = document.getElementById("files");
const reports = document.getElementById("reports");
let last = Promise.resolve(); // what is being added

function add(name, ask) {
  const row = document.createElement("li");
  row.className = "waiting";
  row.textContent = `${name}: reading and ranking…`;
  reports.prepend(row);
  last = last.then(async () => {
    try {
      const answer = await ask();
      row.className = "";
      row.innerHTML = answer.html; // made and escaped by the server; the page runs no script but its own
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      row.className = "failed";
      const why = document.createElement("p");
      why.textContent = error.message;
      row.replaceChildren(why);
    }
  });
}

function send(list) {
  for (const file of list) {
    const path = `/update/files?${new URLSearchParams({ name: file.name })}`;
    add(file.name, () => request(path, { method: "POST", body: file }));
  }
}

document.getElementById("choose").addEventListener("click", () => files.click());
onFiles(files, send);
document.getElementById("pubmed")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const since = event.target.elements.since.value || null;
  add("PubMed", () => request("/update/pubmed", { method: "POST", body: { since } }));
});
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
  send([...event.dataTransfer.files]);
});
