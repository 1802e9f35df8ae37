// The page of all reviews, and the forms that make or open one.

import { RequestError, oneAtATime, request, showMessage } from "./page.js";

const post = (path, body = {}) => request(path, { method: "POST", body });
const values = (form) => Object.fromEntries(new FormData(form));

// A form whose fields are sent, and which leads to the address in the answer.
function leads(id, path, also = () => ({})) {
  const form = document.getElementById(id);
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    oneAtATime(async () => location.assign((await post(path, { ...values(form), ...also(form) })).address));
  });
}

leads("new", "/new");
leads("open", "/open");
leads("reviewer", "/reviewer", (form) => ({ key: form.dataset.key }));

document.querySelector("[data-example]")?.addEventListener("click", (event) => oneAtATime(async () => {
  event.target.disabled = true;
  try {
    location.assign((await post("/example")).address);
  } finally {
    event.target.disabled = false;
  }
}));

const move = document.getElementById("move");
move?.addEventListener("submit", (event) => {
  event.preventDefault();
  oneAtATime(async () => {
    const answer = await post("/reviews-folder", values(move));
    document.getElementById("reviews-folder").textContent = answer.folder;
    showMessage(answer.message);
  });
});

// The page of folders: a review is opened, or a place is taken for new ones.
document.querySelector(".folders")?.closest(".page").addEventListener("click", (event) => {
  const folder = event.target.closest("[data-open]")?.dataset.open;
  if (folder) oneAtATime(async () => location.assign((await post("/open", { folder })).address));
});
document.querySelector("[data-place]")?.addEventListener("click", (event) => oneAtATime(async () => {
  await post("/reviews-folder", { folder: event.target.dataset.place });
  location.assign("./");
}));

const list = document.getElementById("reviews");
list?.addEventListener("click", (event) => {
  if (!event.target.closest("[data-forget]")) return;
  const row = event.target.closest("[data-key]");
  oneAtATime(async () => {
    const answer = await post("/forget", { key: row.dataset.key });
    row.remove();
    showMessage(answer.message);
    if (!list.children.length) location.reload();
  });
});

// Numbers that may have changed since are counted one review after the other, as large ones take a moment.
async function count() {
  for (const row of list?.querySelectorAll("[data-stale]") ?? []) {
    try {
      row.outerHTML = (await request(`/row?${new URLSearchParams({ key: row.dataset.key })}`)).html;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      row.querySelector(".how-far span").textContent = error.message;
    }
  }
}
count();
