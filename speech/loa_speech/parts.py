# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the parts of a programme stand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a programme.

    Attributes:
        item: the number of the item, from 0; None for a chime.
        start_ms: from the beginning of the programme.
        duration_ms: without the pause behind it.
    """

    item: int | None
    start_ms: int
    duration_ms: int
