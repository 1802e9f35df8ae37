// One thing at a time, and each thing that is written stored once, however often it is sent.

import { Refused, ask, newToken } from "./http.js";
import { sayWrong } from "./messages.js";

let busy = false;
let pending = null; // what was sent and not answered: it keeps its token, so that it is stored once

// One thing at a time: a key that comes before the answer would decide on a record that nobody has seen.
export async function alone(work) {
  if (busy) return;
  busy = true;
  document.body.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    sayWrong(error.message);
  } finally {
    busy = false;
    document.body.removeAttribute("aria-busy");
  }
}

// Sends something to be stored; `wanted` says what, `beside` what is to be answered.
export async function write(path, wanted, beside = {}) {
  const key = path + JSON.stringify(wanted);
  if (pending?.key !== key) pending = { key, token: newToken() };
  try {
    const answer = await ask(path, { method: "POST", body: { ...wanted, ...beside, token: pending.token } });
    pending = null;
    return answer;
  } catch (error) {
    if (error.status) pending = null; // it was answered: refused, not lost
    throw error;
  }
}
