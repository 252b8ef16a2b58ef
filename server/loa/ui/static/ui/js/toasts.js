// SPDX-License-Identifier: AGPL-3.0-or-later
// A toast says what was done and holds "Hoàn tác"; never an error.

import { csrfToken } from "./words.js";

const STAYS = 8000; // ms

/** Show `text` for eight seconds; with `undo`, an address that takes it back by POST. */
export function toast(text, undo = "", undoWords = "") {
  const shown = document.createElement("div");
  shown.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  shown.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = undoWords;
    button.addEventListener("click", async () => {
      const answer = await fetch(undo, { method: "POST", headers: { "X-CSRFToken": csrfToken() } }).catch(() => null);
      if (answer?.ok) {
        location.reload();
      }
    });
    shown.append(button);
  }
  document.getElementById("toasts").append(shown);
  let left = setTimeout(() => shown.remove(), STAYS);
  shown.addEventListener("pointerenter", () => clearTimeout(left));
  shown.addEventListener("focusin", () => clearTimeout(left));
  shown.addEventListener("pointerleave", () => { left = setTimeout(() => shown.remove(), STAYS); });
}

/** A notice that holds while the page's object is in a state goes when a renewed fragment brings another state. */
function endNotices() {
  const state = document.querySelector("[data-object-state]")?.dataset.objectState;
  for (const notice of state ? document.querySelectorAll("[data-while]") : []) {
    if (notice.dataset.while !== state) {
      notice.remove();
    }
  }
}

/** Show the toasts that the server put into the page, and end notices in time. */
export function toasts() {
  document.addEventListener("htmx:afterSettle", endNotices);
  for (const waiting of document.querySelectorAll("template[data-toast]")) {
    toast(waiting.dataset.toast, waiting.dataset.undo, waiting.dataset.undoWords);
    waiting.remove();
  }
}
