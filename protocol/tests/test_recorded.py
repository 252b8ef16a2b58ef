# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recorded files of every version: today's code reads them, accepts them, and writes the same bytes. For ever."""

import json
from pathlib import Path
from typing import Any

import msgspec
import protocol_cast as cast
import pytest
import record

from loa_protocol import FORMAT, enrolment, wire
from loa_protocol.enrolment import EnrolRequest, RenewRequest, check_proof, check_witness, decode_json
from loa_protocol.envelope import (
    ACTIVATION_TYPE,
    APPROVERS_TYPE,
    PAYLOAD_TYPES,
    RELEASE_TYPE,
    RULES_TYPE,
    WITHDRAWAL_TYPE,
    Envelope,
    decode,
    encode,
)
from loa_protocol.playlog import PlayRow, check_chain, row_hash
from loa_protocol.statements import (
    ActivationStatement,
    Administrators,
    Agenda,
    ApproversStatement,
    ReleaseStatement,
    RulesStatement,
    Statement,
    WithdrawalStatement,
    decode_statement,
    encode_statement,
)
from loa_protocol.verify import (
    trust_of,
    verify_activation,
    verify_agenda,
    verify_approvers,
    verify_release,
    verify_rules,
    verify_withdrawal,
)

FOLDER = Path(__file__).parent / "recorded"
VERSIONS = sorted(FOLDER.glob("v*"))
KINDS: dict[str, type[Statement]] = {
    APPROVERS_TYPE: ApproversStatement,
    RULES_TYPE: RulesStatement,
    RELEASE_TYPE: ReleaseStatement,
    WITHDRAWAL_TYPE: WithdrawalStatement,
    ACTIVATION_TYPE: ActivationStatement,
}
PEOPLE = {
    "release": ("binh", "chi"),
    "release_passkeys": ("binh", "chi"),
    "release_joined": ("binh", "chi"),
    "release_test": ("binh", "chi"),
    "release_break_glass": ("em",),
    "release_prepared": ("binh", "chi"),
}
versions = pytest.mark.parametrize("folder", VERSIONS, ids=lambda path: path.name)


def files(kind: str) -> Any:
    """Mark a test to run with every recorded file of that kind."""
    found = sorted(FOLDER.glob(f"v*/{kind}_*.json"))
    assert found
    return pytest.mark.parametrize("path", found, ids=lambda path: f"{path.parent.name}-{path.stem}")


def read(folder: Path, name: str) -> Envelope:
    return decode((folder / f"envelope_{name}.json").read_bytes())


def approvers_of(folder: Path) -> ApproversStatement:
    return verify_approvers(read(folder, "approvers"), cast.trust(), now=cast.NOON, at_least=0)


def test_every_version_up_to_the_present_one_is_recorded_whole() -> None:
    assert [path.name for path in VERSIONS] == [f"v{number}" for number in range(1, FORMAT + 1)]
    for folder in VERSIONS:
        assert {path.name for path in folder.iterdir()} >= set(record.recorded())


def test_every_kind_of_file_and_message_is_recorded() -> None:
    types = {decode(path.read_bytes()).payload_type for path in FOLDER.glob(f"v{FORMAT}/envelope_*.json")}
    assert types == PAYLOAD_TYPES
    sent = {type(one) for one in record.messages().values()}
    assert sent == set(wire.Message.__subclasses__()) - {
        wire.Refusal,
        wire.FileRefusal,
        wire.Witness,
        wire.Health,
    }


@files("envelope")
def test_a_recorded_envelope_is_read_and_written_as_the_same_bytes(path: Path) -> None:
    data = path.read_bytes()
    envelope = decode(data)
    assert encode(envelope) == data
    statement = decode_statement(envelope.payload, KINDS[envelope.payload_type])
    assert encode_statement(statement) == envelope.payload
    assert f"v{statement.format}" == path.parent.name


@versions
@pytest.mark.parametrize("name", PEOPLE)
def test_a_recorded_release_is_still_accepted(folder: Path, name: str) -> None:
    assert verify_release(read(folder, name), cast.trust(), approvers_of(folder)).people == PEOPLE[name]


