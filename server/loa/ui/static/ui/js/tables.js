// SPDX-License-Identifier: AGPL-3.0-or-later
// Choosing rows: the bar for many comes only after a choice, and its button names the number.

import { word } from "./words.js";

function draw(table) {
  const boxes = [...table.querySelectorAll("tbody .cell-check input")];
  const chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) {
    box.closest("tr").setAttribute("aria-selected", String(box.checked));
  }
  const bar = table.querySelector("[data-bulk]");
  bar.hidden = chosen.length === 0;
  bar.querySelector("[data-bulk-count]").textContent = word("selected", { count: chosen.length });
  for (const button of bar.querySelectorAll("[data-bulk-words]")) {
    const words = button.dataset.bulkWords.replace("{count}", String(chosen.length));
    (button.querySelector("span") ?? button).textContent = words;
  }
  const all = table.querySelector("[data-all]");
  if (all) {
    all.checked = chosen.length === boxes.length && boxes.length > 0;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
}

/** Listen once for the whole page. */
export function tables() {
  document.addEventListener("change", (event) => {
    const table = event.target.closest?.("[data-table]");
    if (!table?.querySelector("[data-bulk]") || !event.target.closest(".cell-check")) {
      return;
    }
    if (event.target.matches("[data-all]")) {
      for (const box of table.querySelectorAll("tbody .cell-check input")) {
        box.checked = event.target.checked;
      }
    }
    draw(table);
  });
}
