# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the device says of itself: the heartbeat, and the status file that `loa-device status` reads."""

import math
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from loa_device import __version__
from loa_device.clock import Clock
from loa_device.fetching import Fetching
from loa_device.following import Following
from loa_device.hearing import Ear
from loa_device.player import Player
from loa_device.playlog import PlayLog
from loa_device.sinks import Sink
from loa_device.state import DeviceHome, free_bytes, write_fast
from loa_protocol.enrolment import proof_text, witness_proof
from loa_protocol.times import format_utc
from loa_protocol.wire import MAX_REFUSALS, FileRefusal, Health, Heartbeat, Refusal, Witness


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The status file: the last heartbeat, and what only someone at the device needs."""

    pid: int
    name: str
    at: str
    is_connected: bool
    silence: str  # reason code why nothing may play at all; "" when all is well
    line: str  # what the last look at the repository met; "" when all is well
    next_item: str
    next_at: str  # UTC
    troubles: dict[str, str]  # sha256 -> why a file could not be fetched
    heartbeat: dict[str, Any]


class Reporter:
    """Puts together what the parts know."""

    def __init__(
        self,
        *,
        home: DeviceHome,
        sign: Callable[[bytes], bytes],
        name: str,
        clock: Clock,
        following: Following,
        player: Player,
        fetching: Fetching,
        play_log: PlayLog,
        sink: Sink,
        ear: Ear,
    ) -> None:
        self._sink = sink
        self._ear = ear
        self._home = home
        self._sign = sign
        self._witness: Witness | None = None
        self._name = name
        self._clock = clock
        self._following = following
        self._player = player
        self._fetching = fetching
        self._log = play_log

    def heartbeat(self) -> Heartbeat:
        """Return the state of this moment."""
        now = self._clock.utc()
        trusted = self._following.trusted
        sounding = self._player.sounding
        line = self._following.recent_timeline(now)
        refused: tuple[Refusal, ...] = line.refused if line else ()
        ahead = (sounding.due if sounding else None, *(line.upcoming[:1] if line else ()))
        return Heartbeat(
            device_id=self._log.device_id,
            at=format_utc(now),
            version=__version__,
            agenda_number=trusted.agenda.number if trusted else 0,
            plays_until=trusted.agenda.valid_until if trusted else "",
            approvers_number=trusted.approvers.number if trusted else 0,
            rules_number=trusted.rules.number if trusted else 0,
            clock=self._clock.state,
            clock_offset_ms=self._clock.offset_ms,
            volume=next((due.volume for due in ahead if due is not None), 0),
            playing_item=sounding.due.item.item_id if sounding else "",
            playing_since=format_utc(datetime.fromtimestamp(sounding.began, UTC)) if sounding else None,
            output_level_db=sounding.recent_db if sounding else None,
            disk_free=free_bytes(self._home.root),
            log_backlog=self._log.backlog,
            holding=self._following.holding(),
            refused=list(refused[:MAX_REFUSALS]),
            silence=self._following.silence(now),
            refused_files=self._refused_files(),
            witness=self._seen_head(),
            health=self._health(),
        )

    def _health(self) -> Health:
        uncertainty = self._clock.uncertainty * 1000
        return Health(
            sink=self._sink.kind,
            trouble=self._sink.trouble[:200],
            delay_ms=self._sink.delay_ms,
            clock_uncertainty_ms=round(uncertainty, 1) if math.isfinite(uncertainty) else None,
            drift_ppm=self._clock.drift_ppm,
            temperature_c=_temperature(),
            deferred=len(self._fetching.deferred),
            heard=self._ear.verdict,
            heard_item=self._ear.item_id,
        )

    def _refused_files(self) -> list[FileRefusal]:
        refused = self._following.refused_files()
        refused |= {f"media/{sha256}": code for sha256, code in self._fetching.trouble().items()}
        return [FileRefusal(name=name, code=code) for name, code in list(refused.items())[:MAX_REFUSALS]]

    def _seen_head(self) -> Witness | None:
        """Sign which head of the audit log the agenda in force brought; the server cannot take it back then."""
        trusted = self._following.trusted
        if trusted is None or not trusted.agenda.audit_head:
            return None
        agenda, seen = trusted.agenda, self._witness
        if seen is None or (seen.agenda_number, seen.audit_head) != (agenda.number, agenda.audit_head):
            proof = witness_proof(self._log.device_id, agenda.number, agenda.audit_head)
            self._witness = Witness(
                agenda_number=agenda.number,
                audit_head=agenda.audit_head,
                signature=proof_text(self._sign(proof)),
            )
        return self._witness

    def write_status(self, *, is_connected: bool, line: str) -> None:
        """Write the status file for someone at the device.

        Raises:
            OSError: the disk is full.
        """
        now = self._clock.utc()
        ahead = self._following.recent_timeline(now)
        first = ahead.upcoming[0] if ahead and ahead.upcoming else None
        status = Status(
            pid=os.getpid(),
            name=self._name,
            at=format_utc(now),
            is_connected=is_connected,
            silence=self._following.silence(now),
            line=line,
            next_item=first.item.item_id if first else "",
            next_at=format_utc(first.starts) if first else "",
            troubles=self._fetching.trouble(),
            heartbeat=msgspec.to_builtins(self.heartbeat()),
        )
        write_fast(self._home.status, msgspec.json.encode(status))


def _temperature() -> float | None:
    """Return the processor's temperature in °C, where the kernel tells one."""
    for zone in sorted(Path("/sys/class/thermal").glob("thermal_zone*/temp")):
        try:
            return int(zone.read_text()) / 1000
        except (OSError, ValueError):
            continue
    return None


def read_status(home: DeviceHome) -> Status | None:
    """Return what the agent wrote last, or None when it never ran here."""
    try:
        return msgspec.json.decode(home.status.read_bytes(), type=Status)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
