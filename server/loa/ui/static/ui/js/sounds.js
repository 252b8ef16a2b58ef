// SPDX-License-Identifier: AGPL-3.0-or-later
// One sound at a time on a page: who starts says so, everyone else stops.

/** Tell the page that `source` starts to sound. */
export function claim(source) {
  document.dispatchEvent(new CustomEvent("loa:sound", { detail: source }));
}

/** Call `stop` when somebody other than `source` starts to sound. */
export function yieldTo(source, stop) {
  document.addEventListener("loa:sound", (event) => {
    if (event.detail !== source && source.isConnected) {
      stop();
    }
  });
}
