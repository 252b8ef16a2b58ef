# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trusted time: known, held (uncertain by at most 60 s) or unknown; with unknown time nothing plays.

Known: the kernel says that the system clock is disciplined, or the server's time was seen within the last
hour. Held: it was known since this machine booted (or a battery clock carried it over the boot) and cannot
have drifted by more than 60 s since. Otherwise unknown. Between observations an undisciplined device counts
on from its last trusted instant by the boot clock, so a stepped system clock changes nothing.

Whether the time is known is told by HTTP answers alone, to the second. Questions over messaging then tell the
milliseconds and the crystal's drift (`corridor.py`); they cannot carry the time out of what HTTP proved.
"""

import ctypes
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from loa_device.corridor import Corridor
from loa_device.state import DamagedError, read_checked, write_checked
from loa_protocol.wire import ClockState

log = logging.getLogger(__name__)

KNOWN_SECONDS = 3600.0  # s after an observation of the server's time
HELD_UNCERTAINTY = 60.0  # s
DRIFT = 200e-6  # s per s of an undisciplined crystal
RTC_DRIFT = 100e-6  # s per s of a battery clock
FLOOR_TOLERANCE = 2.0  # s that a disciplined clock may be turned back
STEP = 0.5  # s between system clock and boot clock that make the agent look again at once
STA_UNSYNC = 0x0040


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """What the clock keeps on disk."""

    floor: float = 0.0  # UTC epoch s; trusted time was at least this
    boot_id: str = ""
    true_time: float = 0.0  # UTC epoch s at `boot_time`
    boot_time: float = 0.0  # s since boot
    uncertainty: float = 0.0  # s
    drift: float | None = None  # s that UTC gains per s of the boot clock; a crystal keeps it for years


class _Timex(ctypes.Structure):
    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    ]


def _kernel_is_disciplined() -> bool:
    """Ask the kernel whether something (NTP, PTP, GPS) keeps the system clock right."""
    state = _Timex()
    result: int = ctypes.CDLL(None).adjtimex(ctypes.byref(state))
    return result in range(5) and not state.status & STA_UNSYNC


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _battery_clock() -> bool:
    """Say whether the kernel took its time from a battery clock when it booted."""
    for flag in Path("/sys/class/rtc").glob("rtc*/hctosys"):
        try:
            if flag.read_text().strip() == "1":
                return True
        except OSError:
            continue
    return False


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where time comes from; tests put other functions here."""

    wall: Callable[[], float] = time.time
    boot: Callable[[], float] = field(default=lambda: time.clock_gettime(time.CLOCK_BOOTTIME))
    is_disciplined: Callable[[], bool] = _kernel_is_disciplined
    boot_id: Callable[[], str] = _boot_id
    has_battery: Callable[[], bool] = _battery_clock


