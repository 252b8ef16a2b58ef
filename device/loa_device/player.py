# SPDX-License-Identifier: AGPL-3.0-or-later
"""The player: sample k of an item that begins at T leaves at T + k/48000, by trusted time alone."""

import asyncio
import logging
import math
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from loa_device.bookkeeping import Bookkeeping
from loa_device.clock import Clock
from loa_device.following import Following
from loa_device.media import MediaStore
from loa_device.monitor import Tap
from loa_device.sinks import Sink
from loa_device.track import RATE, Samples, Track, TrackError
from loa_protocol.timeline import Due, Timeline

log = logging.getLogger(__name__)

BLOCK = RATE // 50  # samples in one block: 20 ms
TICK = 0.04  # s between two hand-overs
LEAD = RATE // 5  # samples handed to the sink ahead of their time: what a busy machine may be late by
PREPARE = timedelta(seconds=3)  # before an item begins its file is checked and decoding starts
SOONEST = timedelta(milliseconds=300)  # from the decision to sound to the first sample
COMMIT = timedelta(milliseconds=500)  # before an item begins its row is written
LOOK_AGAIN = 5.0  # s between two looks at the timeline while something sounds; sooner when one is due
LOOK_SOON = 0.5  # s, the same while a file is awaited
PROGRESS = 1.0  # s between two notes of how far the sound has come
IDLE = 5.0  # s, the same while nothing does


def sample_at(moment: float) -> int:
    """Return the number of the sample that leaves at an epoch time (s)."""
    return round(moment * RATE)


def epoch(moment: datetime) -> float:
    """Return epoch seconds of an aware datetime, exact to the microsecond."""
    return moment.timestamp()


@dataclass
class Sounding:
    """What sounds, and how much of it has left."""

    due: Due
    first: int  # sample number at which the item's sample 0 leaves
    cursor: int  # sample number after the last one handed over
    length: int  # samples of the item
    missing: int = 0  # samples that did not leave: passed over, or decoded too late
    before: float = 0.0  # s that left before a restart
    squares: float = 0.0  # sum of squared samples, full scale 1
    counted: int = 0  # samples in `squares`
    recent_db: float | None = field(default=None)  # level of the last block

    @property
    def began(self) -> float:
        """When its first sample left, epoch seconds."""
        return self.first / RATE

    def seconds(self, now: int) -> float:
        """Return how many seconds left by sample number `now`."""
        ahead = max(0, self.cursor - max(now, self.first))
        return max(0.0, round(self.before + (self.counted - ahead) / RATE, 3))

    def level_db(self) -> float | None:
        """Return the mean level so far in dBFS."""
        return decibels(self.squares, self.counted)


def decibels(squares: float, count: int) -> float | None:
    """Return the level of `count` samples with this sum of squares, in dBFS; None for silence."""
    if not count or squares <= 0:
        return None
    return round(10 * math.log10(squares / count), 2)


