# SPDX-License-Identifier: AGPL-3.0-or-later
"""A piece of a text with what is spoken for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the text.

    Attributes:
        start: index of its first character in the source.
        end: index behind its last one.
        source: the characters as written.
        spoken: the words as read; "" where it is left out.
        rule: which rule read it; None where nothing was changed.
        sure: False where a person should look.
        alternatives: other readings that may be meant, in the form of `spoken` without outer blanks.
    """

    start: int
    end: int
    source: str
    spoken: str
    rule: str | None = None
    sure: bool = True
    alternatives: tuple[str, ...] = ()
