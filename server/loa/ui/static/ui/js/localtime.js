// SPDX-License-Identifier: AGPL-3.0-or-later
// Counts down to due times by the server's clock, so that a wrong clock on the reader's machine changes nothing.

import { duration } from "./words.js";

/** How far this machine's clock is ahead of the server's, in seconds, taken when the page's first byte came. */
function aheadOfServer() {
  const written = Number(document.body.dataset.now);
  const firstByte = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  return written ? (performance.timeOrigin + firstByte) / 1000 - written : 0;
}

const ahead = aheadOfServer();

/** Return the server's time in seconds. */
export function serverNow() {
  return Date.now() / 1000 - ahead;
}

function tick() {
  for (const shown of document.querySelectorAll("[data-countdown]")) {
    const left = Number(shown.dataset.countdown) - serverNow();
    const text = shown.textContent.trim();
    const written = duration(left);
    const next = text.replace(/[\d:]+$/, written);
    if (shown.textContent !== next) {
      shown.textContent = next;
    }
    if (left <= 0 && !shown.dataset.ended) {
      shown.dataset.ended = "1";
      shown.dispatchEvent(new CustomEvent("loa:due", { bubbles: true }));
    }
  }
}

/** Begin to count. */
export function localTime() {
  setInterval(tick, 1000);
}
