# SPDX-License-Identifier: AGPL-3.0-or-later
"""Record files of the present version under recorded/v<n>/; an existing file is never written again.

Run it by hand, once, when a version is added: `python protocol/tests/record.py`. Keys are made from names and
signatures are deterministic, so it always writes the same bytes. A recorded file is never changed or removed.
"""

import base64
import sys
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).parent))

import protocol_cast as cast
from protocol_cast import ADMIN_1, ADMIN_2, BINH, BINH_PASSKEY, BINH_SECOND, CHI, CHI_PASSKEY, EM

from loa_protocol import FORMAT, wire
from loa_protocol import enrolment as enrol
from loa_protocol.envelope import encode
from loa_protocol.playlog import PlayRow, row_hash
from loa_protocol.statements import encode_statement

FOLDER = Path(__file__).parent / "recorded" / f"v{FORMAT}"
ALARM = {"priority_class": "emergency"}
DEVICE = Ed25519PrivateKey.from_private_bytes(b"loa example nkey".ljust(32, b"."))


def envelopes() -> dict[str, bytes]:
    """Every kind of envelope, with every field that it may have."""
    approvers = cast.approvers()
    chi = cast.approver(
        "chi", CHI, CHI_PASSKEY, organisations=["quang-ha"],
        away=[cast.away(not_before="2026-12-01T00:00:00Z", not_after="2026-12-08T00:00:00Z")],
        retired={CHI.keyid: "2026-12-24T00:00:00Z"},
    )  # fmt: skip
    approvers = cast.without(approvers, "chi", chi)
    sounds = [cast.rendition(), cast.rendition(sha256="0" * 64, language="bru")]
    release = cast.release(
        zones=[cast.VILLAGE, "06895.02"],
        sources=["Kế hoạch 15/KH-UBND", 'Báo "Quảng Ninh"'],
        renditions=sounds,
    )
    alone = cast.release(
        release_id="r3", policy_id="alone", break_glass="Lũ về, không gọi được ai", excluded=["em"], **ALARM
    )
    prepared = cast.release(release_id="r4", policy_id="alarm", prepared=True, **ALARM)
    activation = cast.activation(release_id="r4")
    ended = cast.withdrawal(
        release_id="r4", activation_id="a1", break_glass="Nước đã rút", at="2026-11-24T09:00:00Z", **ALARM
    )
    rules = cast.rules(note="mẫu", test_devices=["d-test"])
    return {
        "approvers": encode(cast.sealed(approvers, ADMIN_1, ADMIN_2)),
        "rules": encode(cast.sealed(rules, ADMIN_1, ADMIN_2)),
        "release": encode(cast.sealed(release, BINH, CHI)),
        "release_passkeys": encode(
            cast.sealed(cast.release(release_id="r2", policy_id="passkeys"), BINH_PASSKEY, CHI_PASSKEY)
        ),
        "release_joined": encode(
            cast.sealed(cast.release(release_id="r5", policy_id="joined"), BINH_SECOND, CHI)
        ),
        "release_test": encode(cast.sealed(cast.release(release_id="r6", is_test=True), BINH, CHI)),
        "release_break_glass": encode(cast.sealed(alone, EM)),
        "release_prepared": encode(cast.sealed(prepared, BINH, CHI)),
        "activation": encode(cast.sealed(activation, EM)),
        "withdrawal": encode(cast.sealed(cast.withdrawal(), BINH)),
        "withdrawal_activation": encode(cast.sealed(ended, EM)),
    }


def statements() -> dict[str, bytes]:
    """What is signed by other means than an envelope."""
    items = (
        cast.item(),
        cast.item("i2", "17:30", zones=[cast.VILLAGE], volume=55),
        cast.item("i3", "17:45", release_id="r4", activation_id="a1", **ALARM),
    )
    named = cast.administrators(relying_parties=[cast.SITE], admin_people={ADMIN_1.keyid: "an"})
    return {
        "agenda": encode_statement(cast.agenda(*items, withdrawn=["r0"], audit_head="7:ab")),
        "administrators": encode_statement(named),
    }


def play_log() -> list[PlayRow]:
    """Return two rows that follow each other."""
    first = cast.row()
    second = cast.row("i2", seq=1, outcome="missed", reason="cut_off", started=None, ended=None,
                      seconds_played=0.0, level_db=None, previous=row_hash(first))  # fmt: skip
    return [first, second]


