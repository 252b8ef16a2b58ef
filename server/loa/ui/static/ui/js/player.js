// SPDX-License-Identifier: AGPL-3.0-or-later
// The player: play, wave, time, speed. Sends `loa:heard` once all of it was played.

import { claim, yieldTo } from "./sounds.js";
import { csrfToken, duration, word } from "./words.js";

const SPEEDS = [1, 1.25, 1.5, 0.75];
const HEARD_SHARE = 0.97; // the end itself may be some frames away

/** Seconds of a sound that were really played, however often the reader jumped. */
function playedSeconds(audio) {
  let sum = 0;
  for (let index = 0; index < audio.played.length; index += 1) {
    sum += audio.played.end(index) - audio.played.start(index);
  }
  return sum;
}

async function tellHeard(player) {
  player.dispatchEvent(new CustomEvent("loa:heard", { bubbles: true }));
  const url = player.dataset.heardUrl;
  if (url) {
    const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken() } }).catch(() => null);
    if (!answer?.ok) {
      player.querySelector("[data-player-error]").textContent = word("sendFailed");
      return;
    }
    player.querySelector("[data-heard]")?.removeAttribute("hidden");
    player.dispatchEvent(new CustomEvent("loa:heard-saved", { bubbles: true }));
  }
}

function setUp(player) {
  const audio = player.querySelector("audio");
  const button = player.querySelector(".play");
  const seek = player.querySelector(".player-seek");
  const played = player.querySelector(".wave-played");
  const at = player.querySelector("[data-at]");
  const speed = player.querySelector(".player-speed");
  const error = player.querySelector("[data-player-error]");
  let isHeard = false;

  const length = () => (Number.isFinite(audio.duration) ? audio.duration : Number(player.dataset.seconds)) || 0;
  const draw = () => {
    const share = length() ? Math.min(1, audio.currentTime / length()) : 0;
    played.style.clipPath = `inset(0 ${100 - share * 100}% 0 0)`;
    at.textContent = duration(audio.currentTime);
    if (document.activeElement !== seek || !seek.matches(":active")) {
      seek.value = String(Math.round(share * 1000));
    }
    seek.setAttribute("aria-valuetext", duration(audio.currentTime));
  };
  const show = (isPlaying) => {
    button.setAttribute("aria-pressed", String(isPlaying));
    button.setAttribute("aria-label", word(isPlaying ? "pause" : "play"));
    player.toggleAttribute("data-sounding", isPlaying);
  };
  const fail = () => {
    show(false);
    error.textContent = word("cannotPlay");
    error.parentElement.hidden = false;
  };

  button.addEventListener("click", () => {
    if (!audio.paused) {
      audio.pause();
      return;
    }
    error.textContent = "";
    claim(player);
    audio.play().catch((reason) => reason.name !== "AbortError" && fail());
  });
  seek.addEventListener("input", () => {
    audio.currentTime = (Number(seek.value) / 1000) * length();
    draw();
  });
  speed.addEventListener("click", () => {
    const next = SPEEDS[(SPEEDS.indexOf(audio.playbackRate) + 1) % SPEEDS.length];
    audio.playbackRate = next;
    speed.textContent = `${String(next).replace(".", ",")}×`;
  });
  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) {
    audio.addEventListener(name, draw);
  }
  audio.addEventListener("play", () => show(true));
  audio.addEventListener("pause", () => show(false));
  audio.addEventListener("error", () => audio.getAttribute("src") && fail());
  audio.addEventListener("ended", () => {
    show(false);
    if (isHeard) {
      return;
    }
    if (playedSeconds(audio) >= length() * HEARD_SHARE) {
      isHeard = true;
      tellHeard(player);
    } else if (player.querySelector("[data-heard][hidden]")) {
      error.textContent = word("skipped");
    }
  });
  yieldTo(player, () => audio.pause());
}

/** Make every player under `root` work. */
export function players(root) {
  for (const player of root.querySelectorAll("[data-player]:not([data-ready])")) {
    player.dataset.ready = "1";
    setUp(player);
  }
}
