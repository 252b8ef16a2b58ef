# SPDX-License-Identifier: AGPL-3.0-or-later
"""The agent: puts the parts together and watches over them; one that dies ends the process."""

import asyncio
import logging
import random
import signal
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from loa_device import enrolment
from loa_device.bookkeeping import Bookkeeping
from loa_device.budget import ByteBudget
from loa_device.clock import Clock, Sources
from loa_device.enrolment import DeviceKey
from loa_device.fetching import Fetching
from loa_device.following import Following
from loa_device.hearing import Ear, Microphone
from loa_device.link import Link
from loa_device.media import MediaStore
from loa_device.monitor import Monitor, Tap
from loa_device.player import Player
from loa_device.playlog import PlayLog
from loa_device.report import Reporter
from loa_device.repository import RefreshError, Repository
from loa_device.sinks import Sink
from loa_device.state import DeviceHome
from loa_device.token import expires_at
from loa_device.watchdog import notify
from loa_device.web import Web, WebError
from loa_protocol.enrolment import Credential
from loa_protocol.errors import ProtocolError
from loa_protocol.wire import Look

log = logging.getLogger(__name__)

POLL_SECONDS = 30.0  # between two looks at the repository
SPREAD_SECONDS = 0.5  # devices that are told together to look do not all come in the same instant
REMEMBER_SECONDS = 60.0  # between two writes of the time floor
CLOCK_SECONDS = 1.0  # between two looks at the kernel's clock
STATUS_SECONDS = 2.0
CANCELLED_AGAIN_AFTER = 1.0  # s
WATCHDOG_SECONDS = 10.0  # the service's WatchdogSec is 60
STANDS_STILL = 30.0  # s without a turn of the player's loop, which turns every 5 s at least
RENEW_BEFORE = timedelta(days=7)  # before the messaging token ends


