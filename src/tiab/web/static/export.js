// Export: what is asked for is made by the server, and saved by the browser as a file.

import { alone } from "./doing.js";
import { download } from "./http.js";
import { say } from "./messages.js";

const form = document.getElementById("export");

async function fetchFile(button, path, body) {
  const before = button.textContent;
  button.textContent = "Working…";
  button.setAttribute("aria-busy", "true");
  try {
    say(`Saved as ${await download(path, body)}`);
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
  alone(() => fetchFile(form.querySelector(".primary"), "/export/records", body));
});

const report = document.getElementById("report");
report?.addEventListener("click", () => alone(() => fetchFile(report, "/export/report", {})));

const follow = () => { document.getElementById("format-row").hidden = form.elements.what.value === "labels"; };
form.addEventListener("change", follow);
follow();
