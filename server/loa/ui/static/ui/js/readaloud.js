// SPDX-License-Identifier: AGPL-3.0-or-later
// A text beside its reading: pointing at one stretch lights its twin.

function light(target, isLit) {
  const stretch = target.closest?.("[data-pair]");
  const pair = stretch?.closest("[data-read-aloud]");
  if (!pair) {
    return;
  }
  for (const twin of pair.querySelectorAll(`[data-pair="${stretch.dataset.pair}"]`)) {
    twin.classList.toggle("is-lit", isLit);
  }
}

/** Listen once for the whole page; fragments that come later need nothing. */
export function readAloud() {
  for (const [name, isLit] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
    document.addEventListener(name, (event) => light(event.target, isLit));
  }
}
