# SPDX-License-Identifier: AGPL-3.0-or-later
"""The installation's keys: made once, closed to others, and signing for this installation alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from loa.config.environment import read
from loa.config.home import Home
from loa.releases import authority
from loa_protocol.envelope import decode, encode
from loa_protocol.errors import MalformedError
from loa_protocol.statements import RulesStatement
from loa_protocol.verify import verify_rules


def rules(installation: str) -> RulesStatement:
    return RulesStatement(
        installation=installation,
        commune="06895",
        number=1,
        issued_at="2026-11-24T00:00:00Z",
        zone_name="Asia/Ho_Chi_Minh",
        note="",
        rules=[],
    )


def test_keys_are_made_once_even_by_several_processes_at_the_same_moment(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _n: tuple(authority.ensure_installation_keys(home)), range(16)))
    assert len(set(map(str, made))) == 1
    kept = authority.server_kept_admin_keys(home)
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600, 0o600]
    assert sorted(path.name for path in home.keys.iterdir()) == ["admin-1.key", "admin-2.key"]


def test_both_administrators_sign_rules_that_a_device_accepts() -> None:
    envelope = authority.sign_rules(rules(authority.installation()))
    again = decode(encode(envelope))
    assert verify_rules(again, authority.trust("06895"), at_least=0).number == 1


def test_nothing_is_signed_for_another_installation() -> None:
    with pytest.raises(MalformedError):
        authority.sign_rules(rules("elsewhere"))


def test_a_name_is_made_once_where_none_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENVIRONMENT", read({"LOA_HOME": str(tmp_path)}))
    home = Home(tmp_path)
    name = authority.installation(home)
    assert name.startswith("loa-")
    assert authority.installation(home) == name
