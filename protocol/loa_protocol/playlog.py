# SPDX-License-Identifier: AGPL-3.0-or-later
"""The play log of a device: one final row per agenda item, each holding the hash of the row before.

A device keeps a row with outcome "started" before the sound starts (it has no place in the chain yet), and
gives it its number, its `previous` and its final outcome when the sound ends. Only final rows are sent.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from loa_protocol.canonical import canonical
from loa_protocol.errors import ChainError, MalformedError
from loa_protocol.statements import Code, Id, Line, Sha256OrNone

Outcome = Literal["started", "played", "partial", "stopped", "refused", "missed"]
FINAL_OUTCOMES = frozenset({"played", "partial", "stopped", "refused", "missed"})
SOUNDED_OUTCOMES = frozenset({"started", "played", "partial", "stopped"})

UtcMs = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z\Z")]


class PlayRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of one agenda item at one device."""

    seq: Annotated[int, Meta(ge=0, le=2**53)]
    device_id: Id
    item_id: Code
    release_id: Id
    sha256: Sha256OrNone  # of the rendition; empty when the release was not known
    due: UtcMs
    received: UtcMs | None  # when the device had the item
    verified: UtcMs | None  # when its checks last passed
    started: UtcMs | None
    ended: UtcMs | None
    seconds_played: Annotated[float, Meta(ge=0, le=10**7)]
    outcome: Outcome
    reason: Line  # reason code; empty when all went well
    level_db: Annotated[float, Meta(ge=-(10**6), le=10**6)] | None  # mean level at the output, dBFS
    previous: Sha256OrNone  # hash of the row before; empty in the first

    @property
    def is_final(self) -> bool:
        """Whether this row will not change any more."""
        return self.outcome in FINAL_OUTCOMES


def row_hash(row: PlayRow) -> str:
    """Compute the hash (SHA-256, hex) that the next row holds as `previous`.

    Fractions enter as whole milliseconds and hundredths of a decibel, so that every language that reads the
    row's JSON computes the same hash.
    """
    plain: dict[str, Any] = msgspec.structs.asdict(row)
    plain["seconds_played"] = round(row.seconds_played * 1000)
    plain["level_db"] = None if row.level_db is None else round(row.level_db * 100)
    return sha256(canonical(plain)).hexdigest()


def check_chain(rows: Iterable[PlayRow], *, previous: str = "", seq: int | None = None) -> None:
    """Check that rows follow each other without gap, repetition or change.

    Args:
        rows: final rows in the order of their numbers.
        previous: hash of the row before the first ("" for the beginning of a log).
        seq: number that the first row must have; None accepts any.

    Raises:
        ChainError: `row_not_final`, `gap` or `chain_broken`.
    """
    for row in rows:
        if not row.is_final:
            raise ChainError("row_not_final", "an open row has no place in the chain", found=row.seq)
        if seq is not None and row.seq != seq:
            raise ChainError("gap", "row numbers do not follow", expected=seq, found=row.seq)
        if row.previous != previous:
            raise ChainError("chain_broken", "row does not follow", expected=previous, found=row.previous)
        seq, previous = row.seq + 1, row_hash(row)


def encode_row(row: PlayRow) -> bytes:
    """Write a row as JSON."""
    return msgspec.json.encode(row)


def decode_row(data: bytes) -> PlayRow:
    """Read a row.

    Raises:
        MalformedError: it is not one.
    """
    try:
        return msgspec.json.decode(data, type=PlayRow)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedError("malformed", f"not a play row: {error}") from error
