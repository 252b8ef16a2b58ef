// SPDX-License-Identifier: AGPL-3.0-or-later
// Drag a coming round to another day of the week. It sends what the form on the round's own page sends, so that
// nothing depends on this file; the server decides as ever.

const form = document.querySelector("form[data-drag]");
let dragged = null;

function dayAt(element) {
  const cell = element.closest("table.week td");
  const heads = cell?.closest("table").tHead.rows[0].cells;
  return heads?.[cell.cellIndex]?.dataset.day;
}

if (form) {
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-move]") ?? null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragend", () => {
    dragged = null;
  });
  document.addEventListener("dragover", (event) => {
    if (dragged && dayAt(event.target)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const day = dragged && dayAt(event.target);
    if (!day) return;
    event.preventDefault();
    if (day === dayAt(dragged)) return;
    form.action = dragged.dataset.move;
    form.elements.date.value = day;
    form.elements.time.value = dragged.dataset.time;
    form.requestSubmit();
  });
}