@versions
def test_recorded_rules_withdrawals_and_activations_are_still_accepted(folder: Path) -> None:
    trust, approvers = cast.trust(), approvers_of(folder)
    releases = {name: verify_release(read(folder, name), trust, approvers).statement for name in PEOPLE}
    prepared = releases["release_prepared"]
    assert verify_rules(read(folder, "rules"), trust, at_least=0).test_devices == ["d-test"]
    ended = verify_withdrawal(read(folder, "withdrawal"), trust, approvers, release=releases["release"])
    assert ended.reason == "Sai giờ tiêm"
    ended = verify_withdrawal(read(folder, "withdrawal_activation"), trust, approvers, release=prepared)
    assert ended.activation_id == "a1"
    found = verify_activation(read(folder, "activation"), trust, approvers, release=prepared)
    assert found.zones == [cast.VILLAGE]


@versions
def test_a_recorded_agenda_is_read_and_written_as_the_same_bytes(folder: Path) -> None:
    data = (folder / "statement_agenda.json").read_bytes()
    assert encode_statement(decode_statement(data, Agenda)) == data
    found = verify_agenda(data, cast.trust(), at_least=0, now=cast.NOON)
    assert [one.item_id for one in found.items] == ["i1", "i2", "i3"]


@versions
def test_recorded_administrators_are_still_believed(folder: Path) -> None:
    data = (folder / "statement_administrators.json").read_bytes()
    named = decode_statement(data, Administrators)
    assert encode_statement(named) == data
    trust = trust_of(named, cast.COMMUNE)
    assert verify_rules(read(folder, "rules"), trust, at_least=0).number == 5


@versions
def test_a_recorded_play_log_keeps_its_hashes(folder: Path) -> None:
    entries = msgspec.json.decode((folder / "play_log.json").read_bytes())
    rows = [msgspec.convert(entry["row"], PlayRow) for entry in entries]
    assert [row_hash(one) for one in rows] == [entry["hash"] for entry in entries]
    check_chain(rows, seq=0)


def assert_read(data: bytes, found: msgspec.Struct) -> None:
    """Everything that was written is read; a later version may know more."""
    now = msgspec.to_builtins(found)
    for name, value in json.loads(data).items():
        assert now[name] == value, name


@versions
@pytest.mark.parametrize("name", record.messages())
def test_a_recorded_message_is_read(folder: Path, name: str) -> None:
    data = (folder / f"message_{name}.json").read_bytes()
    assert_read(data, wire.decode_message(data, type(record.messages()[name])))


@versions
def test_a_recorded_sound_block_is_read(folder: Path) -> None:
    block = wire.decode_sound((folder / "sound_block.bin").read_bytes())
    assert (block.at, block.rate, block.pcm) == (1_795_514_400.25, 24_000, bytes(range(200)))


@versions
def test_recorded_requests_and_replies_of_an_enrolment_are_read_and_their_proofs_hold(folder: Path) -> None:
    kinds = {name: type(one) for name, one in record.enrolment().items()}
    read = {}
    for name, kind in kinds.items():
        data = (folder / f"{name}.json").read_bytes()
        read[name] = decode_json(data, kind)
        assert_read(data, read[name])
    request, renewal = read["enrol_request"], read["renew_request"]
    assert isinstance(request, EnrolRequest)
    assert isinstance(renewal, RenewRequest)
    check_proof(request)
    check_proof(renewal)
    beat = wire.decode_message((folder / "message_heartbeat.json").read_bytes(), wire.Heartbeat)
    assert beat.witness is not None
    check_witness(request.public_key, beat.device_id, beat.witness)
    state = read["enrol_state"]
    assert isinstance(state, enrolment.EnrolState)
    assert state.credential is not None
    assert state.credential.trust == cast.trust()


def test_what_would_be_recorded_today_is_what_was_recorded() -> None:
    for name, data in record.recorded().items():
        assert (FOLDER / f"v{FORMAT}" / name).read_bytes() == data, name
