// SPDX-License-Identifier: AGPL-3.0-or-later
// <p class="sticky-action" data-leads-to="ID">: a way down to a part of the page, unseen while that part is in sight.

function look() {
  for (const way of document.querySelectorAll("[data-leads-to]")) {
    const box = document.getElementById(way.dataset.leadsTo)?.getBoundingClientRect();
    const isNear = !box || box.top < window.innerHeight - way.offsetHeight;
    way.style.visibility = isNear ? "hidden" : ""; // its room stays, or the page would jump
  }
}

/** Watch every such way for as long as the page lives. */
export function leads() {
  document.addEventListener("scroll", look, { passive: true });
  window.addEventListener("resize", look);
  look();
}
