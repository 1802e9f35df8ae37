// Plan: the guesses are sent, and the table of what each rule costs comes back.

import { oneAtATime, request } from "./page.js";

const form = document.getElementById("plan");
const result = document.getElementById("result");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  oneAtATime(async () => {
    const button = form.querySelector("button");
    button.disabled = true;
    result.textContent = "Simulating reviews; this takes some seconds…";
    try {
      const said = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, Number(value)]));
      result.innerHTML = (await request("/plan/make", { method: "POST", body: said })).html; // made and escaped by the server
    } catch (error) {
      result.textContent = "";
      throw error;
    } finally {
      button.disabled = false;
    }
  });
});
