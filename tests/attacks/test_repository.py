# SPDX-License-Identifier: AGPL-3.0-or-later
"""The attacks of the TUF specification on a commune's repository, with every online key in the attacker's hands."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from securesystemslib.signer import CryptoSigner
from simulated_people import ROLES
from tuf.api.metadata import Metadata, MetaFile

from loa_protocol.statements import MAX_STATEMENT
from tests.attacks.stage import Stage

Attack = Callable[[Stage], None]


def _newest(stage: Stage, role: str) -> str:
    """Return the name of the newest metadata file of a role."""
    if role == "timestamp":
        return "timestamp.json"
    names = [path.name for path in stage.server.metadata.glob(f"*.{role}.json")]
    return max(names, key=lambda name: int(name.split(".")[0]))


def _copied(stage: Stage, source: str, target: str) -> None:
    (stage.server.metadata / target).write_bytes((stage.server.metadata / source).read_bytes())


def _older_timestamp(stage: Stage) -> None:
    before = (stage.server.metadata / "timestamp.json").read_bytes()
    stage.server.publish()
    stage.expect_followed(2)
    (stage.server.metadata / "timestamp.json").write_bytes(before)


def _older_snapshot(stage: Stage) -> None:
    server = stage.server
    before = server.version
    server.publish()
    stage.expect_followed(2)
    content = (server.metadata / f"{before}.snapshot.json").read_bytes()
    server.write_timestamp(MetaFile.from_data(before, content, ["sha256"]), server.version + 1)


def _older_targets(stage: Stage) -> None:
    before = stage.server.version
    stage.server.publish()
    stage.expect_followed(2)
    stage.server.write_state(stage.server.files(), targets=before)


def _older_root(stage: Stage) -> None:
    stage.server.publish()
    stage.expect_followed(2)
    _copied(stage, "1.root.json", "2.root.json")


@pytest.mark.parametrize(
    ("attack", "file"),
    [
        (_older_timestamp, "timestamp.json"),
        (_older_snapshot, "timestamp.json"),
        (_older_targets, "snapshot.json"),
        (_older_root, "2.root.json"),
    ],
)
def test_no_role_is_rolled_back(stage: Stage, attack: Attack, file: str) -> None:
    attack(stage)
    stage.expect_refusal(file, "metadata_rolled_back")
    stage.expect_honest_agenda(2)


def test_a_server_that_is_frozen_is_noticed_and_what_held_goes_on(stage: Stage) -> None:
    stage.server.expires_in["timestamp"] = timedelta(seconds=2)
    stage.server.publish()
    stage.expect_followed(2)
    stage.expect_refusal("", "metadata_expired")  # the same file for ever
    stage.expect_honest_agenda(2)


@pytest.mark.parametrize("role", ROLES)
def test_expired_metadata_of_any_role_is_refused(stage: Stage, role: str) -> None:
    stage.server.expires_in[role] = timedelta(seconds=-1)
    if role == "root":
        stage.server.write_root()
    stage.server.publish()
    stage.expect_refusal("", "metadata_expired")
    stage.expect_honest_agenda()


def test_with_everything_expired_from_the_start_nothing_is_followed(empty_stage: Stage) -> None:
    empty_stage.server.expires_in = dict.fromkeys(ROLES, timedelta(seconds=-1))
    empty_stage.server.write_root()
    empty_stage.publish_honestly()
    empty_stage.run()
    empty_stage.expect_refusal("", "metadata_expired")
    assert empty_stage.status().heartbeat["agenda_number"] == 0
    assert empty_stage.status().silence == "metadata_expired"


@pytest.mark.parametrize("role", ["snapshot", "targets"])
def test_metadata_of_two_publications_is_not_mixed(stage: Stage, role: str) -> None:
    before = _newest(stage, role)
    stage.server.publish()
    _copied(stage, before, _newest(stage, role))
    stage.expect_refusal(f"{role}.json", "metadata_mismatch")
    stage.expect_honest_agenda()


def test_files_of_two_publications_are_not_mixed(stage: Stage) -> None:
    former = stage.server.files()["agenda.json"]
    stage.server.publish()
    fresh = stage.server.files()["agenda.json"]
    target = stage.server.metadata.parent / "targets" / f"{sha256(fresh).hexdigest()}.agenda.json"
    assert target.exists()
    target.write_bytes(former)
    stage.expect_refusal("agenda.json", "metadata_mismatch")
    stage.expect_honest_agenda()


@pytest.mark.parametrize("role", ROLES)
def test_metadata_signed_by_a_stranger_is_refused(stage: Stage, role: str) -> None:
    stage.server.tuf_keys[role] = [CryptoSigner.generate_ed25519() for _ in range(3)]
    if role == "root":
        stage.server.write_root()
    stage.server.publish()
    stage.expect_refusal("", "metadata_unsigned")
    stage.expect_honest_agenda()


@pytest.mark.parametrize("holder", ["one root key", "the online keys"])
def test_less_than_two_root_keys_make_no_root(stage: Stage, holder: str) -> None:
    keys = stage.server.tuf_keys
    stolen = keys["root"][:1] if holder == "one root key" else [keys[role][0] for role in ROLES[1:]]
    keys["targets"] = [CryptoSigner.generate_ed25519()]
    stage.server.write_root(signed_by=stolen)
    stage.server.publish()
    stage.expect_refusal("2.root.json", "metadata_unsigned")
    stage.expect_honest_agenda()


def test_what_is_no_metadata_is_refused(stage: Stage) -> None:
    (stage.server.metadata / "timestamp.json").write_bytes(b"{}")
    stage.expect_refusal("timestamp.json", "metadata_malformed")
    stage.expect_honest_agenda()


@pytest.mark.parametrize("file", ["timestamp.json", "2.root.json"])
def test_endless_metadata_is_cut_off(stage: Stage, file: str) -> None:
    stage.server.endless.add(f"/repo/{stage.server.commune}/metadata/{file}")
    stage.expect_refusal(file, "endless_data")
    stage.expect_honest_agenda()


@pytest.mark.parametrize("role", ["snapshot", "targets"])
def test_a_signed_length_beyond_all_reason_is_not_believed(stage: Stage, role: str) -> None:
    """Whoever holds the online keys may announce any length; the device has limits of its own."""
    server = stage.server
    server.publish()
    number = server.version + 1
    if role == "snapshot":
        server.write_timestamp(MetaFile(number, length=10**12), number)
    else:
        snapshot = Metadata.from_file(str(server.metadata / _newest(stage, "snapshot"))).signed
        snapshot.version, snapshot.meta = number, {"targets.json": MetaFile(number, length=10**12)}
        written = server.sign_metadata(f"{number}.snapshot.json", snapshot, server.tuf_keys["snapshot"])
        server.write_timestamp(MetaFile.from_data(number, written, ["sha256"]), number)
    server.endless.add(f"/repo/{server.commune}/metadata/{number}.{role}.json")
    stage.expect_refusal(f"{role}.json", "endless_data")
    stage.expect_honest_agenda()


def test_an_agenda_beyond_all_reason_is_not_fetched(stage: Stage) -> None:
    stage.server.signed["agenda.json"] = b" " * (MAX_STATEMENT + 1)
    stage.server.publish()
    stage.expect_refusal("", "too_large")
    stage.expect_honest_agenda()


@pytest.mark.parametrize("swap", ["other bytes", "longer", "endless"])
def test_a_swapped_sound_never_becomes_ready(empty_stage: Stage, swap: str) -> None:
    stage = empty_stage
    stage.publish_honestly()
    ((digest, content),) = stage.server.media.items()
    swapped: dict[str, Any] = {"other bytes": b"x" * len(content), "longer": content + b"x"}
    stage.server.media[digest] = swapped.get(swap, content)
    if swap == "endless":
        stage.server.endless.add(f"/media/{digest}.opus")
    stage.run()
    code = "hash_mismatch" if swap == "other bytes" else "wrong_size"
    stage.expect_refusal(f"media/{digest}", code)
    assert not list(stage.home.media.glob("*.opus"))
