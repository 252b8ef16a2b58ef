// SPDX-License-Identifier: AGPL-3.0-or-later
// Translated words for scripts, kept in the page (templates/ui/words.html).

/** Fill the placeholders of a text: fill("{done}/{total}", { done: 3, total: 24 }). */
export function fill(text, values) {
  return (text ?? "").replace(/\{(\w+)\}/g, (all, key) => (key in values ? String(values[key]) : all));
}

/**
 * Return a word with its placeholders filled: word("new", { count: 3 }).
 * @param {string} name
 * @param {Record<string, string | number>} values
 */
export function word(name, values = {}) {
  return fill(document.getElementById("words")?.dataset[name], values);
}

/** Write a moment as 17:04. */
export function clock(date = new Date()) {
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

/** Write seconds as 01:08, or 1:02:03. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

/** Write the time until something in words, as dates.time_left does: 45 giây, 1 phút 56 giây, 23 phút. */
export function timeLeft(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = { hours: Math.floor(whole / 3600), minutes: Math.floor(whole / 60), seconds: whole % 60 };
  if (whole < 60) {
    return word("leftSeconds", parts);
  }
  if (whole < 3600) {
    return word(whole < 600 ? "leftBoth" : "leftMinutes", parts);
  }
  return word("leftHours", { ...parts, minutes: parts.minutes % 60 });
}

/** Write a number with one decimal and a comma: 0,4. */
export function decimal(value, places = 1) {
  return value.toFixed(places).replace(".", ",");
}

/** Return the token that Django wants with each POST. */
export function csrfToken() {
  const headers = document.body.getAttribute("hx-headers");
  return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
}
