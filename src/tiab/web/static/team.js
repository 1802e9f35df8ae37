// Team: copies are saved by the browser, merged one after the other, and the settings are sent as a whole.

import { takeFiles } from "./files.js";
import { RequestError, download, oneAtATime, request, showError, showMessage } from "./page.js";

const MAX_BYTES = 512 * 1024 * 1024;
const reports = document.getElementById("reports");
const progress = document.getElementById("progress");
const share = document.getElementById("share");
const settings = document.getElementById("settings");

function fail(row, name, message) {
  row.className = "failed";
  const title = document.createElement("h2");
  title.textContent = name;
  const why = document.createElement("p");
  why.textContent = message;
  row.replaceChildren(title, why);
}

async function merge(file) {
  const row = document.createElement("li");
  row.className = "waiting";
  row.textContent = `${file.name}: merging…`;
  reports.append(row);
  if (file.size > MAX_BYTES) return fail(row, file.name, "This file is larger than 512 MB. Use tiab merge.");
  try {
    const answer = await request(`/team/merge?${new URLSearchParams({ name: file.name })}`, { method: "POST", body: file });
    row.className = "";
    row.innerHTML = answer.report; // made and escaped by the server
    progress.innerHTML = answer.progress;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    fail(row, file.name, error.message);
  }
}

let last = Promise.resolve(); // the file that is being merged

function mergeAll(list) {
  for (const file of list) last = last.then(() => merge(file));
}

share.addEventListener("submit", (event) => {
  event.preventDefault();
  const decisions = new FormData(share).get("decisions");
  oneAtATime(async () => showMessage(`Saved as ${await download("/team/share", { decisions })}`));
});

settings?.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(settings);
  const body = {
    scheme: chosen.get("scheme"),
    calibration: Number(chosen.get("calibration")) || 0,
    blinded: chosen.get("blinded") === "yes",
    resolvers: chosen.get("resolvers").split(",").map((name) => name.trim()).filter(Boolean),
    maybe_conflicts: chosen.has("maybe_conflicts"),
    owner: chosen.get("owner").trim(),
  };
  oneAtATime(async () => {
    await request("/team/settings", { method: "POST", body });
    location.reload();
  });
});

progress.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-version]");
  if (!button) return;
  oneAtATime(async () => {
    const answer = await request("/team/criteria", { method: "POST", body: { version: Number(button.dataset.version) } });
    progress.innerHTML = answer.progress;
    showMessage(answer.message);
  });
});

const follow = () => { document.getElementById("size").hidden = settings.elements.scheme.value !== "calibration"; };
if (settings) {
  settings.addEventListener("change", follow);
  follow();
}

takeFiles((files) => {
  if (files.length) mergeAll(files);
  else showError("Drop a file made with Save copy or tiab share.");
});
