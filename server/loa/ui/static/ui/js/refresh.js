// SPDX-License-Identifier: AGPL-3.0-or-later
// Fragments that renew themselves: <section id="…" hx-get="…" hx-trigger="refresh" hx-swap="outerHTML"
// data-refresh-every="20" data-refresh-on="delivery device">. A fragment in use is never replaced; when new rows
// ([data-row]) would push others away, a bar says so and waits.

import { word } from "./words.js";

const TICK = 1000; // ms
const RETRY_SOON = 3; // s
let isComposing = false;

/** Say whether the reader is doing something inside `fragment` that a replacement would destroy. */
export function isInUse(fragment) {
  if (isComposing) {
    return true;
  }
  const focused = document.activeElement;
  if (focused && focused !== document.body && fragment.contains(focused)) {
    return true;
  }
  const selection = document.getSelection();
  if (selection && !selection.isCollapsed && selection.containsNode(fragment, true)) {
    return true;
  }
  if (fragment.querySelector("details[open], dialog[open], [data-sounding]") || fragment.matches("[data-sounding]")) {
    return true;
  }
  return [...fragment.querySelectorAll("input, textarea, select")].some(isChanged);
}

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked !== field.defaultChecked;
  }
  if (field.type === "hidden" || field.type === "range") {
    return false;
  }
  if (field.tagName === "SELECT") {
    const options = [...field.options];
    const hasDefault = options.some((option) => option.defaultSelected);
    return hasDefault && options.some((option) => option.selected !== option.defaultSelected);
  }
  return field.value !== field.defaultValue;
}

function newRows(fragment, html) {
  const shown = new Set([...fragment.querySelectorAll("[data-row]")].map((row) => row.dataset.row));
  if (shown.size === 0) {
    return 0;
  }
  const coming = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-row]");
  return [...coming].filter((row) => !shown.has(row.dataset.row)).length;
}

function offer(fragment, count) {
  let bar = fragment.querySelector(":scope > .new-items");
  if (!bar) {
    bar = document.createElement("button");
    bar.type = "button";
    bar.className = "new-items";
    bar.addEventListener("click", () => {
      bar.remove();
      fragment.dataset.showNew = "1";
      window.htmx.trigger(fragment, "refresh");
    });
    fragment.prepend(bar);
  }
  bar.textContent = word("new", { count });
}

/** Ask again in so many seconds; without a number only a nudge asks again. */
function later(fragment, seconds) {
  if (seconds) {
    fragment.dataset.nextIn = String(seconds);
  } else {
    delete fragment.dataset.nextIn;
  }
}

function ask(fragment) {
  if (document.hidden || isInUse(fragment)) {
    later(fragment, RETRY_SOON);
    return;
  }
  later(fragment, fragment.dataset.refreshEvery);
  window.htmx.trigger(fragment, "refresh");
}

function tick() {
  for (const fragment of document.querySelectorAll("[data-refresh-every], [data-next-in]")) {
    const left = Number(fragment.dataset.nextIn ?? fragment.dataset.refreshEvery) - 1;
    fragment.dataset.nextIn = String(left);
    if (left <= 0) {
      ask(fragment);
    }
  }
}

/** Renew the fragments that want to know of `kind` ("delivery", "device", …). */
export function nudge(kind) {
  for (const fragment of document.querySelectorAll(`[data-refresh-on~="${CSS.escape(kind)}"]`)) {
    ask(fragment);
  }
}

/** Begin to renew marked fragments. */
export function refresh() {
  document.addEventListener("compositionstart", () => { isComposing = true; });
  document.addEventListener("compositionend", () => { isComposing = false; });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const fragment = event.detail.target;
    const isOurs = fragment?.matches?.("[data-refresh-every], [data-refresh-on]");
    if (!isOurs || event.detail.requestConfig?.triggeringEvent?.type !== "refresh") {
      return;
    }
    if (isInUse(fragment)) {
      event.detail.shouldSwap = false;
      later(fragment, RETRY_SOON);
      return;
    }
    const count = fragment.dataset.showNew ? 0 : newRows(fragment, event.detail.xhr.responseText);
    if (count > 0) {
      event.detail.shouldSwap = false;
      offer(fragment, count);
    }
  });
  setInterval(tick, TICK);
}
