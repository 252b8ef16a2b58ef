# SPDX-License-Identifier: AGPL-3.0-or-later
"""Voices as the console lists them; imports no engine."""

from dataclasses import dataclass

DEFAULT_VOICE = "espeak-north"
NORMAL_WPM = 150  # espeak's words a minute at speed 1.0; horns echo, so calmer than its own 175
SLOWEST, FASTEST = 0.5, 2.0


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice: its stable name, its Vietnamese label and the engine that has it."""

    name: str
    label: str
    engine: str


def clamped_speed(speed: float) -> float:
    """Keep a speed within what stays understandable."""
    return min(FASTEST, max(SLOWEST, speed))
