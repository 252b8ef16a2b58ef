# SPDX-License-Identifier: AGPL-3.0-or-later
"""The priority ladder: what happens when something becomes due while something else sounds."""

from typing import Literal, NamedTuple

LadderClass = Literal["normal", "priority", "live", "emergency", "test"]
Action = Literal["preempt", "duck", "queue", "refuse"]
Interrupted = Literal["", "resume", "restart", "drop"]

# From the one that gives way to the one that everything gives way to.
LADDER_CLASSES: tuple[LadderClass, ...] = ("test", "normal", "priority", "live", "emergency")


class Step(NamedTuple):
    """What the arriving one does, and what becomes of the one that sounded (empty: it goes on)."""

    action: Action
    interrupted: Interrupted = ""


_QUEUE = Step("queue")
_REFUSE = Step("refuse")
_RESTART = Step("preempt", "restart")  # speech is said again from its beginning, if its cut-off permits
_DROP = Step("preempt", "drop")

# (playing, arriving) -> step. A voice that speaks now cannot wait in a queue nor be said again.
LADDER: dict[tuple[LadderClass, LadderClass], Step] = {
    ("test", "test"): _QUEUE,
    ("test", "normal"): _DROP,
    ("test", "priority"): _DROP,
    ("test", "live"): _DROP,
    ("test", "emergency"): _DROP,
    ("normal", "test"): _QUEUE,
    ("normal", "normal"): _QUEUE,
    ("normal", "priority"): _QUEUE,
    ("normal", "live"): _RESTART,
    ("normal", "emergency"): _RESTART,
    ("priority", "test"): _QUEUE,
    ("priority", "normal"): _QUEUE,
    ("priority", "priority"): _QUEUE,
    ("priority", "live"): _RESTART,
    ("priority", "emergency"): _RESTART,
    ("live", "test"): _QUEUE,
    ("live", "normal"): _QUEUE,
    ("live", "priority"): _QUEUE,
    ("live", "live"): _REFUSE,
    ("live", "emergency"): _DROP,
    ("emergency", "test"): _QUEUE,
    ("emergency", "normal"): _QUEUE,
    ("emergency", "priority"): _QUEUE,
    ("emergency", "live"): _REFUSE,
    ("emergency", "emergency"): _QUEUE,
}


def step(playing: LadderClass, arriving: LadderClass) -> Step:
    """Return what happens when `arriving` becomes due while `playing` sounds."""
    return LADDER[(playing, arriving)]


def rank(ladder_class: LadderClass) -> int:
    """Return the place on the ladder; the higher one goes first when two become due together."""
    return LADDER_CLASSES.index(ladder_class)


def ladder_class(priority_class: Literal["normal", "priority", "emergency"], *, is_test: bool) -> LadderClass:
    """Return the rung of a release: a test of whatever class gives way to everything real."""
    return "test" if is_test else priority_class
