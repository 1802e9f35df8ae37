// The list of records: filters apply at once and are kept in the address; arrows go from record to record.

import { onKeys } from "./page.js";

const form = document.getElementById("find");
const search = document.getElementById("q");
const links = [...document.querySelectorAll("#rows h2 a")];

// What is empty, or as usual, is left out of the address, so that it can be read and kept.
form.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) {
    if (!value.trim() || (name === "order" && value === "rank")) event.formData.delete(name);
  }
});
form.addEventListener("change", (event) => {
  if (event.target !== search && form.reportValidity()) form.requestSubmit();
});
if (matchMedia("(max-width: 46rem)").matches && !new URLSearchParams(location.search).size) {
  form.querySelector(".filters").open = false;
}
if (location.hash === "#q") search.focus();

function step(by) {
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
  next?.focus();
}

const follow = (rel) => document.querySelector(`.pages a[rel=${rel}]`)?.click();

onKeys({
  "/": () => search.select(),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  ArrowRight: () => follow("next"),
  ArrowLeft: () => follow("prev"),
});
