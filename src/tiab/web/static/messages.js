// What the page says to everybody, in sight and to a screen reader.

const said = document.getElementById("said");
const wrong = document.getElementById("wrong");
let fading;

export function say(sentence) {
  wrong.textContent = "";
  said.classList.remove("faded");
  said.textContent = sentence;
  clearTimeout(fading);
  fading = setTimeout(() => said.classList.add("faded"), 1600);
}

export function sayWrong(sentence) {
  said.textContent = "";
  wrong.textContent = sentence;
}
