// Criteria: what is written is checked and counted while it is written, and saved when somebody says so.

import { alone } from "./doing.js";
import { showFailures } from "./failures.js";
import { Refused, ask } from "./http.js";
import { say } from "./messages.js";

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
let asked = 0; // only the answer to the last question counts

const changed = () => text.value !== saved;

function number(wrong = Number(verdict.dataset.line)) {
  const many = text.value.split("\n").length;
  lines.replaceChildren(...Array.from({ length: many }, (_, at) => {
    const line = document.createElement("span");
    line.textContent = `${at + 1}\n`;
    if (at + 1 === wrong) line.className = "bad";
    return line;
  }));
  lines.scrollTop = text.scrollTop;
}

function judge({ wrong, line }) {
  const sentence = wrong || (changed() ? "No mistake in it. Not saved yet." : "No mistake in it.");
  if (verdict.textContent !== sentence) verdict.textContent = sentence; // so that it is read out once
  verdict.classList.toggle("bad", Boolean(wrong));
  verdict.dataset.line = line ?? "";
  goto.hidden = !line;
  save.disabled = Boolean(wrong) || !changed();
  number();
}

async function check() {
  clearTimeout(waiting);
  asked += 1;
  const question = asked;
  try {
    const answer = await ask("/criteria/check", { method: "POST", body: { text: text.value } });
    if (question !== asked) return;
    judge(answer);
    showFailures(answer);
    if (answer.html !== undefined) counts.innerHTML = answer.html; // made and escaped by the server
    counts.classList.toggle("stale", Boolean(answer.wrong));
    if (!answer.done) waiting = setTimeout(check, 400);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    judge({ wrong: error.message });
  }
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(check, 350);
  save.disabled = true;
  number();
}

const store = () => alone(async () => {
  if (!changed()) return;
  const wanted = text.value;
  const answer = await ask("/criteria/save", { method: "POST", body: { text: wanted, mark: form.dataset.mark } });
  form.dataset.mark = answer.mark;
  versions.innerHTML = answer.versions;
  saved = wanted;
  say(answer.said);
  await check();
});

text.addEventListener("input", later);
text.addEventListener("scroll", () => { lines.scrollTop = text.scrollTop; });
form.addEventListener("submit", (event) => {
  event.preventDefault();
  store();
});
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    store();
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
  if (version) alone(async () => {
    text.value = (await ask(`/criteria/version?event=${version}`)).text;
    text.focus();
    await check();
  });
});
addEventListener("beforeunload", (event) => { if (changed()) event.preventDefault(); });

number();
if (!counts.dataset.done) waiting = setTimeout(check, 300);
