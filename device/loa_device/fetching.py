# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeping the folder of sound files right: what is needed is fetched, what was withdrawn is removed."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from loa_device.budget import ByteBudget
from loa_device.clock import Clock
from loa_device.following import Following
from loa_device.media import MediaError, MediaStore
from loa_device.player import Player
from loa_device.playlog import PlayLog
from loa_protocol.statements import RenditionRef

log = logging.getLogger(__name__)

IDLE = 30.0  # s between two looks when nothing happens
WRONG = frozenset({"hash_mismatch", "wrong_size"})  # the bytes themselves, not the line or the disk
FIRST_RETRY, LAST_RETRY = 2.0, 300.0  # s


@dataclass
class _Trouble:
    """A file that could not be fetched."""

    code: str
    wait: float = FIRST_RETRY  # s
    again: float = field(default_factory=time.monotonic)


class Fetching:
    """Fetches what is wanted, one file at a time, and removes what is not.

    Args:
        clock: trusted time.
        following: says what is wanted and what was withdrawn.
        media: the folder.
        play_log: takes the reports of withdrawn releases that are held no more.
        budget: bytes that a day may cost.
        player: told when a file is ready; asked whether a withdrawn sound has stopped.
        changed: called when the set of files changed.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        following: Following,
        media: MediaStore,
        play_log: PlayLog,
        budget: ByteBudget,
        player: Player,
        changed: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._following = following
        self._media = media
        self._log = play_log
        self._budget = budget
        self._player = player
        self._changed = changed
        self._wake = asyncio.Event()
        self._wanted: dict[str, RenditionRef] = {}
        self._trouble: dict[str, _Trouble] = {}
        self.deferred: frozenset[str] = frozenset()  # files that wait for tomorrow's budget

    def wake(self) -> None:
        """Look again at once."""
        self._wanted = self._now_wanted()  # a download that is no longer wanted ends at its next piece
        self._wake.set()

    def trouble(self) -> dict[str, str]:
        """Return the files that could not be fetched, with the reason code."""
        return {sha256: trouble.code for sha256, trouble in self._trouble.items()}

    async def run(self) -> None:
        """Fetch and tidy, for ever."""
        while True:
            self._wake.clear()
            self._wanted = self._now_wanted()
            await self._tidy()
            ref = self._next()
            if ref is not None:
                await self._fetch(ref)
            else:
                await self._rest()

    def _now_wanted(self) -> dict[str, RenditionRef]:
        return {ref.sha256: ref for ref in self._following.wanted(self._clock.utc())}

    def _next(self) -> RenditionRef | None:
        now = time.monotonic()
        self.deferred = self._over_budget()
        for sha256, ref in self._wanted.items():
            trouble = self._trouble.get(sha256)
            is_due = sha256 not in self._media.ready | self.deferred
            if is_due and (trouble is None or trouble.again <= now):
                return ref
        return None

    def _over_budget(self) -> frozenset[str]:
        """Return the files that do not fit into what is left of today's budget."""
        now, urgent = self._clock.utc(), self._following.urgent()
        missing = [one for one in self._wanted.values() if one.sha256 not in self._media.ready | urgent]
        return frozenset(one.sha256 for one in missing if not self._budget.allows(one.size, now))

    async def _rest(self) -> None:
        now = time.monotonic()
        missing = [self._trouble[one].again for one in self._wanted if one in self._trouble]
        try:
            async with asyncio.timeout(max(0.1, min([IDLE, *(again - now for again in missing)]))):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _fetch(self, ref: RenditionRef) -> None:
        before = self._media.bytes_fetched
        try:
            await asyncio.to_thread(self._media.fetch, ref, wanted=lambda: ref.sha256 in self._wanted)
        except MediaError as error:
            former = self._trouble.get(ref.sha256)
            wait = min(LAST_RETRY, former.wait * 2) if former else FIRST_RETRY
            again = time.monotonic() + (0.0 if error.code == "given_up" else wait)
            self._trouble[ref.sha256] = _Trouble(error.code, wait, again)
            is_wrong = error.code in WRONG
            text = "refused: media/%s: %s: %s" if is_wrong else "media/%s is not ready: %s: %s"
            log.log(logging.ERROR if is_wrong else logging.WARNING, text, ref.sha256, error.code, error)
        else:
            self._trouble.pop(ref.sha256, None)
            log.info("%s is ready", ref.sha256[:12])
            self._player.wake()
        try:
            await asyncio.to_thread(self._budget.spend, self._media.bytes_fetched - before, self._clock.utc())
        except OSError as error:
            log.error("the day's traffic cannot be stored: %s", error)
        self._changed()

    async def _tidy(self) -> None:
        """Remove what nothing needs; a file that sounds now stays until it has ended or was stopped."""
        trusted = self._following.trusted
        if trusted is None:
            return
        await self._player.quiet(trusted.withdrawn)
        keep = set(self._wanted)
        if self._player.sounding is not None:
            keep.add(self._player.sounding.due.item.rendition_sha256)
        before = self._media.ready
        try:
            await asyncio.to_thread(self._media.tidy, keep)
        except OSError as error:
            log.error("files cannot be removed: %s", error)
            return
        self._trouble = {one: what for one, what in self._trouble.items() if one in keep}
        held = set(self._following.holding())
        told = [self._note_gone(one) for one in sorted(trusted.withdrawn - held)]
        if self._media.ready != before or any(told):
            self._changed()

    def _note_gone(self, release_id: str) -> bool:
        stopped = self._player.stopped_at.get(release_id, self._clock.utc())
        try:
            is_new = not self._log.is_gone(release_id) and self._log.note_gone(release_id, stopped)
        except sqlite3.OperationalError as error:
            log.error("that release %s is held no more cannot be written: %s", release_id, error)
            return False
        if is_new:
            log.info("release %s was withdrawn and is held no more", release_id)
        return is_new
