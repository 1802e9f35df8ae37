// What stopped in the background: it is said on every page, and started again from there.

import { alone } from "./doing.js";
import { ask } from "./http.js";

const place = document.getElementById("failures");

// Shows what an answer says of it; an answer that says nothing changes nothing.
export function showFailures({ failures }) {
  if (failures === undefined || place.dataset.html === failures) return; // so that it is read out once
  place.dataset.html = failures;
  place.innerHTML = failures; // made and escaped by the server
}

place.addEventListener("click", (event) => {
  if (event.target.closest("[data-again]")) alone(async () => {
    await ask("/again", { method: "POST" });
    location.reload();
  });
});
