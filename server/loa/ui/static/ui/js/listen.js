// SPDX-License-Identifier: AGPL-3.0-or-later
// Hear a loudspeaker live: a lease asks the device for sound, its blocks are played by WebAudio, the delay is shown.
// A block: float64 UTC seconds of its first sample, uint32 rate, uint32 count, then int16 mono, all little-endian.

import { serverNow } from "./localtime.js";
import { enter } from "./messaging.js";
import { claim, yieldTo } from "./sounds.js";
import { decimal, word } from "./words.js";

const HEADER = 16; // bytes
const LEASE = 20; // seconds
const RENEW = 8000; // ms
const BUFFER = 0.4; // seconds held before the first sound
const QUIET = 3000; // ms without a block before the page says so

/** Read one block; null when its length is not what its header says. */
export function readBlock(bytes) {
  if (bytes.byteLength < HEADER) {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [at, rate, count] = [view.getFloat64(0, true), view.getUint32(8, true), view.getUint32(12, true)];
  if (bytes.byteLength !== HEADER + count * 2 || rate < 8000 || rate > 96000) {
    return null;
  }
  const samples = new Float32Array(count);
  let peak = 0;
  for (let index = 0; index < count; index += 1) {
    samples[index] = view.getInt16(HEADER + index * 2, true) / 32768;
    peak = Math.max(peak, Math.abs(samples[index]));
  }
  return { at, rate, samples, peak };
}

class Listening {
  constructor(element) {
    this.element = element;
    this.button = element.querySelector("button");
    this.words = element.querySelector("[data-words]");
    this.usual = this.words.textContent;
    this.status = element.querySelector("[data-status]");
    this.level = element.querySelector("meter");
    this.button.addEventListener("click", () => (this.isOn ? this.stop() : this.start()));
    yieldTo(element, () => this.isOn && this.stop());
    window.addEventListener("pagehide", () => this.isOn && this.stop());
  }

  async start() {
    this.isOn = true;
    claim(this.element);
    this.show(true, word("connecting"));
    this.audio = new AudioContext({ sampleRate: 24000 });
    this.next = 0;
    try {
      const { line, nats } = await enter(this.element.dataset.access);
      if (!this.isOn) {
        line.close();
        return;
      }
      this.line = line;
      this.follow(nats);
    } catch {
      this.stop(word("cannotListen"));
    }
  }

  follow(nats) {
    const lease = nats.JSONCodec().encode({ seconds: LEASE });
    const renew = () => this.line.publish(this.element.dataset.lease, lease);
    this.line.subscribe(this.element.dataset.sound, { callback: (error, message) => !error && this.hear(message.data) });
    this.renewing = setInterval(renew, RENEW);
    this.watching = setInterval(() => this.watch(), 500);
    this.lastBlock = Date.now();
    renew();
    this.line.closed().then((error) => this.isOn && this.stop(error ? word("cannotListen") : ""));
  }

  hear(bytes) {
    const block = readBlock(bytes);
    if (!block || !this.isOn) {
      return;
    }
    const buffer = this.audio.createBuffer(1, block.samples.length, block.rate);
    buffer.copyToChannel(block.samples, 0);
    const source = this.audio.createBufferSource();
    source.buffer = buffer;
    source.connect(this.audio.destination);
    if (this.next < this.audio.currentTime) {
      this.next = this.audio.currentTime + BUFFER; // first block, or the line was late: fill the buffer again
    }
    source.start(this.next);
    const heardAt = serverNow() + this.next - this.audio.currentTime + (this.audio.outputLatency || 0);
    this.delay = Math.max(0, heardAt - block.at);
    this.next += buffer.duration;
    this.lastBlock = Date.now();
    this.peak = Math.max(this.peak ?? 0, block.peak);
  }

  watch() {
    const isQuiet = Date.now() - this.lastBlock > QUIET || this.delay === undefined;
    const text = isQuiet ? word("silent") : word("listening", { seconds: decimal(this.delay) });
    if (this.status.textContent !== text) {
      this.status.textContent = text;
    }
    if (!isQuiet) {
      this.element.dataset.delay = this.delay.toFixed(2);
    }
    this.level.value = this.peak ?? 0;
    this.peak = 0;
  }

  show(isOn, text) {
    this.button.setAttribute("aria-pressed", String(isOn));
    this.words.textContent = isOn ? word("stopListening") : this.usual;
    this.status.textContent = text;
    this.level.hidden = !isOn;
    this.element.toggleAttribute("data-sounding", isOn);
  }

  stop(text = "") {
    this.isOn = false;
    clearInterval(this.renewing);
    clearInterval(this.watching);
    this.line?.close();
    this.audio?.close();
    this.line = undefined;
    this.delay = undefined;
    delete this.element.dataset.delay;
    this.show(false, text);
  }
}

/** Make every listening button under `root` work. */
export function listenings(root) {
  for (const element of root.querySelectorAll("[data-listen]:not([data-ready])")) {
    element.dataset.ready = "1";
    new Listening(element);
  }
}
