# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recorded files of every format: today's code reads them, accepts them, and writes the same bytes."""

from pathlib import Path
from typing import Any

import msgspec
import protocol_cast as cast
import pytest
from record import examples

from loa_protocol import FORMAT
from loa_protocol.envelope import APPROVERS_TYPE, RELEASE_TYPE, RULES_TYPE, WITHDRAWAL_TYPE, decode, encode
from loa_protocol.playlog import PlayRow, check_chain, row_hash
from loa_protocol.statements import (
    Agenda,
    ApproversStatement,
    ReleaseStatement,
    RulesStatement,
    WithdrawalStatement,
    decode_statement,
    encode_statement,
)
from loa_protocol.verify import (
    verify_agenda,
    verify_approvers,
    verify_release,
    verify_rules,
    verify_withdrawal,
)

FOLDER = Path(__file__).parent / "recorded"
FORMATS = sorted(FOLDER.glob("v*"))
KINDS: dict[str, Any] = {
    APPROVERS_TYPE: ApproversStatement,
    RULES_TYPE: RulesStatement,
    RELEASE_TYPE: ReleaseStatement,
    WITHDRAWAL_TYPE: WithdrawalStatement,
}
ENVELOPES = sorted(
    path for path in FOLDER.glob("v*/*.json") if path.name not in {"agenda.json", "play_log.json"}
)


def test_every_format_up_to_the_present_one_is_recorded_whole() -> None:
    assert [path.name for path in FORMATS] == [f"v{number}" for number in range(1, FORMAT + 1)]
    for folder in FORMATS:
        assert {path.name for path in folder.iterdir()} >= set(examples())


@pytest.mark.parametrize("path", ENVELOPES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_recorded_envelope_is_read_and_written_as_the_same_bytes(path: Path) -> None:
    data = path.read_bytes()
    envelope = decode(data)
    assert encode(envelope) == data
    statement = decode_statement(envelope.payload, KINDS[envelope.payload_type])
    assert encode_statement(statement) == envelope.payload
    assert f"v{statement.format}" == path.parent.name


@pytest.mark.parametrize("folder", FORMATS, ids=lambda path: path.name)
def test_recorded_files_are_still_accepted(folder: Path) -> None:
    read = {path.stem: decode(path.read_bytes()) for path in ENVELOPES if path.parent == folder}
    trust = cast.trust()
    approvers = verify_approvers(read["approvers"], trust, now=cast.NOON, at_least=0)
    release = verify_release(read["release"], trust, approvers)
    assert release.people == ("binh", "chi")
    assert verify_rules(read["rules"], trust, at_least=0).note == "mẫu"
    withdrawn = verify_withdrawal(read["withdrawal"], trust, approvers, release=release.statement)
    assert withdrawn.reason == "Sai giờ tiêm"


@pytest.mark.parametrize("folder", FORMATS, ids=lambda path: path.name)
def test_a_recorded_agenda_is_read_and_written_as_the_same_bytes(folder: Path) -> None:
    data = (folder / "agenda.json").read_bytes()
    assert encode_statement(decode_statement(data, Agenda)) == data
    assert [one.item_id for one in verify_agenda(data, cast.trust(), at_least=0).items] == ["i1", "i2"]


@pytest.mark.parametrize("folder", FORMATS, ids=lambda path: path.name)
def test_a_recorded_play_log_keeps_its_hashes(folder: Path) -> None:
    entries = msgspec.json.decode((folder / "play_log.json").read_bytes())
    rows = [msgspec.convert(entry["row"], PlayRow) for entry in entries]
    assert [row_hash(one) for one in rows] == [entry["hash"] for entry in entries]
    check_chain(rows, seq=0)


def test_what_would_be_recorded_today_is_what_was_recorded() -> None:
    for name, data in examples().items():
        assert (FOLDER / f"v{FORMAT}" / name).read_bytes() == data, name
