// SPDX-License-Identifier: AGPL-3.0-or-later
// Without a connection figures stay, with the time they are of; past their limit they turn to unknown, never to green.

import { clock, word } from "./words.js";

let lostAt = null;

function say(text, isLost) {
  const place = document.getElementById("connection");
  if (!place) {
    return;
  }
  place.replaceChildren();
  if (text) {
    const bar = document.createElement("p");
    bar.className = isLost ? "offline-bar" : "visually-hidden";
    bar.textContent = text;
    place.append(bar);
  }
}

function lost() {
  if (lostAt === null) {
    lostAt = new Date();
    say(word("offline", { time: clock(lostAt) }), true);
  }
}

function found() {
  if (lostAt !== null) {
    lostAt = null;
    say(word("online", { time: clock() }), false);
  }
}

function age(now) {
  for (const shown of document.querySelectorAll("[data-until]")) {
    const unknown = shown.querySelector("template");
    if (unknown && Number(shown.dataset.until) < now) {
      shown.replaceChildren(unknown.content.cloneNode(true));
      shown.removeAttribute("data-until");
    }
  }
}

/** Watch the connection; `serverNow` gives the server's time in seconds. */
export function connection(serverNow) {
  window.addEventListener("offline", lost);
  window.addEventListener("online", found);
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:afterRequest", (event) => event.detail.xhr?.status > 0 && found());
  if (!navigator.onLine) {
    lost();
  }
  setInterval(() => age(serverNow()), 1000);
}
