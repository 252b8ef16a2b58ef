// SPDX-License-Identifier: AGPL-3.0-or-later
// Everywhere, or the places that are ticked: <fieldset data-scope> with radios "scope" (all, some) and boxes "zones".
// Ticking a place chooses "some"; choosing "all" unticks, and going back to "some" ticks the same places again.
// <p data-lacking="KEY" data-words="{count} … {names} …"> names the chosen places whose box has KEY in data-lacks.

const NAMED = 12;

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
  warn(group);
}

/** Say which of the chosen places lack a channel. */
function warn(group) {
  const isAll = group.querySelector("input[name='scope'][value='all']")?.checked;
  const chosen = boxes(group).filter((box) => isAll || box.checked);
  for (const note of group.querySelectorAll("[data-lacking]")) {
    const lacking = chosen.filter((box) => (box.dataset.lacks ?? "").split(" ").includes(note.dataset.lacking));
    const names = lacking.slice(0, NAMED).map((box) => box.dataset.name).join(", ");
    note.textContent = note.dataset.words
      .replace("{count}", String(lacking.length))
      .replace("{names}", lacking.length > NAMED ? `${names}…` : names);
    note.hidden = lacking.length === 0;
  }
}

/** Listen once for the whole page. */
export function scopes() {
  document.addEventListener("change", follow);
  document.querySelectorAll("[data-scope]").forEach(warn);
}
