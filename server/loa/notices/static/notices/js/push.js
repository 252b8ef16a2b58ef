// SPDX-License-Identifier: AGPL-3.0-or-later
// Asks the browser, when its owner presses the button and never before, to show notices.

const form = document.getElementById("push");

function say(text) {
  const words = form.querySelector("[role=alert]");
  words.textContent = text;
  words.hidden = false;
  for (const button of form.querySelectorAll("button")) {
    button.disabled = false;
  }
}

/** Return the bytes of base64url. */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** Return the subscription of this browser with our key; one made with another key is replaced. */
async function subscription() {
  const worker = await navigator.serviceWorker.register(form.dataset.worker, { scope: form.dataset.scope });
  const options = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) };
  try {
    return await worker.pushManager.subscribe(options);
  } catch (error) {
    const old = await worker.pushManager.getSubscription();
    if (!old) {
      throw error;
    }
    await old.unsubscribe();
    return worker.pushManager.subscribe(options);
  }
}

async function ask() {
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
    say(form.dataset.missing);
    return;
  }
  if ((await Notification.requestPermission()) !== "granted") {
    say(form.dataset.denied);
    return;
  }
  try {
    const given = (await subscription()).toJSON();
    form.elements.endpoint.value = given.endpoint;
    form.elements.p256dh.value = given.keys.p256dh;
    form.elements.auth.value = given.keys.auth;
  } catch {
    say(form.dataset.failed);
    return;
  }
  form.submit();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
