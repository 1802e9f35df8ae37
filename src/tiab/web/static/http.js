// Asks the page's own server, and turns a mistake into an Error whose message a person can read.

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export const ROOT = new URL("..", import.meta.url); // all of the page is served below a folder that nobody else knows

async function fetched(path, { method = "GET", body, keepalive = false } = {}) {
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
    throw new Refused("tiab does not answer. Nothing was stored just now. Start it again, and open the address that it prints.", 0);
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  const refused = "This page is no longer known to tiab. Open the address that it printed last.";
  throw new Refused(said.error ?? (answer.status === 403 ? refused : `That did not work (${answer.status}).`), answer.status);
}

export async function ask(path, options) {
  return (await fetched(path, options)).json().catch(() => ({}));
}

// Saves what comes back as a file; its name.
export async function download(path, body) {
  const answer = await fetched(path, { method: "POST", body });
  const name = decodeURIComponent(answer.headers.get("Content-Disposition").split("''")[1]);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return name;
}

// The same for each attempt to write one thing.
export const newToken = () => crypto.randomUUID();
