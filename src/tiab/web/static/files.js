// Files that somebody chooses or drops on a page, with its field `files`, its button `choose` and its place `drop`.

const field = document.getElementById("files");
const drop = document.getElementById("drop");

// The files of what was dropped: of a folder all that are in it, whatever they are; hidden ones are no exports.
async function filesOf(entry) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) { // it tells a hundred at a time
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return (await Promise.all(found.map(filesOf))).flat();
    found.push(...some);
  }
}

async function dropped({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const listed = [...files]; // both are empty once the event is over
  return entries.some((entry) => entry.isDirectory) ? (await Promise.all(entries.map(filesOf))).flat() : listed;
}

// Hands over the files that are chosen or dropped, those chosen before this page's script was there included. What is
// dropped without a file in it is an empty list.
export function takeFiles(take) {
  const chosen = () => {
    const files = [...field.files];
    field.value = "";
    if (files.length) take(files);
  };
  field.addEventListener("change", chosen);
  document.getElementById("choose").addEventListener("click", () => field.click());
  // A file that is dropped beside the field must not replace the page.
  addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take(await dropped(event.dataTransfer));
  });
  chosen();
}
