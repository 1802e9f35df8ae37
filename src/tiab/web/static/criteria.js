// Criteria: the text is checked and its matches are counted while it is edited; it is saved on request.

import { RequestError, oneAtATime, request, showFailures, showMessage } from "./page.js";

const form = document.getElementById("draft");
const text = document.getElementById("text");
const lines = document.getElementById("lines");
const verdict = document.getElementById("verdict");
const goto = document.getElementById("goto");
const save = document.getElementById("save");
const counts = document.getElementById("counts");
const versions = document.getElementById("versions");
let saved = text.value;
let waiting;
let checks = 0; // only the answer to the last check counts

const changed = () => text.value !== saved;

function numberLines(bad = Number(verdict.dataset.line)) {
  const many = text.value.split("\n").length;
  lines.replaceChildren(...Array.from({ length: many }, (_, at) => {
    const line = document.createElement("span");
    line.textContent = `${at + 1}\n`;
    if (at + 1 === bad) line.className = "bad";
    return line;
  }));
  lines.scrollTop = text.scrollTop;
}

function showVerdict({ error, line }) {
  const sentence = error || (changed() ? "No errors. Not saved yet." : "No errors.");
  if (verdict.textContent !== sentence) verdict.textContent = sentence; // so that it is read out once
  verdict.classList.toggle("bad", Boolean(error));
  verdict.dataset.line = line ?? "";
  goto.hidden = !line;
  save.disabled = Boolean(error) || !changed();
  numberLines();
}

async function check() {
  clearTimeout(waiting);
  checks += 1;
  const latest = checks;
  try {
    const answer = await request("/criteria/check", { method: "POST", body: { text: text.value } });
    if (latest !== checks) return;
    showVerdict(answer);
    showFailures(answer);
    if (answer.html !== undefined) counts.innerHTML = answer.html; // made and escaped by the server
    counts.classList.toggle("stale", Boolean(answer.error));
    if (!answer.done) waiting = setTimeout(check, 400);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showVerdict({ error: error.message });
  }
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(check, 350);
  save.disabled = true;
  numberLines();
}

const saveText = () => oneAtATime(async () => {
  if (!changed()) return;
  const written = text.value;
  const answer = await request("/criteria/save", { method: "POST", body: { text: written, mark: form.dataset.mark } });
  form.dataset.mark = answer.mark;
  versions.innerHTML = answer.versions;
  saved = written;
  showMessage(answer.message);
  await check();
});

text.addEventListener("input", later);
text.addEventListener("scroll", () => { lines.scrollTop = text.scrollTop; });
form.addEventListener("submit", (event) => {
  event.preventDefault();
  saveText();
});
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    saveText();
  }
});
goto.addEventListener("click", () => {
  const before = text.value.split("\n").slice(0, Number(verdict.dataset.line) - 1);
  const start = before.reduce((sum, line) => sum + line.length + 1, 0);
  const end = text.value.indexOf("\n", start);
  text.focus();
  text.setSelectionRange(start, end < 0 ? text.value.length : end);
  text.scrollTop = Math.max(0, before.length - 5) * parseFloat(getComputedStyle(text).lineHeight);
});
versions.addEventListener("click", (event) => {
  const version = event.target.closest("[data-version]")?.dataset.version;
  if (version) oneAtATime(async () => {
    text.value = (await request(`/criteria/version?event=${version}`)).text;
    text.focus();
    await check();
  });
});
addEventListener("beforeunload", (event) => { if (changed()) event.preventDefault(); });

numberLines();
if (!counts.dataset.done) waiting = setTimeout(check, 300);
