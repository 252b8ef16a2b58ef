// SPDX-License-Identifier: AGPL-3.0-or-later
// <form data-upload="address">: files go one by one, in blocks, and go on where the server says after a cut. A file's
// key is made of its content, so whatever is sent again sends only what is missing; what has not arrived when the page
// is closed is sent when it is opened again (waiting.js).

import { forget, keep, waiting } from "./waiting.js";
import { csrfToken, fill } from "./words.js";

const BLOCK = 512 * 1024; // bytes
const FIRST_WAIT = 1000; // ms before the first try again; doubles
const LONGEST_WAIT = 15000; // ms
const TRIES = 3; // of a file that arrived as another

class Refused extends Error {} // this file is not taken
class Halted extends Error {} // nothing is taken until somebody signs in

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (data) => hex(await crypto.subtle.digest("SHA-256", data));

/** Make the key under which a file is sent: the same for the same content, sender and activity. */
async function keyOf(seed, hash) {
  const digits = (await sha256(new TextEncoder().encode(`${seed}:${hash}`))).slice(0, 32);
  return digits.replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12})/, "$1-$2-4$3-8$4-$5");
}

/** Wait until the network is back, or a while. */
function pause(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    window.addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

async function post(url, body, type) {
  const headers = { "X-CSRFToken": csrfToken(), ...(type ? { "Content-Type": type } : {}) };
  const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(60000) });
  const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (answer.redirected || (!isOurs && answer.status < 500)) {
    throw new Halted(); // the page of signing in, or of a token that is too old
  }
  const said = await answer.json().catch(() => ({}));
  return { status: answer.status, ok: answer.ok, said };
}

class Sending {
  constructor(form) {
    this.form = form;
    this.list = form.querySelector("[data-upload-list]");
    this.bar = form.querySelector("[data-upload-bar]");
    this.status = form.querySelector("[data-upload-status]");
    this.queue = [];
    this.done = 0;
    this.refused = 0;
    this.total = 0;
    this.isRunning = false;
  }

  say(name) {
    this.status.textContent = fill(this.form.dataset[name], { done: this.done, total: this.total });
  }

  /** Return what the form says of the files that are chosen now. */
  about() {
    return ["on", "area", "note", "amount"].map((name) => [name, this.form.elements[name]?.value ?? ""]);
  }

  row({ file, about, kept }) {
    const row = document.createElement("li");
    const name = document.createElement("span");
    const state = document.createElement("span");
    name.textContent = file.name;
    state.className = "second";
    row.append(name, state);
    this.list.append(row);
    return { file, about, kept, row, state };
  }

  /** Take files that were chosen now. */
  choose(files) {
    const [seed, about] = [this.form.dataset.seed, this.about()];
    this.add([...files].map((file) => ({ file, about, kept: keep(seed, file, about) })));
  }

  /** Take what waits from an earlier visit of the page. */
  async resume() {
    const left = await waiting(this.form.dataset.seed);
    if (left.length > 0) {
      this.add(left.map(({ key, file, about }) => ({ file, about, kept: Promise.resolve(key) })));
    }
  }

  add(chosen) {
    if (!this.isRunning) {
      this.list.replaceChildren();
      [this.done, this.refused, this.total] = [0, 0, 0];
    }
    this.queue.push(...chosen.map((one) => this.row(one)));
    this.total += chosen.length;
    if (!this.isRunning) {
      this.isRunning = true;
      navigator.locks.request(`loa-upload:${this.form.dataset.seed}`, () => this.run()); // of several tabs, one sends
    }
  }

  async run() {
    this.bar.hidden = false;
    this.progress(0);
    while (this.queue.length > 0) {
      this.say("wordsSending");
      const item = this.queue.shift();
      try {
        await this.one(item);
      } catch {
        this.queue = [];
        this.end("wordsSignIn"); // what waits stays kept
        return;
      }
      await forget(await item.kept);
      this.progress(0);
    }
    this.end(this.refused ? "wordsRefused" : "wordsSaved");
    const live = document.getElementById(this.form.dataset.refreshes);
    if (live && this.done) {
      window.htmx.trigger(live, "refresh");
    }
  }

  end(name) {
    this.isRunning = false;
    this.bar.hidden = true;
    this.say(name);
  }

  progress(share) {
    this.bar.max = this.total;
    this.bar.value = this.done + this.refused + share;
  }

  /** Send one file; a cut is waited out, a refusal stands beside the file's name. */
  async one(item) {
    for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
      try {
        await this.send(item);
        this.done += 1;
        item.state.textContent = this.form.dataset.wordsStored;
        item.row.classList.add("is-stored");
        return;
      } catch (error) {
        if (error instanceof Halted) {
          throw error;
        }
        if (error instanceof Refused) {
          this.refused += 1;
          item.state.textContent = error.message;
          item.row.classList.add("is-refused");
          return;
        }
        item.state.textContent = this.form.dataset.wordsWaiting;
        this.say("wordsCut");
        await pause(wait);
        this.say("wordsSending");
      }
    }
  }

  async send(item) {
    const { file } = item;
    item.hash ??= await sha256(await file.arrayBuffer());
    item.key ??= await keyOf(this.form.dataset.seed, item.hash);
    const announced = new FormData();
    for (const [name, value] of [["client_key", item.key], ["name", file.name], ["size", file.size], ["sha256", item.hash]]) {
      announced.append(name, value);
    }
    const begun = this.checked(await post(this.form.dataset.upload, announced));
    if (begun.is_stored) {
      return;
    }
    let received = begun.received;
    while (received < file.size) {
      const block = file.slice(received, received + BLOCK);
      const answer = await post(`${begun.url}?tu=${received}`, block, "application/octet-stream");
      received = answer.status === 409 && "received" in answer.said ? answer.said.received : this.checked(answer).received;
      this.progress(received / file.size);
      item.state.textContent = `${Math.floor((100 * received) / file.size)} %`;
    }
    const about = new FormData();
    for (const [name, value] of item.about) {
      about.append(name, value);
    }
    const end = await post(begun.url, about);
    item.tries = (item.tries ?? 0) + 1;
    if (end.status === 409 && "received" in end.said && item.tries < TRIES) {
      throw new Error(end.said.message);
    }
    this.checked(end);
  }

  /** Return what was said; a sentence of the server refuses the file, its own trouble is tried again. */
  checked({ status, ok, said }) {
    if (ok) {
      return said;
    }
    if (status >= 500 || status === 429) {
      throw new Error(String(status));
    }
    throw new Refused(said.message ?? fill(this.form.dataset.wordsServer, { status }));
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  if (input && crypto.subtle && navigator.locks && window.htmx) {
    const sending = new Sending(form);
    form.querySelector("[data-upload-plain]").hidden = true;
    form.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("change", () => {
      sending.choose(input.files);
      input.value = "";
    });
    form.dataset.uploadReady = "1";
    sending.resume();
  }
}
