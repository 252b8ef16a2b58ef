# SPDX-License-Identifier: AGPL-3.0-or-later
"""States of a device that need a person while they last: decided by its words alone, no database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from loa.devices.network.health import health_in
from loa.devices.rules import is_silent_long
from loa_protocol.times import format_utc
from loa_protocol.wire import Heartbeat

UNKNOWN_FOR = timedelta(minutes=10)  # a modem that dials in again takes a few
CLOCK_UNSURE_MS = 2000.0  # above this two loudspeakers in earshot disturb each other
DISK_LOW = 200_000_000  # bytes: a week of sound for a commune takes some 100 MB
SOUND_DB = -60.0  # dBFS; below that it is the noise of an amplifier

SAID = ("silent", "not_heard", "sound_undue", "clock_unsure", "disk_low")  # kinds that a heartbeat decides
DUE = ("silent_due",)  # kinds for which the calendar is asked
LOST = ("unknown_long",)


@dataclass(frozen=True)
class Condition:
    """What lasts, and why (reason code)."""

    kind: str
    reason: str
    details: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes it the same as one that was there before."""
        return (self.kind, self.reason[:60])


def conditions_of(beat: Heartbeat, silent_since: datetime | None, now: datetime) -> list[Condition]:
    """Return what a heartbeat tells of that a person must look at.

    Args:
        beat: what the device says.
        silent_since: since when it says that nothing may sound there.
        now: the present moment.
    """
    found = []
    if silent_since is not None and is_silent_long(silent_since, now):
        found.append(Condition("silent", beat.silence, {"since": format_utc(silent_since)}))
    level = beat.output_level_db
    if not beat.playing_item and level is not None and level > SOUND_DB:
        found.append(Condition("sound_undue", "level_without_item", {"level_db": level}))
    if beat.disk_free < DISK_LOW:
        found.append(Condition("disk_low", "disk_low", {"free": beat.disk_free}))
    health = health_in(beat)
    if health is None:
        return found
    unsure = health.clock_uncertainty_ms
    if unsure is not None and unsure > CLOCK_UNSURE_MS:
        found.append(Condition("clock_unsure", "uncertainty", {"ms": unsure}))
    if health.heard == "not_heard":
        found.append(Condition("not_heard", "not_heard", {"item": health.heard_item}))
    return found
