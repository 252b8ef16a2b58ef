// SPDX-License-Identifier: AGPL-3.0-or-later
// Long choices are narrowed by typing, whatever the tone marks: <select data-searchable> gets a box with a list below
// it, and a group of many checkboxes a box above it. Without scripts both are what they were.

import { word } from "./words.js";

const SHOWN = 30; // options below a box
const LEAST = 240; // px below the box; with less the list opens above it if there is more
const GAP = 12; // px between the list and the edge of the screen
const MANY = 15; // checkboxes from which a box helps

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
const matches = (text, typed) => fold(typed).split(/\s+/).every((word) => fold(text).includes(word));

class Picker {
  constructor(select) {
    this.select = select;
    this.options = [...select.options].map((option) => ({ option, text: option.text.trim() }));
    this.at = -1;
    this.box = document.createElement("input");
    this.list = document.createElement("ul");
    this.build();
    select.before(this.box, this.list);
    select.hidden = true;
    this.show();
  }

  build() {
    const { box, list, select } = this;
    list.className = "picker-list";
    list.id = `${select.id}_list`;
    list.role = "listbox";
    list.hidden = true;
    box.id = select.id; // what names the field, or leads to it from a list of errors, finds the box
    select.id = `${box.id}_select`;
    box.type = "search";
    box.role = "combobox";
    box.autocomplete = "off";
    box.placeholder = select.options[0]?.value === "" ? select.options[0].text : "";
    for (const [name, value] of [["aria-controls", list.id], ["aria-expanded", "false"], ["aria-autocomplete", "list"],
      ["aria-describedby", select.getAttribute("aria-describedby")], ["aria-invalid", select.getAttribute("aria-invalid")]]) {
      if (value) {
        box.setAttribute(name, value);
      }
    }
    box.addEventListener("input", (event) => event.isComposing || this.open());
    box.addEventListener("compositionend", () => this.open());
    box.addEventListener("focus", () => box.select());
    box.addEventListener("click", () => this.open(""));
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("blur", () => this.leave());
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const chosen = event.target.closest("[role=option]");
      if (chosen) {
        this.choose(this.found[Number(chosen.dataset.at)]);
      }
    });
  }

  show() {
    const chosen = this.select.selectedOptions[0];
    this.box.value = chosen?.value ? chosen.text.trim() : "";
  }

  open(typed = this.box.value) {
    this.found = this.options.filter(({ text }) => matches(text, typed)).slice(0, SHOWN);
    this.at = typed && this.found.length ? 0 : -1;
    this.list.replaceChildren(...this.found.map(({ text }, at) => {
      const item = document.createElement("li");
      item.role = "option";
      item.id = `${this.list.id}_${at}`;
      item.dataset.at = at;
      item.textContent = text;
      return item;
    }));
    this.list.hidden = this.found.length === 0;
    this.fit();
    this.box.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark();
  }

  /** The list opens where more of the screen is free, and no longer than that. */
  fit() {
    const edge = this.box.getBoundingClientRect();
    const bar = document.querySelector(".bottom-bar")?.offsetHeight ?? 0;
    const [below, above] = [window.innerHeight - bar - edge.bottom, edge.top];
    const isAbove = below < LEAST && above > below;
    this.list.classList.toggle("is-above", isAbove);
    this.list.style.setProperty("--box-top", `${this.box.offsetTop}px`);
    this.list.style.setProperty("--room", `${Math.max(LEAST / 2, (isAbove ? above : below) - GAP)}px`);
  }

  mark() {
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.at)));
    const marked = this.list.children[this.at];
    this.box.setAttribute("aria-activedescendant", marked?.id ?? "");
    marked?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing) {
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) {
        this.open("");
      }
      this.at = Math.max(0, Math.min(this.found.length - 1, this.at + (event.key === "ArrowDown" ? 1 : -1)));
      this.mark();
    } else if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      if (this.at >= 0) {
        this.choose(this.found[this.at]);
      }
    } else if (event.key === "Escape") {
      this.close();
      this.show();
    }
  }

  choose({ option }) {
    this.select.value = option.value;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.show();
    this.close();
  }

  /** An emptied box chooses nothing; one with other words in it goes back to what is chosen. */
  leave() {
    if (this.box.value.trim() === "" && this.options.some(({ option }) => option.value === "")) {
      this.select.value = "";
    }
    this.show();
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
  }
}

function narrow(group) {
  const choices = [...group.querySelectorAll(".choice")];
  const legend = group.querySelector("legend");
  if (choices.length < MANY || !choices[0].querySelector("input[type=checkbox]")) {
    return;
  }
  const box = document.createElement("input");
  box.type = "search";
  box.className = "input choices-search";
  box.setAttribute("aria-label", word("narrow", { name: legend?.textContent.trim() ?? "" }));
  box.placeholder = word("narrowHint");
  box.addEventListener("input", (event) => {
    if (!event.isComposing) {
      for (const choice of choices) {
        choice.hidden = !choice.querySelector("input").checked && !matches(choice.textContent, box.value);
      }
    }
  });
  box.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  group.querySelector(".choices").before(box);
}

/** Set up every long choice inside `root`, each once. */
export function choices(root) {
  for (const select of root.querySelectorAll("select[data-searchable]:not([hidden])")) {
    new Picker(select);
  }
  for (const group of root.querySelectorAll("fieldset.field:not(:has(.choices-search))")) {
    narrow(group);
  }
}
