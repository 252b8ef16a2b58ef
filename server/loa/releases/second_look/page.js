// SPDX-License-Identifier: AGPL-3.0-or-later
// The page itself: reads a package that somebody chose, checks it with what stands above, and shows what is true.

const LIMIT = 64 * 1024 * 1024; // bytes of a package
const KNOWN = [
  "format", "installation", "release_id", "communes", "organisation", "organisation_name", "message_code", "revision",
  "title", "text_sha256", "sources", "renditions", "zones", "priority_class", "not_before", "not_after",
  "repeat_limit", "is_test", "policy_id", "excluded", "created_at", "prepared", "break_glass",
]; // fields of a release; one that this page does not know is not shown, so nothing with it is called right
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const [pins, words] = [read("pins"), read("words")];
const at = (id) => document.getElementById(id);
const addresses = [];

function say(name, values = {}) {
  return words[name].replace(/%\((\w+)\)s/g, (_, key) => String(values[key]));
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function moment(text) {
  const options = { timeZone: "Asia/Ho_Chi_Minh", dateStyle: "short", timeStyle: "short" };
  return new Intl.DateTimeFormat("vi-VN", options).format(new Date(text));
}

/** Compare the words of the package with the hash that is signed. */
async function areWordsSigned(shown, statement) {
  const parts = JSON.stringify([shown.title, shown.text, shown.sources]);
  return shown.title === statement.title && toHex(await sha256(utf8.encode(parts))) === statement.text_sha256;
}

/** Return the sounds whose bytes have the hash that is signed; null for one that is missing or another. */
async function soundsOf(given, statement) {
  const found = [];
  for (const { sha256: wanted, media_type: type, language } of statement.renditions) {
    const one = given.find((sound) => sound.sha256 === wanted);
    const bytes = one ? fromBase64(one.data) : new Uint8Array();
    const isRight = toHex(await sha256(bytes)) === wanted;
    found.push({ type, language, bytes: isRight ? bytes : null });
  }
  return found;
}

function showSounds(sounds) {
  at("sounds").replaceChildren();
  for (const address of addresses.splice(0)) URL.revokeObjectURL(address);
  for (const { type, language, bytes } of sounds) {
    if (language) at("sounds").append(element("h3", say("language", { language })));
    if (!bytes) {
      at("sounds").append(element("p", say("wrong_sound"), "of-stop"));
      continue;
    }
    const player = document.createElement("audio");
    player.controls = true;
    player.src = URL.createObjectURL(new Blob([bytes], { type }));
    addresses.push(player.src);
    at("sounds").append(player);
  }
}

function named(codes, names) {
  return codes.map((code) => (names[code] ? say("named", { name: names[code], code }) : code)).join("; ");
}

function factsOf(statement, { names, people }, approvers) {
  const listed = new Map((approvers?.people ?? []).map((one) => [one.person_id, one.name]));
  const facts = [
    ["organisation", `${statement.organisation_name}`],
    ["class", words[statement.priority_class] ?? statement.priority_class],
    ["where", named(statement.zones, names)],
    ["when", say("span", { begin: moment(statement.not_before), end: moment(statement.not_after) })],
    ["repeat", say("times", { count: statement.repeat_limit })],
    ["makers", statement.excluded.map((id) => listed.get(id) ?? named([id], people)).join("; ")],
    ["made", say("revision", { ...statement, at: moment(statement.created_at) })],
  ];
  if (statement.is_test) facts.push(["test", words.test_only]);
  if (statement.prepared) facts.push(["prepared", words.prepared_only]);
  if (statement.break_glass) facts.push(["alone", statement.break_glass]);
  return facts;
}

function showFacts(facts) {
  at("facts").replaceChildren();
  for (const [name, value] of facts) at("facts").append(element("dt", words[name]), element("dd", value));
}

function showSignatures(found) {
  at("signatures").replaceChildren();
  at("count").textContent = "";
  at("policy").textContent = "";
  if (typeof found === "string") {
    at("signatures").append(element("li", say("no_list", { why: words[found] ?? found }), "of-late"));
    return;
  }
  const { judged, policy } = found;
  for (const { keyid, person, isPasskey, why } of judged) {
    const who = person ? [person.name, person.post].filter(Boolean).join(", ") : keyid.slice(0, 12);
    const how = isPasskey ? words.passkey : words.server_key;
    const line = why ? say("bad", { who, why: words[why] ?? why }) : say("good", { who, how });
    at("signatures").append(element("li", line, why ? "of-stop" : "of-ok"));
  }
  if (!judged.length) at("signatures").append(element("li", words.unsigned, "second"));
  const good = new Set(judged.filter((one) => !one.why).map((one) => one.person.person_id));
  at("count").textContent = `${good.size}/${policy?.threshold ?? "?"}`;
  at("policy").textContent = policy ? say(policy.weak ? "weak" : "strong", { count: policy.threshold }) : words.unknown_policy;
}

/** Return the list of approvers that the pinned administrators signed, or the code of why there is none. */
async function listOf(texts, statement) {
  let why = "no_approvers";
  for (const text of texts) {
    try {
      return await readApprovers(text, pins, statement.communes);
    } catch (error) {
      why = error.code ?? "malformed";
    }
  }
  return why;
}

async function look(file) {
  if (file.size > LIMIT) throw new Refused("too_large");
  const given = JSON.parse(await file.text());
  if (given.kind !== "loa-second-look" || given.format !== 1) throw new Refused("unknown_format");
  const release = readEnvelope(given.envelope, RELEASE);
  const { statement } = release;
  if (statement.format !== 1) throw new Refused("unknown_format");
  if (statement.installation !== pins.installation) throw new Refused("wrong_installation");
  if (Object.keys(statement).some((name) => !KNOWN.includes(name))) throw new Refused("unknown_field");
  const sounds = await soundsOf(given.sounds, statement);
  const areWordsRight = await areWordsSigned(given.words, statement);
  const isRight = areWordsRight && sounds.every((one) => one.bytes);
  const approvers = await listOf(given.approvers, statement);
  const found = typeof approvers === "string" ? approvers : await judge(release, approvers);
  return { given, statement, sounds, areWordsRight, isRight, approvers, found, code: await codeOf(release.signed) };
}

function show({ given, statement, sounds, areWordsRight, isRight, approvers, found, code }) {
  showSounds(sounds);
  at("title").textContent = statement.title;
  at("text").textContent = areWordsRight ? given.words.text : words.wrong_words;
  at("text").className = areWordsRight ? "reading" : "of-stop";
  at("sources").replaceChildren(...statement.sources.map((one) => element("li", one)));
  showFacts(factsOf(statement, given, typeof approvers === "string" ? null : approvers));
  showSignatures(found);
  at("code").textContent = isRight ? code : "";
  at("code-panel").hidden = !isRight;
  at("found").hidden = false;
  tell(isRight ? words.right : words.wrong, isRight);
}

function tell(text, isRight) {
  at("verdict").textContent = text;
  at("verdict").className = `notice ${isRight ? "notice-ok" : "notice-stop"}`;
}

async function choose() {
  const [file] = at("file").files;
  at("found").hidden = true;
  at("code").textContent = "";
  if (!file) return;
  try {
    show(await look(file));
  } catch (error) {
    const code = error instanceof Refused ? error.code : "malformed";
    tell(say("refused", { why: words[code] ?? code }), false);
  }
}

at("file").addEventListener("change", choose);
if (!window.crypto?.subtle) tell(words.unable, false);
document.documentElement.dataset.ready = "";