def messages() -> dict[str, wire.Message]:
    """Every message over NATS."""
    seen = {"agenda_number": 41, "audit_head": "7:ab"}
    proof = enrol.witness_proof("d1", 41, "7:ab")
    witness = wire.Witness(**seen, signature=enrol.proof_text(DEVICE.sign(proof)))
    refusal = wire.Refusal(item_id="i9", release_id="r9", code="no_release", due="2026-11-24T10:00:00Z")
    beat = wire.Heartbeat(
        device_id="d1", at="2026-11-24T10:00:00Z", version="0.1.0", agenda_number=41,
        plays_until="2026-12-01T00:00:00Z", approvers_number=3, rules_number=5, clock="known",
        clock_offset_ms=1.5, volume=70, playing_item="i1", playing_since="2026-11-24T10:00:00Z",
        output_level_db=-18.25, disk_free=10**9, log_backlog=2, holding=["r1"], refused=[refusal], silence="",
        refused_files=[wire.FileRefusal(name="releases/r9.json", code="too_few_people")], witness=witness,
    )  # fmt: skip
    health = wire.Health(
        sink="default", trouble="", delay_ms=290, clock_uncertainty_ms=2.5, drift_ppm=-31.5,
        temperature_c=48.5, deferred=1, heard="heard", heard_item="i1",
    )  # fmt: skip
    gone = {"gone": ["r0"], "stopped_at": {"r0": "2026-11-24T10:00:00Z"}}
    return {
        "look": wire.Look(commune=cast.COMMUNE, number=41, urgent=True),
        "play_log_batch": wire.PlayLogBatch(device_id="d1", rows=play_log()),
        "log_reply": wire.LogReply(stored_up_to=1, error=""),
        "heartbeat": beat,
        "heartbeat_health": msgspec.structs.replace(beat, health=health),
        "holding_report": wire.HoldingReport(device_id="d1", **gone),
        "held_reply": wire.HeldReply(ok=True, error=""),
        "listen": wire.Listen(seconds=60),
        "time_reply": wire.TimeReply(at=1_795_514_400.25),
        "event": wire.Event(kind="delivery", id="7"),
    }


def enrolment() -> dict[str, msgspec.Struct]:
    """Every request and reply of an enrolment."""
    raw = bytes([20 << 3]) + DEVICE.public_key().public_bytes_raw()
    key = base64.b32encode(raw + enrol.crc16(raw).to_bytes(2, "little")).decode().rstrip("=")
    asked = DEVICE.sign(enrol.enrol_proof(key, "Cụm loa Thôn 1", "0.1.0"))
    renewed = DEVICE.sign(enrol.renew_proof("d1", key, "2026-11-24T10:00:00Z"))
    credential = enrol.Credential(
        device_id="d1", name="Cụm loa Thôn 1", installation=cast.INSTALLATION, province=cast.PROVINCE,
        commune=cast.COMMUNE, village=cast.VILLAGE, is_test=False, trust=cast.trust(), tuf_root="{}",
        repository_url="https://loa.example.vn/repo/06895", media_url="https://loa.example.vn/media",
        nats_url="nats://loa.example.vn:4222", nats_jwt="a.b.c", zone_name=cast.ZONE,
    )  # fmt: skip
    return {
        "enrol_request": enrol.EnrolRequest(
            public_key=key, name="Cụm loa Thôn 1", version="0.1.0", signature=enrol.proof_text(asked)
        ),
        "enrol_reply": enrol.EnrolReply(
            enrolment_id="e1", code="ABCD-EFGH", expires_at="2026-11-24T10:15:00Z"
        ),
        "enrol_state": enrol.EnrolState(state="approved", credential=credential),
        "renew_request": enrol.RenewRequest(
            device_id="d1", public_key=key, at="2026-11-24T10:00:00Z", signature=enrol.proof_text(renewed)
        ),
        "renew_reply": enrol.RenewReply(credential=credential),
    }


def recorded() -> dict[str, bytes]:
    """Return every file by its name."""
    log = [{"row": msgspec.to_builtins(row), "hash": row_hash(row)} for row in play_log()]
    block = wire.SoundBlock(at=1_795_514_400.25, rate=wire.LISTEN_RATE, pcm=bytes(range(200)))
    plain = {f"message_{name}": one for name, one in messages().items()} | enrolment()
    files = {f"envelope_{name}": content for name, content in envelopes().items()}
    files |= {f"statement_{name}": content for name, content in statements().items()}
    files |= {name: msgspec.json.encode(one) for name, one in plain.items()}
    files["play_log"] = msgspec.json.format(msgspec.json.encode(log), indent=2)
    return {f"{name}.json": content for name, content in files.items()} | {
        "sound_block.bin": wire.encode_sound(block)
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in recorded().items():
        if not (FOLDER / name).exists():
            (FOLDER / name).write_bytes(data)
