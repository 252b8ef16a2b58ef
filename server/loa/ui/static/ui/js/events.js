// SPDX-License-Identifier: AGPL-3.0-or-later
// The server's nudges: {"kind": "delivery", "id": "…"}. A nudge only makes a fragment renew itself sooner.

import { enter } from "./messaging.js";
import { nudge } from "./refresh.js";

const FIRST_WAIT = 2000; // ms
const LONGEST_WAIT = 60000;

async function follow(url) {
  const { line, access, nats } = await enter(url, { reconnect: false });
  const codec = nats.JSONCodec();
  line.subscribe(access.subject, {
    callback: (error, message) => {
      if (!error) {
        const event = codec.decode(message.data);
        nudge(event.kind);
        document.dispatchEvent(new CustomEvent("loa:event", { detail: event }));
      }
    },
  });
  await line.closed();
}

/** Follow the nudges for as long as the page lives; a fresh entry is asked for after each break. */
export async function events() {
  const url = document.body.dataset.events;
  if (!url || !document.querySelector("[data-refresh-on]")) {
    return;
  }
  let wait = FIRST_WAIT;
  for (;;) {
    const began = Date.now();
    try {
      await follow(url);
    } catch {
      // messaging is away: fragments still renew themselves by the clock
    }
    wait = Date.now() - began > LONGEST_WAIT ? FIRST_WAIT : Math.min(LONGEST_WAIT, wait * 2);
    await new Promise((resolve) => { setTimeout(resolve, wait); });
  }
}
