// SPDX-License-Identifier: AGPL-3.0-or-later
// Dialogs that confirm, menus that close, buttons that say what they do while they do it.

import { word } from "./words.js";

function openDialog(event) {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    document.getElementById(opener.dataset.opens)?.showModal();
    return;
  }
  if (event.target.closest("[data-closes]")) {
    event.target.closest("dialog")?.close();
  }
  if (event.target.closest("[data-back]") && history.length > 1) {
    event.preventDefault();
    history.back();
  }
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  }
}

function escapeMenu(event) {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
}

/** Keep the width, say "Đang lưu…", and refuse a second press: the server decides, the page waits. */
function busy(event) {
  const button = event.submitter;
  if (!button?.matches("[data-busy]") || event.defaultPrevented) {
    return;
  }
  button.style.minInlineSize = `${button.offsetWidth}px`;
  setTimeout(() => {
    button.setAttribute("aria-busy", "true");
    button.textContent = button.dataset.busy || word("busy");
    button.disabled = true;
  });
}

/** A page that comes back from the browser's memory has no busy button. */
function wake(event) {
  if (event.persisted && document.querySelector("[aria-busy]")) {
    location.reload();
  }
}

/** Listen once for the whole page. */
export function dialogs() {
  document.addEventListener("click", openDialog);
  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", escapeMenu);
  document.addEventListener("submit", busy);
  window.addEventListener("pageshow", wake);
  document.querySelector("[data-error-summary]")?.focus();
}
