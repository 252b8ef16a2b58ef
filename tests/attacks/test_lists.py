# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists and agendas that the server alone made, and files of elsewhere: none is taken up, all are reported."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from agent_process import until
from simulator import Simulator

from loa_protocol.statements import AirtimeRule
from loa_protocol.times import format_utc
from tests.attacks.stage import POLICIES, Stage, people, rules

Attack = Callable[[Simulator], None]


def _approver_added(server: Simulator) -> None:
    stranger = server.approver("stranger", may=["release", "emergency", "break_glass"])
    server.approvers_changes |= {"people": [*people(server), stranger], "number": 3}
    server.admins = ()


def _one_administrator(server: Simulator) -> None:
    _approver_added(server)
    server.admins = ("admin 1",)


def _signed_by_approvers(server: Simulator) -> None:
    _approver_added(server)
    server.admins = ("binh", "chi")


def _loose_policy(server: Simulator) -> None:
    loose = [*POLICIES[1:], POLICIES[0].__class__(
        policy_id="strict", kind="small_office", threshold=2, author_may_sign=True, weak=True)]  # fmt: skip
    server.approvers_changes |= {"policies": loose, "number": 3}
    server.admins = ("stranger", "other stranger")


def _open_night(server: Simulator) -> None:
    all_day = [("00:00", "24:00")]
    opened = [
        AirtimeRule(zone=one.zone, priority_class=one.priority_class, windows=all_day,
                    minutes_per_day=1440, volume_cap=100)
        for one in rules()
    ]  # fmt: skip
    server.rules_changes |= {"rules": opened, "number": 3}
    server.signed["approvers.json"] = server.files()["approvers.json"]
    server.admins = ("admin 1", "admin 1")


def _test_device(server: Simulator) -> None:
    server.signed["approvers.json"] = server.files()["approvers.json"]
    server.rules_changes |= {"test_devices": ["d1"], "number": 3}
    server.admins = ()


def _older_approvers(server: Simulator) -> None:
    server.approvers_changes["number"] = 1


def _older_rules(server: Simulator) -> None:
    server.rules_changes["number"] = 1


def _other_agenda(server: Simulator) -> None:
    server.agenda_changes["commune"] = "06900"


def _other_installation(server: Simulator) -> None:
    server.agenda_changes["installation"] = "hai-phong"


def _last_weeks_agenda(server: Simulator) -> None:
    server.number -= 2


def _same_number(server: Simulator) -> None:
    server.items.clear()
    server.number -= 1


def _number_used_up(server: Simulator) -> None:
    server.number = 2**53 - 1


def _agenda_for_ever(server: Simulator) -> None:
    end = datetime.now(UTC) + timedelta(days=31)
    agenda = server.files()["agenda.json"].replace(b'"number":2,', b'"number":3,')
    until = b'"valid_until":"' + format_utc(end).encode() + b'"'
    server.signed["agenda.json"] = re.sub(rb'"valid_until":"[^"]+"', until, agenda)


def _agenda_from_tomorrow(server: Simulator) -> None:
    begin = datetime.now(UTC) + timedelta(days=2)
    server.agenda_changes |= {
        "issued_at": format_utc(begin),
        "valid_until": format_utc(begin + timedelta(days=30)),
    }


def _approvers_long_expired(server: Simulator) -> None:
    server.approvers_changes |= {
        "issued_at": "2026-01-01T00:00:00Z",
        "expires_at": "2026-02-01T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("attack", "file", "code"),
    [
        (_approver_added, "approvers.json", "too_few_admins"),
        (_one_administrator, "approvers.json", "too_few_admins"),
        (_signed_by_approvers, "approvers.json", "too_few_admins"),
        (_loose_policy, "approvers.json", "too_few_admins"),
        (_open_night, "rules.json", "too_few_admins"),
        (_test_device, "rules.json", "too_few_admins"),
        (_older_approvers, "approvers.json", "older_number"),
        (_older_rules, "rules.json", "older_number"),
        (_approvers_long_expired, "approvers.json", "approvers_expired"),
        (_other_agenda, "agenda.json", "wrong_commune"),
        (_other_installation, "agenda.json", "wrong_installation"),
        (_last_weeks_agenda, "agenda.json", "older_number"),
        (_same_number, "agenda.json", "same_number"),
        (_number_used_up, "agenda.json", "number_too_far"),
        (_agenda_for_ever, "agenda.json", "agenda_too_long"),
        (_agenda_from_tomorrow, "agenda.json", "issued_ahead"),
    ],
)
def test_a_list_that_the_server_made_alone_is_not_taken_up(
    stage: Stage, attack: Attack, file: str, code: str
) -> None:
    stage.server.approvers_changes["number"] = stage.server.rules_changes["number"] = 2
    stage.server.publish()
    stage.expect_followed(2)
    attack(stage.server)
    stage.server.publish()
    stage.expect_refusal(file, code)
    stage.expect_honest_agenda(2)


def test_the_whole_repository_of_another_commune_is_not_followed(stage: Stage) -> None:
    """The same root and online keys sign every commune; place and number stand inside the signed files."""
    neighbour = Simulator(stage.server.folder, commune="06900", tuf_keys=stage.server.tuf_keys)
    neighbour.approvers_changes |= stage.server.approvers_changes | {"number": 9}
    neighbour.version = stage.server.version + 1000
    neighbour.number = 50
    neighbour.publish()
    here = stage.server.metadata
    for file in here.glob("*.json"):
        if "root" not in file.name:
            file.unlink()
    for file in neighbour.metadata.glob("*.json"):
        (here / file.name).write_bytes(file.read_bytes())
    for file in neighbour.metadata.parent.glob("targets/**/*.json"):
        target = here.parent / file.relative_to(neighbour.metadata.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    stage.expect_refusal("approvers.json", "wrong_commune")
    stage.expect_honest_agenda()


def test_a_revoked_person_loses_what_was_signed_and_the_former_list_does_not_come_back(stage: Stage) -> None:
    left = [one for one in people(stage.server) if one.person_id != "chi"]
    former = dict(stage.server.approvers_changes)
    stage.server.approvers_changes |= {"people": left, "number": 2}
    stage.server.publish()
    stage.expect_refusal("releases/honest.json", "too_few_people")
    assert stage.refused_items() == {"honest": "too_few_people"}
    stage.server.approvers_changes = former
    stage.server.publish()
    stage.expect_refusal("approvers.json", "older_number")
    assert stage.refused_items() == {"honest": "too_few_people"}


def test_an_agenda_that_ended_is_silence_and_is_said(stage: Stage) -> None:
    end = datetime.now(UTC) + timedelta(seconds=2)
    stage.server.agenda_changes["valid_until"] = format_utc(end)
    stage.server.publish()
    stage.expect_followed(2)

    def is_silent() -> bool:
        stage.look()
        return stage.status().heartbeat["silence"] == "agenda_ended"

    until(is_silent, what=stage.log)
    assert stage.status().silence == "agenda_ended"
