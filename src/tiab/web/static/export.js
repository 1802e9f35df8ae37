// Export: the server makes the file, and the browser saves it.

import { download, oneAtATime, showMessage } from "./page.js";

const form = document.getElementById("export");

async function fetchFile(button, path, body) {
  const before = button.textContent;
  button.textContent = "Working…";
  button.setAttribute("aria-busy", "true");
  try {
    showMessage(`Saved as ${await download(path, body)}`);
  } finally {
    button.textContent = before;
    button.removeAttribute("aria-busy");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(form);
  const body = {
    what: chosen.get("what"),
    format: chosen.get("format"),
    only: chosen.getAll("only"),
    own: chosen.get("own") === "yes",
    duplicates: chosen.has("duplicates"),
  };
  oneAtATime(() => fetchFile(form.querySelector(".primary"), "/export/records", body));
});

const report = document.getElementById("report");
report?.addEventListener("click", () => oneAtATime(() => fetchFile(report, "/export/report", {})));

const follow = () => { document.getElementById("format-row").hidden = form.elements.what.value === "decisions"; };
form.addEventListener("change", follow);
follow();
