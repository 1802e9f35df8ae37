// A text field whose entries become chips: on Enter, a comma or a semicolon, and when it is left.

let fields = 0;

export class Chips {
  // `field` is made by the macro "chips" of the criteria page; `changed` is called after each change.
  constructor(field, changed) {
    this.list = field.querySelector(".chips");
    this.input = field.querySelector("input");
    this.changed = changed;
    fields += 1;
    this.input.id = `chips-${fields}`;
    const label = field.querySelector("label");
    label.htmlFor = this.input.id;
    const hint = field.querySelector(".hint");
    if (hint) {
      hint.id = `chips-hint-${fields}`;
      this.input.setAttribute("aria-describedby", hint.id);
    }
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("input", () => changed());
    this.input.addEventListener("paste", () => setTimeout(() => /[,;\n]/.test(this.input.value) && this.commit()));
    this.input.addEventListener("blur", () => setTimeout(() => this.commit(), 150)); // not under a button that is being pressed
    this.list.addEventListener("click", (event) => {
      const chip = event.target.closest("button")?.closest("li");
      if (chip) this.#remove(chip);
    });
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" || event.key === "," || event.key === ";") {
      if (event.key === "Enter" && !this.input.value.trim()) return; // nothing to add
      event.preventDefault();
      this.commit();
    } else if (event.key === "Backspace" && !this.input.value && this.list.lastElementChild) {
      this.#remove(this.list.lastElementChild);
    }
  }

  #remove(chip) {
    chip.remove();
    this.input.focus();
    this.changed();
  }

  #add(text) {
    const chip = document.createElement("li");
    chip.dataset.text = text;
    const shown = document.createElement("span");
    shown.textContent = text;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", `Remove ${text}`);
    chip.append(shown, button);
    this.list.append(chip);
  }

  // Makes chips of what is typed.
  commit() {
    const typed = split(this.input.value);
    this.input.value = "";
    if (!typed.length) return;
    for (const text of typed) if (!this.#texts().includes(text)) this.#add(text);
    this.changed();
  }

  #texts() {
    return [...this.list.children].map((chip) => chip.dataset.text);
  }

  // All entries, with what is being typed.
  get texts() {
    return [...new Set([...this.#texts(), ...split(this.input.value)])];
  }

  set texts(texts) {
    this.list.replaceChildren();
    for (const text of texts) this.#add(text);
  }

  // Marks the chips that no record matches; `counts` has a number for each text that was counted.
  mark(counts) {
    for (const chip of this.list.children) chip.classList.toggle("unmatched", counts[chip.dataset.text] === 0);
  }
}

const split = (text) => text.split(/[,;\n]/).map((part) => part.replace(/\s+/g, " ").trim()).filter(Boolean);
