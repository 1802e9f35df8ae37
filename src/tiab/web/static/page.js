// What all pages share: requests to the page's own server, messages, keys, dialogs, and what stopped in the background.

export const ROOT = new URL("..", import.meta.url); // all of the page is served below a folder that nobody else knows

// A request that failed, with a message that a person can read.
export class RequestError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function send(path, { method = "GET", body, keepalive = false } = {}) {
  const plain = body === undefined || body instanceof Blob; // a file goes as it is
  let answer;
  try {
    answer = await fetch(new URL(path.slice(1), ROOT), {
      method,
      keepalive,
      headers: { Accept: "application/json", "Content-Type": plain ? "application/octet-stream" : "application/json" },
      body: plain ? body : JSON.stringify(body),
    });
  } catch {
    throw new RequestError("tiab is not running any more. Nothing was saved just now. Type tiab in a terminal, then reload this page.", 0);
  }
  if (answer.ok) return answer;
  const { error } = await answer.json().catch(() => ({}));
  const forbidden = "This page is from an earlier run of tiab. Open the address that tiab showed when it last started.";
  throw new RequestError(error ?? (answer.status === 403 ? forbidden : `Something went wrong (${answer.status}).`), answer.status);
}

export async function request(path, options) {
  return (await send(path, options)).json().catch(() => ({}));
}

// Saves what comes back as a file; its name.
export async function download(path, body) {
  const answer = await send(path, { method: "POST", body });
  const name = decodeURIComponent(answer.headers.get("Content-Disposition").split("''")[1]);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return name;
}

let pending = null; // what was sent and not answered: it keeps its token, so that it is stored once

// Sends something to be stored; `body` says what, `also` what the answer is to show.
export async function store(path, body, also = {}) {
  const key = path + JSON.stringify(body);
  if (pending?.key !== key) pending = { key, token: crypto.randomUUID() };
  try {
    const answer = await request(path, { method: "POST", body: { ...body, ...also, token: pending.token } });
    pending = null;
    return answer;
  } catch (error) {
    if (error.status) pending = null; // it was answered: refused, not lost
    throw error;
  }
}

const under = new Set(); // the names of what is under way or waits for its turn
let last = Promise.resolve();

// One thing after the other, in the order in which they were asked for. What is asked for again before it is done, as by
// a second press of a button, is done once; `name` tells things apart: the control that has the focus, if nothing is said.
export function oneAtATime(work, name = document.activeElement) {
  if (under.has(name)) return;
  under.add(name);
  document.body.setAttribute("aria-busy", "true");
  last = last.then(() => perform(work)).finally(() => {
    under.delete(name);
    if (!under.size) document.body.removeAttribute("aria-busy");
  });
}

async function perform(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RequestError)) return void reportError(error); // a defect stops nothing else
    showError(error.message);
  }
}

// Messages, in sight and to a screen reader.
const message = document.getElementById("message");
const problem = document.getElementById("error");
let fading;

// `actions` are buttons in the message: name -> what it does.
export function showMessage(sentence, actions = {}) {
  problem.textContent = "";
  message.classList.remove("faded");
  message.textContent = sentence;
  for (const [name, act] of Object.entries(actions)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.addEventListener("click", act);
    message.append(" ", button);
  }
  clearTimeout(fading);
  fading = setTimeout(() => message.classList.add("faded"), Object.keys(actions).length ? 20_000 : 1600);
}

export function showError(sentence) {
  message.textContent = "";
  problem.textContent = sentence;
}

// What stopped in the background is said on every page, and started again from there.
const failures = document.getElementById("failures");

// Shows the failures in an answer; an answer without any word on them changes nothing.
export function showFailures({ failures: html }) {
  if (html === undefined || failures.dataset.html === html) return; // so that it is read out once
  failures.dataset.html = html;
  failures.innerHTML = html; // made and escaped by the server
}

failures.addEventListener("click", (event) => {
  if (event.target.closest("[data-retry]")) oneAtATime(async () => {
    await request("/retry", { method: "POST" });
    location.reload();
  });
});

// Single keys for the whole page; none while somebody types, holds a modifier or has a dialog open.
const typing = (element) => element.isContentEditable || element.matches("input:not([type=checkbox]), textarea, select");

export function onKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const shifted = /^[a-z]$/.test(key) ? `Shift+${key}` : `Shift+${event.code}`; // by its place: Shift makes 1 another sign
    const action = (event.shiftKey && actions[shifted]) || (event.shiftKey && /^[a-z]$/.test(key) ? null : actions[key]);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

document.querySelector(".top nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); // on a phone

// Search and the list of keys are everywhere; a page's own keys come first.
addEventListener("DOMContentLoaded", () => {
  const search = document.querySelector(".tools input[type=search]");
  if (!search) return;
  onKeys({
    "/": () => search.focus(),
    "?": () => document.getElementById("help").showModal(),
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") (document.querySelector("h1[tabindex]") ?? document.getElementById("main")).focus();
  });
});

// Buttons that open a dialog name it in data-opens.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
});
