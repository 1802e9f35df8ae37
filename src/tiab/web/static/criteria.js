// Criteria: a form and the text of the file, each made from the other by the server, which also counts the matches.

import { RequestError, oneAtATime, request, showFailures, showMessage } from "./page.js";
import { Chips } from "./chips.js";

const form = document.getElementById("draft");
const cards = document.getElementById("cards");
const concepts = document.getElementById("concepts");
const text = document.getElementById("text");
const lines = document.getElementById("lines");
const verdict = document.getElementById("verdict");
const goto = document.getElementById("goto");
const counts = document.getElementById("counts");
const versions = document.getElementById("versions");
const byId = (id) => document.getElementById(id);

let saved = text.value;
let edited = ""; // what was edited since form and text were last the same: "form", "text" or neither
let waiting;
let checks = 0; // only the answer to the last check counts

// The cards of the form

const ROLES = {
  population: ["Population", "Who is studied"],
  intervention: ["Intervention", "What is done, or what they are exposed to"],
  comparator: ["Comparator", "What it is compared with, if the review asks for that"],
  outcome: ["Outcome", "What is measured"],
  design: ["Study designs", "In your words: RCT, cohort, qualitative …"],
};
const formEdited = () => later("form");
let shown = []; // the cards in sight: { role, element, chips, weight }

function makeCard(concept) {
  const role = concept.role;
  const element = byId(role === "design" ? "design-card" : "concept-card").content.firstElementChild.cloneNode(true);
  const [title, hint] = ROLES[role];
  const number = shown.filter((one) => one.role === role).length + 1;
  element.dataset.role = role;
  element.querySelector("legend").textContent = hint;
  element.querySelector(".card-head .hint").textContent = hint;
  const chips = chipsIn(element);
  const label = element.querySelector("[data-field] label"); // of the first field: the heading of the card
  label.textContent = number === 1 ? title : `${title} ${number}`;
  label.className = `role-name ${role}`;
  element.querySelector(".card-head").prepend(label);
  element.querySelector(".name").value = concept.name ?? "";
  element.querySelector(".required").checked = concept.required ?? !["comparator", "design"].includes(role);
  for (const [name, field] of Object.entries(chips)) field.texts = concept[name] ?? [];
  element.querySelector(".more").open = ["abbreviations", "against", "against_designs"].some((name) => concept[name]?.length);
  const card = { role, element, chips, weight: concept.weight ?? 1 };
  element.querySelector(".remove").hidden = number === 1; // the first is emptied, not removed
  element.querySelector(".remove").addEventListener("click", () => {
    shown = shown.filter((one) => one !== card);
    element.remove();
    formEdited();
  });
  shown.push(card);
  const after = shown.findLast((one) => one !== card && Object.keys(ROLES).indexOf(one.role) <= Object.keys(ROLES).indexOf(role));
  if (after) after.element.after(element);
  else concepts.prepend(element);
  return card;
}

// The fields for chips in an element, by their names.
function chipsIn(element) {
  return Object.fromEntries([...element.querySelectorAll("[data-field]")].map((field) => [field.dataset.field, new Chips(field, formEdited)]));
}

const limits = chipsIn(byId("limits"));
const { related } = chipsIn(byId("related-words"));
const year = (id) => (byId(id).value === "" ? null : Number(byId(id).value));

// What the form says: { title, question, concepts: [{ role, name, terms, … }], limits }.
function fields() {
  return {
    title: byId("review-title").value,
    question: byId("question").value,
    related: related.texts,
    concepts: shown.map(({ role, element, chips, weight }) => ({
      role,
      weight,
      name: element.querySelector(".name").value,
      required: element.querySelector(".required").checked,
      ...Object.fromEntries(Object.entries(chips).map(([name, field]) => [name, field.texts])),
    })),
    limits: { year_from: year("year-from"), year_to: year("year-to"), languages: limits.languages.texts, species: limits.species.texts },
  };
}

function showFields(said) {
  byId("review-title").value = said.title ?? "";
  byId("question").value = said.question ?? "";
  byId("year-from").value = said.limits?.year_from ?? "";
  byId("year-to").value = said.limits?.year_to ?? "";
  limits.languages.texts = said.limits?.languages ?? [];
  limits.species.texts = said.limits?.species ?? [];
  related.texts = said.related ?? [];
  shown = [];
  concepts.replaceChildren();
  for (const role of Object.keys(ROLES)) {
    const some = (said.concepts ?? []).filter((concept) => concept.role === role);
    for (const concept of some.length ? some : [{ role }]) makeCard(concept);
  }
  cards.hidden = false;
}