class Clock:
    """Trusted time of one device.

    Args:
        path: file that keeps the floor and the last trusted instant.
        sources: where time comes from.
    """

    def __init__(self, path: Path, sources: Sources | None = None) -> None:
        self._path = path
        self._from = sources or Sources()
        self._kept = _load(path)
        self._disciplined = self._from.is_disciplined()
        self._true: float | None = None  # trusted time at `_boot`
        self._boot = 0.0
        self._drift = 0.0  # s that UTC gains per s of the boot clock, measured
        self._corridor = Corridor(self._kept.drift)
        self._uncertainty = 0.0
        self._seen: float | None = None  # boot time of the last good observation
        self._low, self._high = float("-inf"), float("inf")  # bounds of (UTC − boot clock)
        self._recall()

    def at(self, boot: float) -> float:
        """Return UTC at an instant of the boot clock that is near, as epoch seconds."""
        return self.now() + (boot - self._from.boot()) * (1 + self._drift)

    def now(self) -> float:
        """Return the best knowledge of UTC, as epoch seconds; trust it only as far as `state` says."""
        wall = self._from.wall()
        if self._true is None:
            return wall
        counted = self._counted(self._from.boot())
        if self._disciplined and abs(wall - counted) > STEP:
            self._disciplined = self._from.is_disciplined()
        return wall if self._disciplined else counted

    def _counted(self, boot: float) -> float:
        assert self._true is not None
        return self._true + (boot - self._boot) * (1 + self._drift)

    def ticks(self) -> float:
        """Return the boot clock, by which questions are timed."""
        return self._from.boot()

    def utc(self) -> datetime:
        """Return `now` as an aware datetime."""
        return datetime.fromtimestamp(self.now(), UTC)

    @property
    def is_disciplined(self) -> bool:
        """Whether something keeps the system clock right, so that nobody need be asked."""
        return self._disciplined

    @property
    def drift_ppm(self) -> float | None:
        """How fast UTC runs against the machine's crystal, in millionths; None while nothing measures it."""
        return round(self._drift * 1e6, 1) if self._drift and not self._disciplined else None

    @property
    def offset_ms(self) -> float:
        """How far trusted time is ahead of the system clock, in ms."""
        return round((self.now() - self._from.wall()) * 1000, 3)

    @property
    def floor(self) -> float:
        """The highest trusted time ever stored, epoch seconds; it never falls."""
        return self._kept.floor

    @property
    def uncertainty(self) -> float:
        """By how much `now` may be wrong, in s; infinite when nothing is known."""
        if self._disciplined:
            return 1.0
        if self._true is None:
            return float("inf")
        return self._uncertainty + (self._from.boot() - self._boot) * DRIFT

    @property
    def state(self) -> ClockState:
        """Say how far the time can be trusted."""
        if self.now() < self._kept.floor - FLOOR_TOLERANCE:
            return "unknown"
        if self._disciplined:
            return "known"
        if self._seen is not None and self._from.boot() - self._seen <= KNOWN_SECONDS:
            return "known"
        return "held" if self.uncertainty <= HELD_UNCERTAINTY else "unknown"

    def observe(self, server: float, sent: float, received: float) -> None:
        """Take in the server's time, given in whole seconds (an HTTP `Date`).

        Several answers narrow the bounds down; bounds that contradict each other begin anew. Within them the
        system clock is believed, then what was counted so far: half-second guesses disturb neither.

        Args:
            server: epoch seconds that the server wrote, cut to whole seconds.
            sent: boot clock when the request went out.
            received: boot clock when the answer came.
        """
        boot = self._from.boot()
        drifted = DRIFT * (boot - self._seen) if self._seen is not None else 0.0
        low, high = server - received, server + 1.0 - sent
        self._low, self._high = max(self._low - drifted, low), min(self._high + drifted, high)
        if self._low > self._high:
            self._low, self._high = low, high
        self._seen = boot
        if not self._disciplined:
            ahead = self._believed_ahead()
            worst = max(self._high - ahead, ahead - self._low)
            self._anchor(boot + ahead, worst)

    def observe_precisely(self, server: float, sent: float, received: float) -> None:
        """Take in the server's time as it answered over messaging, to the microsecond.

        Args:
            server: epoch seconds by the server's clock when it answered.
            sent: boot clock when the question went out.
            received: boot clock when the answer came.
        """
        self._corridor.note(sent, server, received)
        line = self._corridor.line
        if line is None or self._disciplined or self._seen is None:
            return
        boot = self._from.boot()
        if self._fits(line.utc(boot) - boot, DRIFT * (boot - self._seen)):
            self._anchor(line.utc(boot), self.uncertainty, line.drift)

    def _believed_ahead(self) -> float:
        """Choose how far UTC is ahead of the boot clock, within the bounds."""
        boot = self._from.boot()
        candidates = [self._from.wall() - boot]
        if self._true is not None:
            candidates.append(self._counted(boot) - boot)
        if self._corridor.line is not None:
            candidates.insert(0, self._corridor.line.utc(boot) - boot)
        for ahead in candidates:
            if self._fits(ahead):
                return ahead
        return (self._low + self._high) / 2

    def _fits(self, ahead: float, drifted: float = 0.0) -> bool:
        """Say whether HTTP answers permit that UTC is so far ahead of the boot clock."""
        return self._low - drifted <= ahead <= self._high + drifted

    def refresh(self) -> None:
        """Look at the kernel's state again; call it about once a second."""
        self._disciplined = self._from.is_disciplined()
        if self._disciplined:
            self._anchor(self._from.wall(), 1.0, 0.0)

    def remember(self) -> None:
        """Store floor and trusted instant durably; call it about once a minute.

        Raises:
            OSError: the disk cannot be written.
        """
        if self.state == "unknown" or self._true is None:
            return
        boot, now = self._from.boot(), self.now()
        self._kept = Remembered(
            floor=max(self._kept.floor, now),
            boot_id=self._from.boot_id(),
            true_time=now,
            boot_time=boot,
            uncertainty=self.uncertainty,
            drift=self._corridor.drift,
        )
        write_checked(self._path, msgspec.json.encode(self._kept))

    def _anchor(self, true_time: float, uncertainty: float, drift: float | None = None) -> None:
        self._true, self._boot, self._uncertainty = true_time, self._from.boot(), uncertainty
        self._drift = self._drift if drift is None else drift

    def _recall(self) -> None:
        """Take over what the last process knew: on the same boot, or through a battery clock."""
        self._drift = self._kept.drift or 0.0
        if self._disciplined:
            self.refresh()
        elif self._kept.boot_id and self._kept.boot_id == self._from.boot_id():
            self._true, self._boot = self._kept.true_time, self._kept.boot_time
            self._uncertainty = self._kept.uncertainty
        elif self._kept.boot_id and self._from.has_battery():
            wall = self._from.wall()
            passed = max(0.0, wall - self._kept.true_time)
            self._anchor(wall, self._kept.uncertainty + 1.0 + passed * RTC_DRIFT)


def _load(path: Path) -> Remembered:
    try:
        return msgspec.json.decode(read_checked(path), type=Remembered)
    except FileNotFoundError:
        return Remembered()
    except (DamagedError, msgspec.DecodeError) as error:
        log.error("the stored time is damaged; somebody has to tell it again: %s", error)
        return Remembered()
