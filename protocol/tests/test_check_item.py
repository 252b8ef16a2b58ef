# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a valid release permits: this sound, this place, this class, this time, so often."""

from typing import Any

import protocol_cast as cast
import pytest
from protocol_cast import CHI, PROVINCE, VILLAGE, at

from loa_protocol.errors import NotCoveredError
from loa_protocol.verify import VerifiedRelease, check_item

ITEM, RELEASE, PLACE, RULES = "item", "release", "place", "rules"
ARGUMENTS = {"starts_utc", "now", "plays_today", "seconds_today", "withdrawn", "activation"}


def code_of(given: VerifiedRelease | None = None, /, **changes: Any) -> str:
    """Check an item that is right but for `changes`: item=…, release=…, place=…, rules=…, or an argument."""
    arguments: dict[str, Any] = {"starts_utc": at("17:00"), "now": at("17:00"), "plays_today": 0}
    arguments.update({name: changes.pop(name) for name in ARGUMENTS & set(changes)})
    try:
        check_item(
            cast.item(**changes.get(ITEM, {})),
            given or cast.verified(**changes.get(RELEASE, {})),
            cast.place(**changes.get(PLACE, {})),
            cast.rules(**changes.get(RULES, {})),
            **arguments,
        )
    except NotCoveredError as error:
        return error.code
    return ""


EMERGENCY = {ITEM: {"priority_class": "emergency"}, RELEASE: {"priority_class": "emergency"}}

ALARM = {"priority_class": "emergency"}
PREPARED: dict[str, Any] = {
    ITEM: {**ALARM, "activation_id": "a1"},
    RELEASE: {**ALARM, "prepared": True},
    "activation": cast.activation(),
}

