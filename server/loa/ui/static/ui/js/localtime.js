// SPDX-License-Identifier: AGPL-3.0-or-later
// Counts down to due times by the server's clock, so that a wrong clock on the reader's machine changes nothing.
// When the time has come the countdown goes, and fragments that want to know ("due") renew themselves.

import { nudge } from "./refresh.js";
import { timeLeft } from "./words.js";

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
    const written = shown.querySelector("[data-left]");
    const next = timeLeft(left);
    if (written && written.textContent !== next) {
      written.textContent = next;
    }
    if (left <= 0 && !shown.hidden) {
      shown.hidden = true;
      nudge("due");
    }
  }
}

/** Begin to count. */
export function localTime() {
  setInterval(tick, 1000);
}
