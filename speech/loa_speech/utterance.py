# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an engine gives for some words; plain bytes, so that speaking begins before numpy is there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Utterance:
    """Mono sound as an engine gave it.

    Attributes:
        pcm: samples of 16 bits in the machine's byte order.
        rate: in Hz.
    """

    pcm: bytes
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.pcm) / 2 / self.rate
