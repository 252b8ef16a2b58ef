# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a device does now, as far as it is known: silence is unknown, never done and never failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from loa_protocol.wire import BEAT_SECONDS

FRESH = timedelta(seconds=BEAT_SECONDS * 1.4)  # news older than this is no news
PAGE_FRESH = timedelta(seconds=30)  # a page renews itself every 10 s; after three misses it knows nothing
BEGIN_WITHIN = timedelta(seconds=3)  # between the planned second and the heartbeat that says so

# A report may lift a commune's numbers after a restore, but no broken device may drive them out of sight.
HIGHEST_JUMP = 100_000

# Refusals that are meant to happen: nobody has to look at them.
EXPECTED_REFUSALS = frozenset({"withdrawn", "test_on_live_device", "test_key_device"})
EXPECTED_FILE_TROUBLE = frozenset({"no_line", "given_up"})  # it tries again by itself
SILENT_FOR = timedelta(minutes=2)  # while it starts a device has no agenda and no time: that is no incident


class Now(StrEnum):
    """What a device does now."""

    SOUNDING = "sounding"  # it sounds, or is rightly quiet: as planned
    SILENT = "silent"  # by its own words it does not, or cannot, sound as planned
    UNKNOWN = "unknown"  # no news


@dataclass(frozen=True)
class LastWords:
    """What a device last said."""

    at: datetime  # when we heard it
    plays_until: datetime | None
    clock: str  # "known", "held", "unknown"
    playing_item: str
    agenda_number: int
    silence: str = ""  # its own reason code why nothing may sound; agents of before do not say it


@dataclass(frozen=True)
class State:
    """The state, with the code of its reason; pages turn the code into a sentence."""

    now: Now
    reason: str
    is_playing: bool = False


def state(words: LastWords | None, due_item: str, due_since: datetime | None, now: datetime) -> State:
    """Decide what a device does.

    Args:
        words: its last heartbeat; None when it never sent one.
        due_item: the item that should sound there now; empty when nothing should.
        due_since: since when.
        now: the present moment.
    """
    if words is None:
        return State(Now.UNKNOWN, "never_seen")
    if now - words.at > FRESH:
        return State(Now.UNKNOWN, "lost_contact")
    if words.silence:
        return State(Now.SILENT, words.silence)
    if words.clock == "unknown":
        return State(Now.SILENT, "no_time")
    if words.plays_until is None:
        return State(Now.SILENT, "no_agenda")
    if words.plays_until <= now:
        return State(Now.SILENT, "agenda_ended")
    if words.playing_item:
        return State(Now.SOUNDING, "as_planned", is_playing=True)
    if due_item and due_since is not None and not may_yet_begin(words.at, due_since):
        return State(Now.SILENT, "does_not_play")
    return State(Now.SOUNDING, "ready")


def may_yet_begin(heard_at: datetime, due_since: datetime) -> bool:
    """Say whether a device was last heard before it could tell that what is due sounds."""
    return heard_at - due_since <= BEGIN_WITHIN


def is_silent_long(since: datetime | None, now: datetime) -> bool:
    """Say whether a device has been silent by its own words for so long that a person should look."""
    return since is not None and now - since >= SILENT_FOR


def believable(known: int, reports: Sequence[int], jump: int) -> int:
    """Return the highest number of a file that a commune's devices may have seen.

    A report that leaps is believed when more than half of the devices saw so much: after a theft of the online keys
    they did; a single one that is broken or in strange hands must not lead the others out of reach.

    Args:
        known: what this server's own files show.
        reports: one number from each device.
        jump: a step that is believed of a single device.
    """
    highest, ordered = known, sorted(reports)
    for index, number in enumerate(ordered):
        if number <= highest + jump or 2 * (len(ordered) - index) > len(ordered):
            highest = max(highest, number)
    return highest
