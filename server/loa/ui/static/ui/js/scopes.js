// SPDX-License-Identifier: AGPL-3.0-or-later
// Everywhere, or the places that are ticked: <fieldset data-scope> with radios "scope" (all, some) and boxes "zones".
// Ticking a place chooses "some"; choosing "all" unticks, and going back to "some" ticks the same places again.

function boxes(group) {
  return [...group.querySelectorAll("input[name='zones']")];
}

function follow(event) {
  const input = event.target;
  const group = input.closest?.("[data-scope]");
  if (!group) {
    return;
  }
  if (input.name === "zones" && input.checked) {
    group.querySelector("input[name='scope'][value='some']").checked = true;
  } else if (input.name === "scope" && input.value === "all") {
    const ticked = boxes(group).filter((box) => box.checked);
    group.dataset.ticked = ticked.map((box) => box.value).join(" ");
    ticked.forEach((box) => { box.checked = false; });
  } else if (input.name === "scope" && input.value === "some") {
    const former = new Set((group.dataset.ticked ?? "").split(" "));
    boxes(group).filter((box) => former.has(box.value)).forEach((box) => { box.checked = true; });
  }
}

/** Listen once for the whole page. */
export function scopes() {
  document.addEventListener("change", follow);
}
