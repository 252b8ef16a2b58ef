// SPDX-License-Identifier: AGPL-3.0-or-later
// Passkeys: <form data-passkey="create" or "get" data-options="address" data-finish="address">. The form asks the
// first address what to ask the authenticator, and brings the answer to the second, which says where to go next.

const BINARY = { create: ["challenge", "user.id"], get: ["challenge"] };

function bytes(text) {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Turn the texts of our options into the bytes that browsers want. */
function withBytes(options, kind) {
  for (const path of BINARY[kind]) {
    const names = path.split(".");
    const last = names.pop();
    const holder = names.reduce((found, name) => found[name], options);
    holder[last] = bytes(holder[last]);
  }
  for (const list of [options.excludeCredentials, options.allowCredentials]) {
    for (const known of list ?? []) known.id = bytes(known.id);
  }
  return options;
}

/** Turn a credential into what the server reads. */
function plain(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    answer.attestationObject = text(response.attestationObject);
    answer.transports = response.getTransports?.() ?? [];
  } else {
    answer.authenticatorData = text(response.authenticatorData);
    answer.signature = text(response.signature);
    answer.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer };
}

async function send(form, url, body) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const headers = { "X-CSRFToken": token, "Content-Type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return answer.json();
}

function say(form, words) {
  const line = form.querySelector("[data-passkey-error]");
  line.textContent = words;
  line.hidden = !words;
}

/** Return what is typed in this form and in those fields beside it that data-include selects. */
function fields(form) {
  const typed = Object.fromEntries(new FormData(form));
  delete typed.csrfmiddlewaretoken;
  if (form.dataset.include) {
    for (const field of document.querySelectorAll(form.dataset.include)) typed[field.name] = field.value;
  }
  return typed;
}

async function run(form) {
  const kind = form.dataset.passkey;
  const options = await send(form, form.dataset.options, fields(form));
  if (options.next) {
    window.location.assign(options.next);
    return;
  }
  if (options.error) {
    say(form, options.error);
    return;
  }
  const credential = await navigator.credentials[kind]({ publicKey: withBytes(options, kind) });
  const name = form.elements.name?.value ?? "";
  const done = await send(form, form.dataset.finish, { ...plain(credential), name });
  if (done.next) window.location.assign(done.next);
  else say(form, done.error);
}

async function press(form) {
  const button = form.querySelector("button[type=submit]");
  say(form, "");
  button.disabled = true;
  try {
    await run(form);
  } catch (error) {
    const isKnown = error.name === "InvalidStateError";
    say(form, isKnown ? form.dataset.known : form.dataset.cancelled);
  } finally {
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) say(form, form.dataset.unable);
}
// By the document, so that a form which came into the page later asks, too.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  if (window.PublicKeyCredential) press(form);
  else say(form, form.dataset.unable);
});
