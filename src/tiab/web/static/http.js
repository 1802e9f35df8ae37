// Asks the page's own server, and turns a mistake into an Error whose message a person can read.

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export async function ask(path, { method = "GET", body } = {}) {
  const plain = body === undefined || body instanceof Blob; // a file goes as it is
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { Accept: "application/json", "Content-Type": plain ? "application/octet-stream" : "application/json" },
      body: plain ? body : JSON.stringify(body),
    });
  } catch {
    throw new Refused("tiab does not answer. Nothing was stored just now. Start it again, and open the address that it prints.", 0);
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const refused = "This page is no longer known to tiab. Open the address that it printed last.";
    throw new Refused(said.error ?? (answer.status === 403 ? refused : `That did not work (${answer.status}).`), answer.status);
  }
  return said;
}

// The same for each attempt to write one thing.
export const newToken = () => crypto.randomUUID();
