# SPDX-License-Identifier: AGPL-3.0-or-later
"""The play log: one final row per item, chained."""

from typing import Any

import msgspec
import protocol_cast as cast
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa_protocol.errors import ChainError, MalformedError
from loa_protocol.playlog import PlayRow, check_chain, decode_row, encode_row, row_hash


def chain(number: int) -> list[PlayRow]:
    rows: list[PlayRow] = []
    for seq in range(1, number + 1):
        previous = row_hash(rows[-1]) if rows else ""
        rows.append(cast.row(f"i{seq}", seq=seq, previous=previous))
    return rows


def test_a_chain_is_accepted_whole_and_in_parts() -> None:
    rows = chain(5)
    check_chain(rows)
    check_chain(rows, seq=1)
    check_chain(rows[2:], previous=row_hash(rows[1]), seq=3)
    check_chain([])


CHANGES: dict[str, Any] = {
    "device_id": "d2",
    "item_id": "other",
    "release_id": "r2",
    "sha256": "0" * 64,
    "due": "2026-11-24T10:00:01Z",
    "received": None,
    "verified": None,
    "started": "2026-11-24T10:00:00.001Z",
    "ended": None,
    "seconds_played": 60.001,
    "outcome": "partial",
    "reason": "late",
    "level_db": -18.26,
    "seq": 7,
    "previous": "0" * 64,
}


def test_every_field_is_in_the_hash() -> None:
    assert set(CHANGES) == {one.name for one in msgspec.structs.fields(PlayRow)}
    original = cast.row()
    hashes = {row_hash(msgspec.structs.replace(original, **{name: CHANGES[name]})) for name in CHANGES}
    assert row_hash(original) not in hashes
    assert len(hashes) == len(CHANGES)


@pytest.mark.parametrize("name", sorted(set(CHANGES) - {"seq", "previous"}))
def test_a_changed_row_breaks_the_chain(name: str) -> None:
    rows = chain(3)
    rows[1] = msgspec.structs.replace(rows[1], **{name: CHANGES[name]})
    with pytest.raises(ChainError) as caught:
        check_chain(rows)
    assert caught.value.code == "chain_broken"


@pytest.mark.parametrize(
    ("order", "code"),
    [((0, 2), "gap"), ((0, 0, 1), "gap"), ((1, 0), "chain_broken"), ((1, 2), "chain_broken")],
)
def test_a_gap_a_repetition_and_another_order_are_found(order: tuple[int, ...], code: str) -> None:
    rows = chain(3)
    with pytest.raises(ChainError) as caught:
        check_chain([rows[index] for index in order])
    assert caught.value.code == code


def test_a_part_must_begin_where_the_last_one_ended() -> None:
    rows = chain(3)
    with pytest.raises(ChainError) as caught:
        check_chain(rows[2:], previous=row_hash(rows[1]), seq=2)
    assert caught.value.code == "gap"


def test_an_open_row_has_no_place_in_the_chain() -> None:
    opened = cast.row(outcome="started", ended=None)
    assert not opened.is_final
    with pytest.raises(ChainError) as caught:
        check_chain([opened])
    assert caught.value.code == "row_not_final"


FLOATS = st.floats(0, 1e6, allow_nan=False)


@given(seconds=FLOATS, level=st.none() | st.floats(-120, 0))
def test_a_row_keeps_its_hash_on_the_wire(seconds: float, level: float | None) -> None:
    row = cast.row(seconds_played=seconds, level_db=level)
    assert decode_row(encode_row(row)) == row
    assert row_hash(decode_row(encode_row(row))) == row_hash(row)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"seq":0', b'"seq":-1'),
        (b'"outcome":"played"', b'"outcome":"heard"'),
        (b'"seconds_played":60.0', b'"seconds_played":-1.0'),
        (b'"device_id":"d1"', b'"device_id":"d1.>"'),
        (b'"reason":""', b'"reason":"","more":1'),
        (b"{", b""),
        (b'"reason"', b'"\xff"'),
    ],
)
def test_what_is_no_row_is_refused(old: bytes, new: bytes) -> None:
    data = encode_row(cast.row())
    assert old in data
    with pytest.raises(MalformedError):
        decode_row(data.replace(old, new, 1))
