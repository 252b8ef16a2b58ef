# SPDX-License-Identifier: AGPL-3.0-or-later
"""Items that nobody released so: each is due now, each is refused with its reason, and none begins.

All of them stand in one agenda, beside one that two people released: when that one begins, every other has been due.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from agent_process import in_seconds, until
from nats_process import NatsProcess
from simulated_people import passkey

from loa_protocol.envelope import Envelope, decode, encode
from loa_protocol.keys import SignatureValue
from loa_protocol.times import format_utc
from tests.attacks.stage import Stage

PASSKEYS = ("phuc passkey", "giang passkey")
HARD = {"policy_id": "passkeys"}  # no server-kept key counts
ALARM = {"priority_class": "emergency"}


def _moved(stage: Stage, to: str, since: str) -> None:
    """Put the signatures of one release under the bytes of another."""
    signed, other = decode(stage.server.releases[since]), decode(stage.server.releases[to])
    stage.server.releases[to] = encode(
        Envelope(payload_type=other.payload_type, payload=other.payload, signatures=signed.signatures)
    )


@dataclass(frozen=True)
class Released:
    """An item that names a release of its own."""

    code: str
    signers: tuple[Any, ...] = ("binh", "chi")
    release: tuple[tuple[str, Any], ...] = ()
    item: tuple[tuple[str, Any], ...] = ()


def released(code: str, *signers: Any, item: dict[str, Any] | None = None, **release: Any) -> Released:
    return Released(code, signers or ("binh", "chi"), tuple(release.items()), tuple((item or {}).items()))


class Bent:
    """The second passkey, whose answer is bent, under the listed key's id."""

    def __init__(self, **changes: Any) -> None:
        self.keyid = passkey(PASSKEYS[1]).keyid
        self._answer = passkey(PASSKEYS[1], **changes)

    def sign(self, pae: bytes) -> SignatureValue:
        return SignatureValue(keyid=self.keyid, sig=self._answer.sign(pae).sig)


def bent(**changes: Any) -> tuple[Any, ...]:
    """Two passkeys, of which the second one answers wrongly."""
    return (PASSKEYS[0], Bent(**changes))


YESTERDAY = format_utc(datetime.now(UTC) - timedelta(days=1))
LONG_AGO = format_utc(datetime.now(UTC) - timedelta(days=9))
ATTACKS: dict[str, Released] = {
    # who signed
    "nobody": released("too_few_people", "stranger"),
    "one signature where two are required": released("too_few_people", "binh"),
    "one person with two keys": released("too_few_people", "binh", "binh's second"),
    "the author as the second": released("too_few_people", "an", "binh"),
    "somebody on leave": released("too_few_people", "binh", "on leave"),
    "somebody whose term ended": released("too_few_people", "binh", "former"),
    "the self-test keys of the server": released("too_few_people", "tester 1", "tester 2"),
    "administrators, who are no approvers": released("too_few_people", "admin 1", "admin 2"),
    "nobody of the neighbour": released("no_partner", policy_id="joined"),
    "a neighbour under another policy than the joined one": released(
        "too_few_people", "binh", "neighbour", policy_id="own"),
    "a policy that the list does not have": released("unknown_policy", policy_id="loose"),
    "keys that the server keeps, where passkeys are asked for": released("too_few_people", **HARD),
    # passkeys
    "a passkey of another site": released(
        "wrong_relying_party", *bent(rp_id="evil.example"), **HARD),
    "a passkey used on another page": released(
        "wrong_origin", *bent(origin="https://evil.example"), **HARD),
    "a passkey inside another site's page": released(
        "wrong_origin", *bent(client_extra={"crossOrigin": True}), **HARD),
    "a passkey whose person was not verified": released(
        "user_not_verified", *bent(user_verified=False), **HARD),
    "a passkey that nobody touched": released("user_not_present", *bent(user_present=False), **HARD),
    "a passkey's answer to an enrolment": released(
        "wrong_ceremony", *bent(ceremony="webauthn.create"), **HARD),
    "a passkey with another key under its name": released(
        "too_few_people", *bent(seed=b"x" * 32), **HARD),
    # what was signed
    "signatures over another revision": released("too_few_people", revision=2),
    "passkeys' signatures over another revision": released("wrong_challenge", *PASSKEYS, revision=2, **HARD),
    "made for another commune": released("wrong_commune", communes=["06900"]),
    "made for another installation": released("wrong_installation", installation="hai-phong"),
    # what the agenda makes of it
    "another sound": released("hash_not_released", item={"rendition_sha256": "0" * 64}),
    "a class raised by the agenda": released("wrong_class", item=ALARM),
    "a class raised inside the signed bytes": released("too_few_people", **ALARM),
    "a test on a live horn": released("test_on_live_device", is_test=True),
    "a test by the server's own keys on a live horn": released(
        "test_on_live_device", "tester 1", "tester 2", is_test=True),
    "a normal item at midnight": released("outside_hours", priority_class="normal"),
    "another village's message": released(
        "wrong_place", zones=["06895.02"]),
    "after its time": released("expired", not_before=LONG_AGO, not_after=YESTERDAY),
    # emergencies
    "an emergency by people who may not": released("too_few_people", "binh", "dung", **ALARM),
    "an emergency by one": released("too_few_people", "em", **ALARM),
    "break glass by somebody who may not": released(
        "too_few_people", "binh", policy_id="alone", break_glass="Lũ về", **ALARM),
    "break glass under another policy": released("wrong_policy", "em", break_glass="Lũ về", **ALARM),
    "a prepared message that nobody activated": released("not_activated", prepared=True, **ALARM),
    "a prepared message that a stranger activated": released(
        "not_activated", prepared=True, item={"activation_id": "a-stranger"}, **ALARM),
    "a message that cannot be activated": released("not_prepared", item={"activation_id": "a-binh"}),
    "an activation of another prepared message": released(
        "not_activated", prepared=True, item={"activation_id": "a-other"}, **ALARM),
    "a prepared message outside the activated zones": released(
        "wrong_place", prepared=True, item={"activation_id": "a-elsewhere"}, **ALARM),
}  # fmt: skip
HONEST_ONES = {
    "two people": released(""),
    "two people of the policy's own organisation": released("", policy_id="own"),
    "one of each house": released("", "binh", "neighbour", policy_id="joined"),
    "two passkeys": released("", *PASSKEYS, **HARD),
    "break glass": released("", "em", policy_id="alone", break_glass="Lũ về", **ALARM),
    "a prepared message": released("", prepared=True, item={"activation_id": "a-prepared"}, **ALARM),
}
IDS = {name: f"i{number}" for number, name in enumerate([*ATTACKS, *HONEST_ONES])}


