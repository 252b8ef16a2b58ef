// SPDX-License-Identifier: AGPL-3.0-or-later
// What this page checks by itself: hashes, the one spelling of signed bytes, and signatures. No network, no library.
// The same checks as loa_protocol (envelope.py, keys.py, webauthn.py, signers.py); a reason is one of its codes.

const RELEASE = "application/vnd.loa.release+json";
const APPROVERS = "application/vnd.loa.approvers+json";
const ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE_LENGTH = 20;
const USER_PRESENT = 1;
const USER_VERIFIED = 4;
const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What speaks against a file; `code` is a reason code. */
class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

function fromBase64(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (toBase64(bytes) !== text) throw new Refused("not_canonical");
  return bytes;
}

function toBase64(bytes) {
  let plain = "";
  for (const byte of bytes) plain += String.fromCharCode(byte);
  return btoa(plain);
}

function fromHex(text) {
  if (!/^([0-9a-f]{2})+$/.test(text)) throw new Refused("malformed");
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function isSame(one, other) {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Write a value in the one spelling that signed files have. */
function canonical(value) {
  if (typeof value === "string") return `"${value.replace(/[\\"]/g, "\\$&")}"`;
  if (typeof value === "boolean" || value === null) return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Refused("not_canonical");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** Read bytes as canonical JSON: a second spelling, or a name that stands there twice, is refused. */
function readCanonical(bytes) {
  const value = JSON.parse(strict.decode(bytes));
  if (!isSame(utf8.encode(canonical(value)), bytes)) throw new Refused("not_canonical");
  return value;
}

/** The bytes that are signed: the pre-authentication encoding of DSSE. */
function encoding(type, payload) {
  const head = `DSSEv1 ${utf8.encode(type).length} ${type} ${payload.length} `;
  return joined(utf8.encode(head), payload);
}

/** Read an envelope: its type, what it says, the bytes that are signed, and the signatures. */
function readEnvelope(text, type) {
  const wire = readCanonical(utf8.encode(text));
  if (wire.payloadType !== type) throw new Refused("wrong_type");
  const payload = fromBase64(wire.payload);
  const ids = wire.signatures.map((one) => one.keyid);
  if (new Set(ids).size !== ids.length) throw new Refused("malformed");
  const signatures = wire.signatures.map((one) => ({ keyid: one.keyid, sig: fromBase64(one.sig) }));
  return { statement: readCanonical(payload), signed: encoding(type, payload), signatures };
}

/** A code of twenty signs in fives for what is signed: its first 100 bits, as the console shows it. */
async function codeOf(signed) {
  const bits = Array.from(await sha256(signed), (byte) => byte.toString(2).padStart(8, "0")).join("");
  const signs = Array.from({ length: CODE_LENGTH }, (_, at) => ALPHABET[parseInt(bits.slice(at * 5, at * 5 + 5), 2)]);
  return signs.join("").match(/.{5}/g).join("-");
}

async function keyIdOf(key) {
  const content = canonical({ keytype: key.keytype, scheme: key.scheme, keyval: key.keyval });
  return toHex(await sha256(utf8.encode(content)));
}

/** Turn an ECDSA signature from DER, as authenticators give it, into the two numbers that browsers want. */
function rawSignature(der) {
  const numbers = [];
  let at = 2;
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new Refused("bad_signature");
  while (at < der.length) {
    if (der[at] !== 0x02) throw new Refused("bad_signature");
    const number = der.slice(at + 2, at + 2 + der[at + 1]);
    const plain = number[0] === 0 ? number.slice(1) : number;
    if (plain.length > 32) throw new Refused("bad_signature");
    numbers.push(joined(new Uint8Array(32 - plain.length), plain));
    at += 2 + der[at + 1];
  }
  if (numbers.length !== 2) throw new Refused("bad_signature");
  return joined(...numbers);
}

const SCHEMES = {
  "webauthn-es256": {
    importing: { name: "ECDSA", namedCurve: "P-256" },
    verifying: { name: "ECDSA", hash: "SHA-256" },
    prepared: rawSignature,
  },
  "webauthn-eddsa": { importing: { name: "Ed25519" }, verifying: { name: "Ed25519" } },
  "webauthn-rs256": {
    importing: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    verifying: { name: "RSASSA-PKCS1-v1_5" },
  },
};

async function verify(kind, form, data, signature, signed, prepared = (bytes) => bytes) {
  const key = await crypto.subtle.importKey(form, data, kind.importing, false, ["verify"]);
  if (!(await crypto.subtle.verify(kind.verifying, key, prepared(signature), signed))) {
    throw new Refused("bad_signature");
  }
}

function checkClient(bytes, challenge, origins) {
  const client = JSON.parse(strict.decode(bytes));
  if (client.type !== "webauthn.get") throw new Refused("wrong_ceremony");
  const wanted = toBase64(challenge).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  if (client.challenge !== wanted) throw new Refused("wrong_challenge");
  if (!origins.includes(client.origin)) throw new Refused("wrong_origin");
  if (client.crossOrigin || client.topOrigin !== undefined) throw new Refused("wrong_origin");
}

async function checkPasskey(key, sig, signed, parties) {
  const packed = readCanonical(sig);
  const client = fromBase64(packed.clientDataJSON);
  const authenticator = fromBase64(packed.authenticatorData);
  const rpId = key.keyval.rp_id;
  const origins = parties.filter((party) => party.rp_id === rpId).flatMap((party) => party.origins);
  if (!origins.length) throw new Refused("wrong_relying_party");
  checkClient(client, await sha256(signed), origins);
  if (authenticator.length < 37) throw new Refused("bad_signature");
  if (!isSame(authenticator.slice(0, 32), await sha256(utf8.encode(rpId)))) throw new Refused("wrong_relying_party");
  if (!(authenticator[32] & USER_PRESENT)) throw new Refused("user_not_present");
  if (!(authenticator[32] & USER_VERIFIED)) throw new Refused("user_not_verified");
  const scheme = SCHEMES[key.scheme];
  const over = joined(authenticator, await sha256(client));
  await verify(scheme, "spki", fromHex(key.keyval.public), fromBase64(packed.signature), over, scheme.prepared);
}

/** Return "" when the key signed these bytes, else the reason code. */
async function whyNotSigned(key, sig, signed, parties) {
  try {
    if ((await keyIdOf(key)) !== key.keyid) return "bad_key";
    if (key.keytype === "webauthn" && SCHEMES[key.scheme]) await checkPasskey(key, sig, signed, parties);
    else if (key.keytype === "ed25519") {
      const plain = { importing: { name: "Ed25519" }, verifying: { name: "Ed25519" } };
      await verify(plain, "raw", fromHex(key.keyval.public), sig, signed);
    } else return "unknown_key";
    return "";
  } catch (error) {
    if (error.name === "NotSupportedError") return "unknown_key";
    return error.code && typeof error.code === "string" ? error.code : "bad_signature";
  }
}

/** Read the list of approvers when enough of the pinned administrators have signed it. */
async function readApprovers(text, pins, communes) {
  const { statement, signed, signatures } = readEnvelope(text, APPROVERS);
  const { admin_keys: keys, admin_threshold: needed, admin_people: people = {}, relying_parties: parties = [] } = pins;
  const found = new Set();
  for (const one of signatures) {
    const key = keys.find((known) => known.keyid === one.keyid);
    if (key && !(await whyNotSigned(key, one.sig, signed, parties))) found.add(people[key.keyid] ?? key.keyid);
  }
  if (found.size < needed) throw new Refused("too_few_admins");
  if (statement.installation !== pins.installation) throw new Refused("wrong_installation");
  if (!communes.includes(statement.commune)) throw new Refused("wrong_commune");
  if (Date.now() >= Date.parse(statement.expires_at)) throw new Refused("approvers_expired");
  return statement;
}

/** Return "" when the person was in office and the key still his at that moment, else a reason code. */
function whyNotInOffice(person, keyid, at) {
  const moment = Date.parse(at);
  const isWithin = (one) => Date.parse(one.not_before) <= moment && moment < Date.parse(one.not_after);
  if (moment < Date.parse(person.not_before)) return "too_early";
  if (person.not_after && moment >= Date.parse(person.not_after)) return "expired";
  if ((person.away ?? []).some(isWithin)) return "away";
  const retired = (person.retired ?? {})[keyid];
  return retired && moment >= Date.parse(retired) ? "retired" : "";
}

/** Return "" when the person's rights reach so far and the policy counts him, else a reason code. */
function whyNotCounted(person, key, statement, policy) {
  const houses = policy.organisations ?? [];
  const isEmergency = statement.priority_class === "emergency";
  const rights = statement.break_glass ? ["break_glass"] : [isEmergency ? "emergency" : "release"];
  if (statement.is_test && !statement.break_glass) rights.push("test", "release", "emergency");
  const isOutside = !(person.organisations ?? []).some((one) => houses.includes(one));
  if (houses.length && isOutside && !statement.is_test) return "not_of_policy";
  if (!policy.weak && key.keytype !== "webauthn") return "not_passkey";
  if (!rights.some((right) => person.may.includes(right))) return "no_right";
  const isMaker = statement.excluded.includes(person.person_id) && !statement.break_glass;
  return isMaker && !policy.author_may_sign ? "maker" : "";
}

/** Judge every signature under a release: whose it is by the list, and why it does not count. */
async function judge(release, approvers) {
  const { statement, signed, signatures } = release;
  const policy = approvers.policies.find((one) => one.policy_id === statement.policy_id);
  const judged = [];
  for (const { keyid, sig } of signatures) {
    const person = approvers.people.find((one) => one.keys.some((key) => key.keyid === keyid));
    if (!person) {
      judged.push({ keyid, why: "not_listed" });
      continue;
    }
    const key = person.keys.find((one) => one.keyid === keyid);
    let why = await whyNotSigned(key, sig, signed, approvers.relying_parties ?? []);
    why ||= whyNotInOffice(person, keyid, statement.created_at);
    if (policy) why ||= whyNotCounted(person, key, statement, policy);
    judged.push({ keyid, person, isPasskey: key.keytype === "webauthn", why });
  }
  return { policy, judged };
}
