// Update: the files of a later search are sent one after the other, or PubMed is asked; each says what is new.

import { takeFiles } from "./files.js";
import { RequestError, request } from "./page.js";

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

document.getElementById("pubmed")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const since = event.target.elements.since.value || null;
  add("PubMed", () => request("/update/pubmed", { method: "POST", body: { since } }));
});
takeFiles(send);
