# SPDX-License-Identifier: AGPL-3.0-or-later
"""Subjects, messages and sound blocks."""

from typing import Any

import protocol_cast as cast
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa_protocol import wire
from loa_protocol.errors import MalformedError
from loa_protocol.wire import (
    Event,
    Heartbeat,
    HeldReply,
    HoldingReport,
    Listen,
    LogReply,
    Look,
    Message,
    PlayLogBatch,
    Refusal,
    SoundBlock,
    decode_message,
    decode_sound,
    device_subject,
    encode_message,
    encode_sound,
    events_subject,
    look_subject,
)

REFUSAL = Refusal(item_id="i1", release_id="r1", code="outside_hours", due="2026-11-24T10:00:00Z")
BEAT = Heartbeat(
    device_id="d1",
    at="2026-11-24T10:00:00Z",
    version="0.1.0",
    agenda_number=41,
    plays_until="2026-12-01T00:00:00Z",
    approvers_number=3,
    rules_number=5,
    clock="known",
    clock_offset_ms=-1.5,
    volume=70,
    playing_item="",
    playing_since=None,
    output_level_db=None,
    disk_free=10**10,
    log_backlog=0,
    holding=["r1"],
    refused=[REFUSAL],
)
MESSAGES: list[Message] = [
    Look(commune="06895", number=41, urgent=False),
    PlayLogBatch(device_id="d1", rows=[cast.row()]),
    LogReply(stored_up_to=7),
    LogReply(stored_up_to=7, error="gap"),
    BEAT,
    HoldingReport(device_id="d1", gone=["r1"], stopped_at={"r1": "2026-11-24T10:00:31Z"}),
    HeldReply(),
    Listen(seconds=60),
    Event(kind="delivery", id="12"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: type(one).__name__)
def test_what_is_sent_is_read_back(message: Message) -> None:
    assert decode_message(encode_message(message), type(message)) == message


def test_a_field_of_a_later_version_is_overlooked() -> None:
    assert decode_message(b'{"stored_up_to":7,"later":true}', LogReply) == LogReply(stored_up_to=7)


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"", Look, "malformed"),
        (b"\xff", Look, "malformed"),
        (b'{"seconds":-1}', Listen, "malformed"),
        (b'{"seconds":100000}', Listen, "malformed"),
        (b'{"kind":"secret","id":"1"}', Event, "malformed"),
        (b" " * (wire.MAX_MESSAGE + 1), Look, "too_large"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, kind: Any, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        decode_message(data, kind)
    assert caught.value.code == code


def test_a_batch_has_a_limit() -> None:
    batch = PlayLogBatch(device_id="d1", rows=[cast.row()] * (wire.MAX_ROWS + 1))
    with pytest.raises(MalformedError):
        decode_message(encode_message(batch), PlayLogBatch)


def test_subjects_are_as_documented() -> None:
    assert look_subject("qn", "06895") == "loa.qn.06895.look"
    assert device_subject("qn", "06895", "d1", "beat") == "loa.qn.06895.device.d1.beat"
    assert device_subject("*", "*", "*", "beat") == "loa.*.*.device.*.beat"
    assert device_subject("qn", "06895", "d1", ">") == "loa.qn.06895.device.d1.>"
    assert events_subject("qn", "06895") == "loa.qn.06895.events"


@pytest.mark.parametrize("token", ["", "a.b", "a b", ">", "a*", "đầm-hà", "a\n"])
def test_a_name_that_would_reach_other_subjects_is_refused(token: str) -> None:
    for make in (
        lambda: look_subject(token, "06895"),
        lambda: events_subject("qn", token),
        lambda: device_subject("qn", "06895", token, "log"),
    ):
        with pytest.raises(MalformedError):
            make()


@given(
    at=st.floats(0, 4e9),
    rate=st.sampled_from([24_000, 48_000]),
    samples=st.lists(st.integers(0, 255), max_size=60),
)
def test_a_sound_block_is_read_back(at: float, rate: int, samples: list[int]) -> None:
    block = SoundBlock(at=at, rate=rate, pcm=bytes(samples) * 2)
    data = encode_sound(block)
    assert decode_sound(data) == block
    assert len(data) == 16 + len(block.pcm)
    assert block.samples == len(samples)


@pytest.mark.parametrize(
    "change", [lambda data: data[:15], lambda data: data[:-1], lambda data: data + b"\0"]
)
def test_a_cut_sound_block_is_refused(change: Any) -> None:
    data = encode_sound(SoundBlock(at=1.0, rate=24_000, pcm=b"\1\2" * 10))
    with pytest.raises(MalformedError):
        decode_sound(change(data))
