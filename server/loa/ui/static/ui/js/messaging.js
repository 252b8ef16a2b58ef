// SPDX-License-Identifier: AGPL-3.0-or-later
// One short-lived entry to messaging: the server gives address, token and seed as JSON; both end soon by themselves.

/**
 * Connect with what `url` gives: {"url": "ws://…", "jwt": "…", "seed": "…", "subject": "…"}.
 * @returns {Promise<{line: object, access: object, nats: object}>}
 */
export async function enter(url, options = {}) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    throw new Error(`entry to messaging: ${answer.status}`);
  }
  const access = await answer.json();
  const nats = await import("../vendor/nats-1.30.3.js");
  const line = await nats.connect({
    servers: access.url,
    authenticator: nats.jwtAuthenticator(access.jwt, new TextEncoder().encode(access.seed)),
    timeout: 5000,
    ...options,
  });
  return { line, access, nats };
}