class Agent:
    """One loudspeaker.

    Args:
        home: the device's folder, made and locked by the caller.
        credential: from enrolment.
        open_sink: opens where sound goes; it is steered by the agent's clock.
        sources: where time comes from.
        daily_bytes: of sound that may be fetched a day; 0 is no limit.
        microphone: hears whether the loudspeaker sounds; None where there is none.

    Raises:
        SinkError: the sink cannot be opened.
        OSError: the folder cannot be written.
    """

    def __init__(
        self,
        home: DeviceHome,
        credential: Credential,
        open_sink: Callable[[Clock], Sink],
        *,
        sources: Sources | None = None,
        daily_bytes: int = 0,
        microphone: Microphone | None = None,
    ) -> None:
        sources = sources or Sources()
        self.home = home
        self.credential = credential
        self.clock = Clock(home.clock, sources)
        self.web = Web(self.clock.observe, sources.boot)
        self.play_log = PlayLog(home.play_log, credential.device_id)
        self.media = MediaStore(home.media, credential.media_url, self.web)
        self.following = Following(
            home, credential, self._repository(), self.clock, self.play_log, self.media
        )
        self.tap = Tap()
        sink = open_sink(self.clock)
        self.player = Player(
            clock=self.clock,
            following=self.following,
            media=self.media,
            books=Bookkeeping(self.play_log, self.following, home.progress),
            sink=sink,
            tap=self.tap,
            changed=self._changed,
        )
        self.fetching = Fetching(
            clock=self.clock,
            following=self.following,
            media=self.media,
            play_log=self.play_log,
            budget=ByteBudget(home.traffic, daily_bytes),
            player=self.player,
            changed=self._changed,
        )
        self.ear = Ear(
            microphone,
            now=self.clock.now,
            tap=self.tap,
            player=self.player,
            delay=sink.delay_ms / 1000,
            changed=self._changed,
        )
        key = enrolment.load_or_make_key(home)
        self.reporter = Reporter(
            home=home,
            sign=key.sign,
            name=credential.name,
            clock=self.clock,
            following=self.following,
            player=self.player,
            fetching=self.fetching,
            play_log=self.play_log,
            sink=sink,
            ear=self.ear,
        )
        self.link = self._link(key)
        self.monitor = Monitor(self.clock, self.tap, self.link.publish_sound)
        self._look_now = asyncio.Event()
        self._status_now = asyncio.Event()
        self._urgent = False
        self._renew_now = asyncio.Event()
        self._last_trouble = ""  # what the last look at the repository met

    async def run(self) -> int:
        """Work until told to end (0) or until a part dies (1)."""
        self.following.load()
        self.following.say_state()
        parts: dict[str, Coroutine[Any, Any, object]] = {
            "player": self.player.run(),
            "repository": self._poll(),
            "media": self.fetching.run(),
            "messaging": self.link.run(),
            "listening": self.monitor.run(),
            "hearing": self.ear.run(),
            "clock": self._keep_time(),
            "status": self._tell_status(),
            "credential": self._keep_credential(),
            "watchdog": self._tell_watchdog(),
        }
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
        told = asyncio.create_task(stop.wait(), name="signal")
        try:
            done, _ = await asyncio.wait([*tasks, told], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_all([*tasks, told])
            self.play_log.close()
        return _verdict(done)

    def look(self, message: Look) -> None:
        """Look at the repository soon, or at once when it is urgent."""
        self._urgent = self._urgent or message.urgent
        self._look_now.set()

    async def refresh(self) -> None:
        """Look at the repository once and take up what is new."""
        try:
            is_new = await asyncio.to_thread(self.following.refresh)
        except RefreshError as error:
            self._note_trouble(_refusal(error), is_serious=error.is_attack)
            return
        except ProtocolError as error:
            self._note_trouble(_refusal(error), is_serious=True)
            return
        except OSError as error:
            self._note_trouble(f"the disk cannot be written: {error}", is_serious=True)
            return
        self._note_trouble("", is_serious=False)
        if is_new:
            self.following.say_state()
            await self._remember_time()  # the floor is never below the time by which a set was accepted
        self.player.wake()
        self.fetching.wake()
        if is_new:
            self._changed()

    def _changed(self) -> None:
        self.link.changed()
        self._status_now.set()

    async def _poll(self) -> None:
        while True:
            await self.refresh()
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._look_now.wait()
                if not self._urgent:
                    await asyncio.sleep(random.uniform(0, SPREAD_SECONDS))  # noqa: S311
            except TimeoutError:
                pass
            self._look_now.clear()
            self._urgent = False

    async def _keep_time(self) -> None:
        remembered, state = 0.0, ""
        loop = asyncio.get_running_loop()
        while True:
            self.clock.refresh()
            if self.clock.state != state:
                log.info("time is %s (uncertain by %.1f s)", self.clock.state, self.clock.uncertainty)
                self.player.wake()
                self._changed()
            if loop.time() - remembered >= REMEMBER_SECONDS or self.clock.state != state:
                await self._remember_time()
                remembered = loop.time()
            state = self.clock.state
            await asyncio.sleep(CLOCK_SECONDS)

    async def _remember_time(self) -> None:
        try:
            await asyncio.to_thread(self.clock.remember)
        except OSError as error:
            log.error("the time cannot be stored: %s", error)

    async def _tell_watchdog(self) -> None:
        """Say that the agent is well only while its player is: a player that stands still is no agent."""
        notify("READY=1")
        while True:
            if asyncio.get_running_loop().time() - self.player.turned < STANDS_STILL:
                notify("WATCHDOG=1")
            await asyncio.sleep(WATCHDOG_SECONDS)

    async def _tell_status(self) -> None:
        while True:
            try:
                self.reporter.write_status(is_connected=self.link.is_connected, line=self._last_trouble)
            except OSError as error:
                log.error("the status cannot be written: %s", error)
            try:
                async with asyncio.timeout(STATUS_SECONDS):
                    await self._status_now.wait()
            except TimeoutError:
                pass
            self._status_now.clear()

    async def _keep_credential(self) -> None:
        """Renew the messaging token before it ends, and when the server refuses it."""
        server = enrolment.server_of(self.home, self.credential)
        while True:
            ends = expires_at(self.credential.nats_jwt)
            left = (ends - self.clock.utc()).total_seconds() if ends else 3600.0
            due = max(60.0, min(3600.0, left - RENEW_BEFORE.total_seconds()))
            try:
                async with asyncio.timeout(due):
                    await self._renew_now.wait()
            except TimeoutError:
                if ends is None or left > RENEW_BEFORE.total_seconds():
                    continue
            await self._renew(server)
            await asyncio.sleep(10.0)
            self._renew_now.clear()

    async def _renew(self, server: str) -> None:
        now = self.clock.utc()
        try:
            self.credential = await asyncio.to_thread(
                enrolment.renew, self.home, self.web, self.credential, server, now
            )
            log.info("the messaging credential was renewed")
        except (WebError, enrolment.EnrolmentError, OSError) as error:
            log.warning("the messaging credential was not renewed: %s", error)

    def _note_trouble(self, text: str, *, is_serious: bool) -> None:
        if text and text != self._last_trouble:
            log.log(logging.ERROR if is_serious else logging.WARNING, "repository: %s", text)
        elif self._last_trouble and not text:
            log.info("repository: reached again")
        is_new = text != self._last_trouble
        self._last_trouble = text
        if is_new and is_serious:
            self._changed()  # a refusal is reported at once

    def _repository(self) -> Repository:
        return Repository(
            metadata=self.home.metadata,
            staging=self.home.staging,
            verified=self.home.verified,
            base_url=self.credential.repository_url,
            root=self.credential.tuf_root.encode(),
            web=self.web,
        )

    def _link(self, key: DeviceKey) -> Link:
        return Link(
            credential=lambda: self.credential,
            key=key,
            clock=self.clock,
            play_log=self.play_log,
            heartbeat=lambda: self.reporter.heartbeat(),
            on_look=self.look,
            on_listen=lambda seconds: self.monitor.lease(seconds),
            on_refused=lambda: self._renew_now.set(),
        )


def _refusal(error: RefreshError | ProtocolError) -> str:
    """Say what was refused, in a form that a log can be searched for: `refused: file: code: details`."""
    return f"refused: {error.file or 'repository'}: {error.code}: {error}"


async def end_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until all of them have ended.

    Once is not enough: where an answer comes in the moment of the cancellation, `asyncio.wait_for` of Python 3.11
    returns the answer and the cancellation is lost. Such a task would go on for ever, and with it the process.
    """
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=CANCELLED_AGAIN_AFTER)


def _verdict(done: set[asyncio.Task[object]] | set[asyncio.Task[Any]]) -> int:
    """Say which part ended and why; 0 when the agent was told to end."""
    for task in done:
        if task.get_name() == "signal":
            continue
        error = None if task.cancelled() else task.exception()
        log.critical("the part %r ended: %r", task.get_name(), error, exc_info=error)
        return 1
    log.info("told to end at %s", datetime.now(UTC).isoformat(timespec="seconds"))
    return 0
