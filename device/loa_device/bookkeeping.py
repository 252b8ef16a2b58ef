# SPDX-License-Identifier: AGPL-3.0-or-later
"""What happened to each item, as rows of the play log: opened before a sound, closed once and for all."""

import logging
import os
from datetime import datetime
from pathlib import Path

import msgspec

from loa_device.following import Following
from loa_device.playlog import PlayLog
from loa_protocol.playlog import Outcome, PlayRow
from loa_protocol.timeline import Due, Missed, Timeline
from loa_protocol.times import format_utc, parse_utc
from loa_protocol.wire import Refusal

log = logging.getLogger(__name__)

WHOLE = 0.25  # s that may be missing from an item that counts as played
# Reasons that may pass before the cut-off (the file may still come): they become final only then.
_MAY_PASS = frozenset({"no_release", "agenda_ended"})


class _Progress(msgspec.Struct, frozen=True):
    item_id: str
    seconds: float


class Bookkeeping:
    """Writes the play log.

    Args:
        play_log: where rows lie.
        following: what the device follows, for names and reasons.
        progress: small file that says how far the sounding item has come. It is not synced: a killed process
            loses at most a second of it, a power cut a little more, and it never says more than was heard.
    """

    def __init__(self, play_log: PlayLog, following: Following, progress: Path) -> None:
        self._log = play_log
        self._following = following
        self._progress_path = progress

    def resumed(self, due: Due) -> datetime | None:
        """Return when an item began that a former process left open and that still sounds, else None."""
        row = self._log.open_row(due.item.item_id)
        if row is None or row.started is None or parse_utc(row.started) != due.starts:
            return None
        return due.starts

    def begin(self, due: Due, begin: datetime, now: datetime) -> float:
        """Write the open row of an item; nothing of it may leave before this returns.

        Returns:
            Seconds of it that a former process let out.

        Raises:
            sqlite3.Error: it could not be written.
        """
        former = self._log.open_row(due.item.item_id)
        started = format_utc(begin, milliseconds=True)
        if former is not None and former.started == started:
            return self._heard(former)
        row = self._row(
            due.item.item_id, due.release.statement.release_id, format_utc(due.planned), "started"
        )
        verified = format_utc(now, milliseconds=True)
        self._log.begin(msgspec.structs.replace(row, verified=verified, started=started))
        return 0.0

    def progress(self, item_id: str, seconds: float) -> None:
        """Note how much of the sounding item has left."""
        content = msgspec.json.encode(_Progress(item_id, seconds)).ljust(256)
        try:
            descriptor = os.open(self._progress_path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(descriptor, content, 0)
            finally:
                os.close(descriptor)
        except OSError as error:  # no reason to fall silent
            log.error("how far item %s has come cannot be written: %s", item_id, error)

    def end(
        self, due: Due, *, reason: str, now: datetime, seconds: float, level_db: float | None, length: float
    ) -> None:
        """Close the row of an item that sounded, or leave it open when it gave way and may begin again.

        Args:
            reason: why it stopped early; empty when it came to its end.
            seconds: how many left the loudspeaker.
            level_db: mean level, dBFS.
            length: of the whole item, s.
        """
        row = self._log.open_row(due.item.item_id)
        if row is None:
            return
        ended = format_utc(now, milliseconds=True)
        row = msgspec.structs.replace(row, ended=ended, seconds_played=seconds, level_db=level_db)
        if reason == "interrupted":
            self._log.begin(row)
        elif reason:
            self._finish(row, "stopped", reason)
        else:
            self._finish(row, *_how_complete(seconds, length))

    def refuse(self, due: Due, code: str) -> None:
        """Write that an item could not sound."""
        row = self._row(
            due.item.item_id, due.release.statement.release_id, format_utc(due.planned), "refused"
        )
        self._finish(row, "refused", code)

    def settle(self, line: Timeline, now: datetime) -> None:
        """Write final rows for what the timeline says is over: missed, refused at its time, left open."""
        alive = {due.item.item_id for due in (line.current, *line.upcoming) if due is not None}
        alive |= {item.item_id for item in line.waiting} | {one.item_id for one in line.will_miss}
        for missed in line.missed:
            self._miss(missed)
        for refusal in line.refused:
            if parse_utc(refusal.due) <= now:
                self._refuse(refusal, alive)
        for row in self._log.open_rows():
            if row.item_id not in alive:
                self._close_former(row)

    def _miss(self, missed: Missed) -> None:
        row = self._log.open_row(missed.item_id)
        if row is not None:
            heard = msgspec.structs.replace(row, seconds_played=self._heard(row))
            self._finish(heard, "partial", missed.code)
            return
        row = self._row(missed.item_id, missed.release_id, format_utc(missed.due), "missed")
        bad = self._following.why_no_release(missed.release_id)
        if bad:
            self._finish(row, "refused", bad)
        else:
            self._finish(row, "missed", missed.code)

    def _refuse(self, refusal: Refusal, alive: set[str]) -> None:
        bad = self._following.why_no_release(refusal.release_id)
        if refusal.code in _MAY_PASS or refusal.code == bad:
            alive.add(refusal.item_id)
            return
        row = self._log.open_row(refusal.item_id)
        if row is not None:
            self._finish(
                msgspec.structs.replace(row, seconds_played=self._heard(row)), "stopped", refusal.code
            )
        else:
            row = self._row(refusal.item_id, refusal.release_id, refusal.due, "refused")
            self._finish(row, "refused", refusal.code)

    def _close_former(self, row: PlayRow) -> None:
        """Close the row of an item whose time ended while no process, or another one, sounded it."""
        seconds = self._heard(row)
        length = self._following.length(row.item_id)
        outcome, reason = _how_complete(seconds, length if length is not None else seconds + 1)
        closed = msgspec.structs.replace(row, seconds_played=seconds)
        self._finish(closed, outcome, "restarted" if reason else "")

    def _heard(self, row: PlayRow) -> float:
        """Return how many seconds of an open item left, as far as anyone can tell."""
        try:
            noted = msgspec.json.decode(self._progress_path.read_bytes(), type=_Progress)
        except (FileNotFoundError, msgspec.DecodeError):
            return row.seconds_played
        return noted.seconds if noted.item_id == row.item_id else row.seconds_played

    def _row(self, item_id: str, release_id: str, due: str, outcome: Outcome) -> PlayRow:
        item = self._following.item(item_id)
        return PlayRow(
            seq=0,
            device_id=self._log.device_id,
            item_id=item_id,
            release_id=release_id,
            sha256=item.rendition_sha256 if item is not None else "",
            due=due,
            received=self._following.received(item_id),
            verified=None,
            started=None,
            ended=None,
            seconds_played=0.0,
            outcome=outcome,
            reason="",
            level_db=None,
            previous="",
        )

    def _finish(self, row: PlayRow, outcome: Outcome, reason: str) -> None:
        final = self._log.finish(msgspec.structs.replace(row, reason=reason), outcome)
        log.info("row %d: item %s %s %s", final.seq, final.item_id, final.outcome, final.reason)


def _how_complete(seconds: float, length: float) -> tuple[Outcome, str]:
    return ("played", "") if seconds >= length - WHOLE else ("partial", "gap")
