# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small computations behind the components: initials, waves, percentages, marks of steps, pairs of words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import mark_safe

BARS = mark_safe(
    '<svg class="bars" viewBox="0 0 14 14" aria-hidden="true">'
    '<rect x="1" y="7" width="3" height="6" rx="1"/><rect x="5.5" y="2" width="3" height="11" rx="1"/>'
    '<rect x="10" y="5" width="3" height="8" rx="1"/></svg>'
)
WAVE_BARS = 100
WAVE_HEIGHT = 36.0
STEP_ICONS = {"done": "check", "on_air": "broadcast", "stopped": "arrow-back-up"}


def initials(who: Any) -> str:
    """Return the first letters of the last two words: "Nguyễn Thị Hậu" is TH."""
    return "".join(word[0] for word in str(who or "").split()[-2:]).upper()


def percent(part: float, total: float) -> str:
    """Return a share as an SVG length, between 0% and 100%."""
    share = 0.0 if total <= 0 else min(100.0, max(0.0, 100 * part / total))
    return f"{share:.2f}%"


@dataclass(frozen=True)
class Bar:
    """One bar of a wave, in units of its drawing."""

    x: float
    y: float
    height: float


def wave(levels: Sequence[int], bars: int = WAVE_BARS) -> list[Bar]:
    """Thin about 200 levels from 0 to 100 to ``bars`` upright bars; without levels a quiet line."""
    if not levels:
        levels = [6] * bars
    count = min(bars, len(levels))
    drawn = []
    for number in range(count):
        piece = levels[
            number * len(levels) // count : max(
                number * len(levels) // count + 1, (number + 1) * len(levels) // count
            )
        ]
        height = max(3.0, min(100, max(piece)) * WAVE_HEIGHT / 100)
        drawn.append(
            Bar(round(number * 400 / count, 2), round((WAVE_HEIGHT - height) / 2, 1), round(height, 1))
        )
    return drawn


@dataclass(frozen=True)
class StepMark:
    """One step with the number or icon in its ring."""

    name: str
    state: str
    lines: tuple[str, ...]
    number: int
    icon: str
    is_current: bool

    @property
    def look(self) -> str:
        return self.state.replace("_", "-")


def _read(value: Any, name: str, default: Any = "") -> Any:
    return value.get(name, default) if isinstance(value, Mapping) else getattr(value, name, default)


def step_marks(items: Iterable[Any]) -> list[StepMark]:
    """Number the steps; the first that is not done is the current one."""
    marks: list[StepMark] = []
    is_found = False
    for number, item in enumerate(items, start=1):
        state = str(_read(item, "state", "todo")).replace("-", "_")
        is_current = not is_found and state != "done"
        is_found = is_found or is_current
        lines = tuple(str(line) for line in _read(item, "lines", ()) if line)
        marks.append(
            StepMark(str(_read(item, "name")), state, lines, number, STEP_ICONS.get(state, ""), is_current)
        )
    return marks


@dataclass(frozen=True)
class Pair:
    """A stretch of text and how it is read; ``number`` joins the twins."""

    number: int
    source: str
    spoken: str
    is_changed: bool
    is_sure: bool


def pairs(stretches: Iterable[Any]) -> list[Pair]:
    """Number the stretches; one that reads as it is written is not marked."""
    return [
        Pair(
            number,
            str(_read(stretch, "source")),
            str(_read(stretch, "spoken", _read(stretch, "source"))),
            _read(stretch, "rule", None) is not None,
            bool(_read(stretch, "sure", True)),
        )
        for number, stretch in enumerate(stretches)
    ]