@dataclass(frozen=True)
class Outcome:
    """What the process said of every item, and its log when the last honest one had begun."""

    codes: dict[str, str]
    refused_files: dict[str, str]
    log: str


def _fill(stage: Stage, starts: datetime) -> None:
    server = stage.server
    sound = server.sound(0.3)
    for name, one in {**ATTACKS, **HONEST_ONES}.items():
        release_id = IDS[name]
        changes = {"priority_class": "priority", **dict(one.release)}
        release = server.release(release_id, sound=sound, signers=one.signers, **changes)
        due = starts if one.code else starts + timedelta(seconds=1)
        server.place(release, due, release_id, **dict(one.item))
        if name == "a prepared message":
            server.activate(release, "em", activation_id="a-prepared")
        if name == "a prepared message that a stranger activated":
            server.activate(release, "stranger", activation_id="a-stranger")
        if name == "a message that cannot be activated":
            server.activate(release, "binh", activation_id="a-binh")
        if name == "an activation of another prepared message":
            server.activate(release, "binh", activation_id="a-other", release_id="another")
        if name == "a prepared message outside the activated zones":
            server.activate(release, "binh", activation_id="a-elsewhere", zones=["06895.02"])
    signed = server.release("original", sound=sound, priority_class="priority")
    _moved(stage, IDS["signatures over another revision"], signed.release_id)
    _moved(stage, IDS["a class raised inside the signed bytes"], signed.release_id)
    signed = server.release("original-2", sound=sound, signers=PASSKEYS, priority_class="priority", **HARD)
    _moved(stage, IDS["passkeys' signatures over another revision"], signed.release_id)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, nats: NatsProcess) -> Iterator[Outcome]:
    with Stage(tmp_path_factory.mktemp("items"), nats) as stage:
        _fill(stage, in_seconds(2))
        stage.server.publish()
        stage.run()
        wanted = {IDS[name] for name in ATTACKS}
        seen: dict[str, str] = {}

        def all_refused() -> bool:
            seen.update(stage.refused_items())
            return wanted <= seen.keys()

        until(all_refused, what=f"{wanted - seen.keys()}\n{stage.log}")
        files = stage.refused_files()
        until(lambda: all(f"item {IDS[one]} begins" in stage.log for one in HONEST_ONES), what=stage.log)
        yield Outcome(codes=seen, refused_files=files, log=stage.log)


@pytest.mark.parametrize("name", ATTACKS)
def test_it_never_begins_and_says_why(outcome: Outcome, name: str) -> None:
    assert outcome.codes[IDS[name]] == ATTACKS[name].code
    assert f"item {IDS[name]} begins" not in outcome.log


@pytest.mark.parametrize("name", HONEST_ONES)
def test_what_the_right_people_released_sounds(outcome: Outcome, name: str) -> None:
    assert IDS[name] not in outcome.codes
    assert f"item {IDS[name]} begins" in outcome.log


def test_every_release_and_activation_that_does_not_hold_is_reported_with_its_reason(
    outcome: Outcome,
) -> None:
    for name in ("nobody", "a passkey used on another page", "made for another commune"):
        assert outcome.refused_files[f"releases/{IDS[name]}.json"] == ATTACKS[name].code
    assert outcome.refused_files["activations/a-stranger.json"] == "too_few_people"
    assert outcome.refused_files["activations/a-binh.json"] == "not_prepared"
    assert outcome.refused_files["activations/a-other.json"] == "wrong_release"