class Player:
    """Plays what the timeline says, and stops as soon as it says something else.

    Args:
        clock: trusted time.
        following: what to play.
        media: sound files.
        books: the play log's writer.
        sink: where sound goes.
        tap: where listeners hear it.
        changed: called when something begins or ends.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        following: Following,
        media: MediaStore,
        books: Bookkeeping,
        sink: Sink,
        tap: Tap,
        changed: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._following = following
        self._media = media
        self._books = books
        self._sink = sink
        self._tap = tap
        self._changed = changed
        self._wake = asyncio.Event()
        self.turned = float("-inf")  # when it last did something, loop time
        self.sounding: Sounding | None = None
        self.stopped_at: dict[str, datetime] = {}  # release id -> when its sound was stopped

    def wake(self) -> None:
        """Look at the timeline again at once: files, time or the agenda changed."""
        self._wake.set()

    async def quiet(self, release_ids: Collection[str]) -> None:
        """Wait until none of these releases sounds any more; the player stops them by itself."""
        while self.sounding is not None and self.sounding.due.item.release_id in release_ids:
            self.wake()
            await asyncio.sleep(TICK)

    async def run(self) -> None:
        """Play, for ever."""
        try:
            while True:
                self._wake.clear()
                now = self._clock.utc()
                due = await self._next(now)
                if due is None or due.starts > now + PREPARE:
                    await self._sleep(self._pause(due, now))
                elif due.item.rendition_sha256 not in self._media.ready:
                    await self._sleep(LOOK_SOON)  # its file is on its way; the fetcher wakes us
                else:
                    await self._play(due)
        finally:
            self._sink.close()

    async def _next(self, now: datetime) -> Due | None:
        line = self._following.timeline(now)
        if line is None:
            return None
        try:
            await asyncio.to_thread(self._books.settle, line, now)
        except sqlite3.OperationalError as error:  # a full disk; what is due sounds while its own row goes in
            log.error("the play log cannot be written: %s", error)
        return _first(line)

    def _pause(self, due: Due | None, now: datetime) -> float:
        if due is None:
            return IDLE
        return min(IDLE, max(0.05, (due.starts - PREPARE - now).total_seconds()))

    async def _sleep(self, seconds: float) -> None:
        """Wait, at most until woken."""
        self.turned = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _play(self, due: Due) -> None:
        """Prepare, wait for the moment, commit, sound, and write down how it ended."""
        sha256 = due.item.rendition_sha256
        if not await asyncio.to_thread(self._media.check, sha256):
            self._changed()  # no longer ready: the timeline waits for it, the fetcher brings it again
            return
        resumed = self._books.resumed(due)
        offset = 0
        if resumed is not None:
            offset = max(0, sample_at(self._clock.now()) + LEAD - sample_at(epoch(resumed)))
        track = Track(self._media.path(sha256), offset)
        try:
            await track.prepare()
            wanted = await self._moment_of(due)
            if wanted is not None:
                await self._sound(wanted, track, resumed, offset)
        except TrackError as error:
            log.error("item %s cannot be decoded: %s", due.item.item_id, error)
            await asyncio.to_thread(self._books.refuse, due, "not_playable")
        finally:
            await track.close()

    async def _moment_of(self, due: Due) -> Due | None:
        """Wait until the moment to commit; None when the timeline no longer wants this item then."""
        while True:
            self._wake.clear()
            now = self._clock.utc()
            line = self._following.timeline(now)
            wanted = _first(line) if line is not None else None
            if wanted is None or wanted.item.item_id != due.item.item_id:
                return None
            if wanted.starts <= now + COMMIT:
                return wanted
            if wanted.starts > now + 2 * PREPARE:
                return None
            await self._sleep(min(LOOK_AGAIN, (wanted.starts - COMMIT - now).total_seconds()))

    async def _sound(self, due: Due, track: Track, resumed: datetime | None, offset: int) -> None:
        begin = resumed or max(due.starts, _whole_ms(self._clock.utc() + SOONEST))
        first = sample_at(epoch(begin))
        seconds = self._following.length(due.item.item_id) or 0.0
        sounding = Sounding(due=due, first=first, cursor=first + offset, length=math.ceil(seconds * RATE))
        try:
            sounding.before = await asyncio.to_thread(self._books.begin, due, begin, self._clock.utc())
        except sqlite3.OperationalError as error:
            log.error("the play log cannot be written, so item %s stays silent: %s", due.item.item_id, error)
            await asyncio.sleep(1.0)
            return
        self.sounding = sounding
        self._changed()
        log.info("item %s begins at %s", due.item.item_id, begin.isoformat())
        try:
            reason = await self._run_track(sounding, track)
        finally:
            # Also when the process is told to end: what was handed over ahead must not sound on.
            now = sample_at(self._clock.now())
            self._cut(sounding, now)
            self._books.progress(due.item.item_id, sounding.seconds(now))
            self.sounding = None
        if reason:
            self.stopped_at[due.item.release_id] = datetime.fromtimestamp(now / RATE, UTC)
        await self._write_end(sounding, reason, sounding.seconds(now), seconds)
        self._changed()

    async def _write_end(self, sounding: Sounding, reason: str, seconds: float, length: float) -> None:
        log.info("item %s ended after %.1f s %s", sounding.due.item.item_id, seconds, reason)
        try:
            await asyncio.to_thread(
                self._books.end,
                sounding.due,
                reason=reason,
                now=self._clock.utc(),
                seconds=seconds,
                level_db=sounding.level_db(),
                length=length,
            )
        except sqlite3.OperationalError as error:  # its row stays open and is closed when there is room again
            log.error("the end of item %s cannot be written: %s", sounding.due.item.item_id, error)

    async def _run_track(self, sounding: Sounding, track: Track) -> str:
        """Hand over blocks in time until the end; return why it stopped early, or nothing."""
        look_at = note_at = 0.0
        while True:
            now = self._clock.now()
            if self._wake.is_set() or not look_at - LOOK_AGAIN <= now < look_at:
                self._wake.clear()
                reason, look_at = self._why_stop(sounding.due)
                if reason:
                    return reason
            if not note_at - PROGRESS <= now < note_at:
                note_at = now + PROGRESS
                self._books.progress(sounding.due.item.item_id, sounding.seconds(sample_at(now)))
            self._hand_over(sounding, track, sample_at(now))
            if sounding.cursor >= sounding.first + sounding.length and now * RATE >= sounding.cursor:
                return ""
            await asyncio.sleep(TICK)
            self.turned = asyncio.get_running_loop().time()

    def _why_stop(self, due: Due) -> tuple[str, float]:
        """Ask the timeline again.

        Returns:
            Why this item may not sound on, or nothing; and when to ask next, in epoch seconds.
        """
        now = self._clock.utc()
        line = self._following.timeline(now)
        if line is None:
            return self._following.silence(now), 0.0
        mine = due.item.item_id
        refused = next((one.code for one in line.refused if one.item_id == mine), "")
        if refused:
            return refused, 0.0
        if self._following.is_withdrawn(due.item.release_id):
            return "withdrawn", 0.0
        if self._following.item(mine) is None:
            return "not_in_agenda", 0.0
        if line.current is not None and line.current.item.item_id != mine:
            return "interrupted", 0.0
        others = [epoch(one.starts) for one in line.upcoming if one.item.item_id != mine]
        return "", min([epoch(now) + LOOK_AGAIN, *others[:1]])

    def _hand_over(self, sounding: Sounding, track: Track, now: int) -> None:
        """Give the sink everything that leaves within the next 200 ms; pass over what is too late."""
        if sounding.cursor < now and now > sounding.first:
            late = now - sounding.cursor
            track.skip(late)
            sounding.missing += late
            sounding.cursor = now
        end = sounding.first + sounding.length
        while sounding.cursor < min(end, now + LEAD):
            block = track.read(min(BLOCK, end - sounding.cursor))
            if block is None:  # the exact end; the release says it in whole milliseconds
                sounding.length = sounding.cursor - sounding.first
                return
            if not len(block):
                return
            block = _louder(block, sounding.due.volume)
            self._sink.write(sounding.cursor, block)
            self._tap.write(sounding.cursor, block)
            sounding.cursor += len(block)
            _measure(sounding, block)

    def _cut(self, sounding: Sounding, now: int) -> None:
        if sounding.cursor > now:
            self._sink.drop(max(now, sounding.first))
            self._tap.drop(max(now, sounding.first))


def _first(line: Timeline) -> Due | None:
    """Return what sounds now or next."""
    return line.current or (line.upcoming[0] if line.upcoming else None)


def _louder(block: Samples, volume: int) -> Samples:
    """Set the volume in percent of the released loudness."""
    return block if volume >= 100 else (block.astype(np.int32) * volume // 100).astype(np.int16)


def _measure(sounding: Sounding, block: Samples) -> None:
    scaled = block.astype(np.float32) / 32768.0
    squares = float(np.dot(scaled, scaled))
    sounding.squares += squares
    sounding.counted += len(block)
    sounding.recent_db = decibels(squares, len(block))


def _whole_ms(moment: datetime) -> datetime:
    """Round up to a millisecond: play rows hold no finer time, and a resumed item begins from its row."""
    return datetime.fromtimestamp(math.ceil(moment.timestamp() * 1000) / 1000, UTC)
