# SPDX-License-Identifier: AGPL-3.0-or-later
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from loa.areas.tests.factories import make_commune
from loa.audit import actions, queries
from loa.audit.actor import SYSTEM, Thing
from loa.config import checks, clock, witnesses
from loa.config.home import Home
from loa.devices import publishing
from loa.people.tests.factories import make_cast
from loa.releases import authority
from loa.releases.actions import set_policy
from loa.releases.models import PolicyKind
from loa.releases.tests.factories import make_list_proposal


def states(look: Any) -> list[str]:
    return [finding.state for finding in look()]


@pytest.mark.django_db
def test_sample_people_fail_the_check_in_an_installation_that_is_no_demo(settings: Any) -> None:
    settings.DEMO = False
    assert states(checks.check_demo) == ["ok"]
    get_user_model().objects.create(username="hau", full_name="Nguyễn Thị Hậu", is_sample=True)
    (finding,) = checks.check_demo()
    assert finding.state == "bad"
    assert finding.todo
    settings.DEMO = True
    assert states(checks.check_demo) == ["weak"]


def test_an_open_line_is_refused_outside_this_machine_and_the_demo(settings: Any) -> None:
    here = settings.ENVIRONMENT
    settings.ENVIRONMENT = replace(here, base_url="http://loa.xa.example", demo=False)
    assert states(checks.check_settings) == ["bad"]
    settings.ENVIRONMENT = replace(here, base_url="https://loa.xa.example", demo=False)
    assert states(checks.check_settings) == ["ok"]
    settings.ENVIRONMENT = replace(here, base_url="https://loa.xa.example", debug=True)
    assert "bad" in states(checks.check_settings)


def test_a_key_that_others_can_read_fails_the_check(settings: Any) -> None:
    key = settings.HOME.keys / "test.key"
    key.write_text("secret")
    key.chmod(0o644)
    assert "bad" in states(checks.check_keys)
    key.chmod(0o600)
    assert "bad" not in states(checks.check_keys)
    key.unlink()


def test_keys_that_belong_elsewhere_are_called_weak_as_long_as_they_lie_here(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = Home(tmp_path)
    authority.ensure_installation_keys(settings.HOME)
    assert states(checks.check_keys) == ["weak"]
    monkeypatch.setattr(authority, "is_held_by_people", lambda: True)
    assert states(checks.check_keys) == ["bad"]  # the ceremony was held, and keys were left behind
    for path in authority.server_kept_admin_keys(settings.HOME):
        path.unlink()
    assert states(checks.check_keys) == ["ok"]


@pytest.mark.django_db
def test_the_root_is_said_a_year_before_it_ends(settings: Any, tmp_path: Path) -> None:
    settings.HOME = Home(tmp_path)
    assert states(checks.check_root) == ["ok"]
    commune = make_commune()
    publishing.root_text(commune.code)
    ends = clock.now() + timedelta(days=5 * 365)
    for days, state in ((400, "ok"), (300, "weak"), (20, "bad")):
        with clock.frozen(ends - timedelta(days=days)):
            assert states(checks.check_root) == [state]
    make_list_proposal(commune)
    assert states(checks.check_root) == ["ok", "weak"]


@pytest.mark.django_db
def test_a_policy_that_counts_keys_on_the_server_is_named() -> None:
    assert states(checks.check_policies) == ["ok"]
    office = make_cast().organisation
    set_policy(actor=SYSTEM, organisation=office, kind=PolicyKind.STRICT, is_weak=True)
    (finding,) = checks.check_policies()
    assert finding.state == "weak"
    assert office.name in finding.text
    set_policy(actor=SYSTEM, organisation=office, kind=PolicyKind.STRICT, is_weak=False)
    assert states(checks.check_policies) == ["ok"]


def test_a_disk_that_fills_up_is_said_before_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = checks.COMFORTABLE_FREE

    monkeypatch.setattr(checks.shutil, "disk_usage", lambda path: Usage)
    assert states(checks.check_disk) == ["ok"]
    Usage.free = checks.COMFORTABLE_FREE - 1
    assert states(checks.check_disk) == ["weak"]
    Usage.free = 1
    assert states(checks.check_disk) == ["bad"]


def test_a_voice_is_there() -> None:
    assert states(checks.check_engines) == ["ok"]


@pytest.mark.django_db
def test_every_line_has_a_part_and_says_what_to_do_unless_it_is_right() -> None:
    for finding in checks.run():
        assert finding.part
        assert finding.text
        assert finding.state == "ok" or finding.todo
        assert finding.line().startswith(("✓", "!", "✗"))


@pytest.mark.django_db
def test_a_head_that_went_out_with_an_agenda_must_be_in_the_log(settings: Any) -> None:
    actions.record(actor=SYSTEM, action="test.change", obj=Thing("test", "1", "Thử"))
    actions.seal()
    targets = settings.HOME.repositories / "06970" / "targets"
    targets.mkdir(parents=True, exist_ok=True)
    agenda = targets / "abc.agenda.json"
    agenda.write_text(f'{{"audit_head": "{queries.head()}"}}')
    assert witnesses.verify().held
    agenda.write_text(f'{{"audit_head": "{"0" * 64}"}}')
    report = witnesses.verify()
    assert [one["code"] for one in report.as_dict()["breaks"]] == ["head_lost"]
    assert any("0" * 64 in line for line in report.lines())
    agenda.write_text("{")
    assert witnesses.verify().held
    agenda.unlink()