CASES: list[tuple[str, dict[str, Any], str]] = [
    ("all right", {}, ""),
    ("another release", {ITEM: {"release_id": "r2"}}, "wrong_release"),
    ("withdrawn", {"withdrawn": {"r1"}}, "withdrawn"),
    ("another one withdrawn", {"withdrawn": {"r2"}}, ""),
    ("item of a higher class", {ITEM: {"priority_class": "emergency"}}, "wrong_class"),
    ("item of a lower class", {RELEASE: {"priority_class": "emergency"}}, "wrong_class"),
    ("another sound", {ITEM: {"rendition_sha256": "0" * 64}}, "hash_not_released"),
    # places
    ("released for the village", {RELEASE: {"zones": [VILLAGE]}}, ""),
    ("released for the province", {RELEASE: {"zones": [PROVINCE]}}, ""),
    ("released for another village", {RELEASE: {"zones": ["06895.02"]}}, "wrong_place"),
    ("released for another commune", {RELEASE: {"communes": ["06900"]}}, "wrong_place"),
    ("placed in the village", {ITEM: {"zones": [VILLAGE]}}, ""),
    ("placed in another village", {ITEM: {"zones": ["06895.02"]}}, "wrong_place"),
    ("a device without a village", {PLACE: {"village": ""}}, ""),
    ("a device without a village, for the village", {PLACE: {"village": ""}, RELEASE: {"zones": [VILLAGE]}},
     "wrong_place"),
    # tests
    ("a test on a test device", {RELEASE: {"is_test": True}, PLACE: {"is_test": True}}, ""),
    ("a test on a live device", {RELEASE: {"is_test": True}}, "test_on_live_device"),
    ("a true message on a test device", {PLACE: {"is_test": True}}, ""),
    ("a test on a device set to test by two administrators",
     {RELEASE: {"is_test": True}, RULES: {"rules": [cast.rule()], "test_devices": ["d0", "d1"]}}, ""),
    ("a test where another device is set to test",
     {RELEASE: {"is_test": True}, RULES: {"rules": [cast.rule()], "test_devices": ["d0"]}},
     "test_on_live_device"),
    # prepared messages
    ("prepared and activated", PREPARED, ""),
    ("prepared, and nobody activated it", {**PREPARED, "activation": None}, "not_activated"),
    ("prepared, and the item names none", {**PREPARED, ITEM: {**ALARM, "activation_id": ""}}, "not_activated"),
    ("prepared, and the item names another", {**PREPARED, ITEM: {**ALARM, "activation_id": "a2"}},
     "not_activated"),
    ("another one activated", {**PREPARED, "activation": cast.activation(release_id="r2")}, "wrong_release"),
    ("the activation was ended", {**PREPARED, "withdrawn": {"a1"}}, "withdrawn"),
    ("activated elsewhere", {**PREPARED, "activation": cast.activation(zones=["06895.02"])}, "wrong_place"),
    ("activated in another commune", {**PREPARED, "activation": cast.activation(communes=["06900"])},
     "wrong_place"),
    ("activated for later", {**PREPARED, "activation": cast.activation(not_before="2026-11-24T10:00:01Z")},
     "too_early"),
    ("activated until now", {**PREPARED, "activation": cast.activation(not_after="2026-11-24T10:00:00Z")},
     "expired"),
    ("activated, and the release is over",
     {**PREPARED, RELEASE: {**ALARM, "prepared": True, "not_after": "2026-11-24T10:00:00Z"}}, "expired"),
    ("not prepared, and the item names an activation", {ITEM: {"activation_id": "a1"}}, "not_prepared"),
    ("not prepared, and there is an activation", {"activation": cast.activation()}, "not_prepared"),
    # times
    ("from its first second", {RELEASE: {"not_before": "2026-11-24T10:00:00Z"}}, ""),
    ("a second too early", {RELEASE: {"not_before": "2026-11-24T10:00:01Z"}}, "too_early"),
    ("planned too early, though now it is time",
     {RELEASE: {"not_before": "2026-11-24T10:00:01Z"}, "now": at("17:01")}, "too_early"),
    ("in its last second", {RELEASE: {"not_after": "2026-11-24T10:00:01Z"}}, ""),
    ("expired", {RELEASE: {"not_after": "2026-11-24T10:00:00Z"}}, "expired"),
    ("planned in time, but now expired",
     {RELEASE: {"not_after": "2026-11-24T10:00:01Z"}, "now": at("17:01")}, "expired"),
    # how often
    ("the last permitted time", {"plays_today": 3}, ""),
    ("once too often", {"plays_today": 4}, "repeat_limit"),
    # hours and minutes
    ("before the hours", {"starts_utc": at("05:29:59"), "now": at("05:00")}, "outside_hours"),
    ("at the first second of the hours", {"starts_utc": at("05:30"), "now": at("05:00")}, ""),
    ("ends with the hours", {"starts_utc": at("20:59"), "now": at("20:00")}, ""),
    ("ends after the hours", {"starts_utc": at("20:59:01"), "now": at("20:00")}, "outside_hours"),
    ("late, and so after the hours", {"now": at("20:59:30")}, "outside_hours"),
    ("no hours at all", {RULES: {"rules": [cast.rule(windows=[])]}}, "outside_hours"),
    ("fills the minutes", {"seconds_today": 59 * 60.0}, ""),
    ("more than the minutes", {"seconds_today": 59 * 60 + 0.5}, "minutes_used"),
    ("minutes counted by the released length, not by what the agenda says",
     {"seconds_today": 59 * 60 + 0.5, ITEM: {"duration_ms": 1}}, "minutes_used"),
    ("hours checked by the released length, not by what the agenda says",
     {"starts_utc": at("20:59:30"), ITEM: {"duration_ms": 1}}, "outside_hours"),
    ("no rule for this class", {RULES: {"rules": [cast.rule(priority_class="priority")]}}, "no_rule"),
    ("no rule for this place", {RULES: {"rules": [cast.rule(zone="06900")]}}, "no_rule"),
    ("an alarm at night, no rule about alarms",
     {**EMERGENCY, "starts_utc": at("02:00"), "now": at("02:00")}, ""),
    ("an alarm against a rule about alarms",
     {**EMERGENCY, RULES: {"rules": [cast.rule(priority_class="emergency", windows=[("05:00", "06:00")])]}},
     "outside_hours"),
    ("the village's own rule goes before the commune's",
     {RULES: {"rules": [cast.rule(), cast.rule(zone=VILLAGE, windows=[("06:00", "07:00")])]}},
     "outside_hours"),
    ("the commune's rule goes before the province's",
     {RULES: {"rules": [cast.rule(zone=PROVINCE, windows=[("06:00", "07:00")]), cast.rule()]}}, ""),
    ("only the province has a rule", {RULES: {"rules": [cast.rule(zone=PROVINCE)]}}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_a_release_permits(changes: dict[str, Any], code: str) -> None:
    assert code_of(**dict(changes)) == code


@pytest.mark.parametrize(
    ("device_id", "devices", "code"),
    [
        ("virtual", ["virtual"], ""),
        ("d1", ["virtual"], "test_key_device"),
        ("d1", [], ""),
        ("d1", ["d0", "d1"], ""),
    ],
)
def test_a_key_for_certain_devices_releases_on_no_other(
    device_id: str, devices: list[str], code: str
) -> None:
    signers = (cast.approver("binh", cast.BINH), cast.approver("chi", CHI, devices=devices))
    release = VerifiedRelease(
        statement=cast.release(), people=("binh", "chi"), policy=cast.STRICT, signers=signers
    )
    assert code_of(release, place={"device_id": device_id}) == code


def test_a_third_signature_bound_to_another_device_takes_nothing_away() -> None:
    signers = (
        cast.approver("binh", cast.BINH),
        cast.approver("chi", CHI),
        cast.approver("tester-1", cast.TESTER_1, devices=["virtual"]),
    )
    people = tuple(one.person_id for one in signers)
    release = VerifiedRelease(statement=cast.release(), people=people, policy=cast.STRICT, signers=signers)
    assert code_of(release) == ""


def test_an_error_says_what_was_expected_and_what_was_found() -> None:
    with pytest.raises(NotCoveredError) as caught:
        check_item(
            cast.item(),
            cast.verified(),
            cast.place(),
            cast.rules(),
            starts_utc=at("17:00"),
            now=at("17:00"),
            plays_today=4,
        )
    assert (caught.value.code, caught.value.expected, caught.value.found) == ("repeat_limit", "4", "4")
    assert "expected 4, found 4" in str(caught.value)