// Puts drafted criteria into the form, to be looked over and saved; `said` is as `fields` gives it. An empty title or
// question leaves what there is.
export function fillCards(said) {
  const now = fields();
  showFields({ ...said, title: said.title || now.title, question: said.question || now.question });
  formEdited();
}

// Adds a term to the first card of a role, or to the card of that name.
export function addTerm(role, term, name = "") {
  const ofRole = shown.filter((card) => card.role === role);
  const card = ofRole.find(({ element }) => name && element.querySelector(".name").value === name) ?? ofRole[0];
  card.chips.terms.texts = [...card.chips.terms.texts, term];
  formEdited();
}

// The text

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

const changed = () => edited === "form" || text.value !== saved;

function showVerdict({ error, line }) {
  const sentence = error || (changed() ? "No errors. Not saved yet." : "No errors.");
  if (verdict.textContent !== sentence) verdict.textContent = sentence; // so that it is read out once
  verdict.classList.toggle("bad", Boolean(error));
  verdict.dataset.line = line ?? "";
  goto.hidden = !line;
  numberLines();
}

const body = () => ({ text: text.value, fields: edited === "form" ? fields() : null });

// Form and text say the same from here on.
function follow({ text: said, fields: form_ }, source) {
  if (source === "form") text.value = said;
  else if (source === "text") showFields(form_);
  edited = "";
}

async function check() {
  clearTimeout(waiting);
  checks += 1;
  const latest = checks;
  const source = edited;
  try {
    const answer = await request("/criteria/check", { method: "POST", body: body() });
    if (latest !== checks) return;
    if (!answer.error) follow(answer, source);
    showVerdict(answer);
    showFailures(answer);
    showCounts(answer);
    if (!answer.done) waiting = setTimeout(check, 400);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showVerdict({ error: error.message });
  }
}

function showCounts({ html, terms, error }) {
  counts.classList.toggle("stale", Boolean(error));
  if (html === undefined) return;
  counts.innerHTML = html; // made and escaped by the server
  for (const { element, chips, role } of shown) {
    const own = terms?.[element.querySelector(".name").value || role] ?? {};
    chips.terms.mark(own);
    chips.abbreviations.mark(own);
  }
}

function later(source) {
  clearTimeout(waiting);
  checks += 1; // an answer on its way is to what was there before
  edited = source;
  waiting = setTimeout(check, 350);
  if (source === "text") numberLines();
}

async function save() {
  for (const card of shown) for (const chips of Object.values(card.chips)) chips.commit();
  for (const chips of [...Object.values(limits), related]) chips.commit();
  clearTimeout(waiting);
  checks += 1;
  const source = edited;
  try {
    const answer = await request("/criteria/save", { method: "POST", body: { ...body(), mark: form.dataset.mark } });
    form.dataset.mark = answer.mark;
    versions.innerHTML = answer.versions;
    text.value = saved = answer.text;
    edited = source === "text" ? "text" : "";
    showMessage(answer.message);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showVerdict({ error: error.message });
    throw error;
  }
  check(); // nobody waits for the counts
}

const saveAll = () => oneAtATime(save, "save");

// Saves what was edited, if anything was, within what is done one at a time.
export async function saveChanges() {
  if (changed()) await save();
}

// Shows criteria that the server has saved otherwise: a suggestion that was accepted, or undone.
export function showSaved(answer) {
  form.dataset.mark = answer.mark;
  versions.innerHTML = answer.versions;
  text.value = saved = answer.text;
  edited = "text";
  return check();
}

form.addEventListener("input", (event) => {
  if (event.target === text) later("text");
  else if (event.target.id !== "role" && !event.target.closest(".drafting")) formEdited();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault(); // it ends a term, not the form
});
byId("add").addEventListener("click", () => {
  makeCard({ role: byId("role").value }).chips.terms.input.focus();
});
text.addEventListener("scroll", () => { lines.scrollTop = text.scrollTop; });
form.addEventListener("submit", (event) => {
  event.preventDefault();
  saveAll();
});
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    saveAll();
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
    edited = "text";
    await check();
  });
});
byId("advanced").addEventListener("toggle", () => numberLines());
addEventListener("beforeunload", (event) => { if (changed()) event.preventDefault(); });

if (form.dataset.fields) showFields(JSON.parse(form.dataset.fields));
numberLines();
if (!counts.dataset.done || form.dataset.fields) waiting = setTimeout(check, 300);
