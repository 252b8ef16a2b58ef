# SPDX-License-Identifier: AGPL-3.0-or-later
"""The gateway's life: connect, take, relay, say that it lives; again after every break until told to stop."""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import nats
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from loa.config import clock, messaging
from loa.devices import intake
from loa.gateway import inbound, outbound
from loa.jobs import outbox, processes
from loa.releases import authority
from loa_protocol.errors import MalformedError
from loa_protocol.wire import Heartbeat, TimeReply, encode_message

POLL_SECONDS = 0.2
HEARTBEAT_SECONDS = 1.0  # at most one write of heartbeats a second
PAUSE_AFTER_BREAK = 1.0  # s
FLUSH_SECONDS = 5
DATABASE_THREADS = 4
QUEUE = "gateway"  # several gateways share the work

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Gateway:
    """Stands between messaging and database; the database is only touched in threads."""

    def __init__(self) -> None:
        self.identity = processes.new_identity()
        self._stop = asyncio.Event()
        self._connected = asyncio.Event()
        self._client: Client | None = None
        self._beats: dict[str, Heartbeat] = {}
        self._threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="database")
        self._installation = authority.installation()

    def stop(self) -> None:
        """End after what is in hand."""
        self._stop.set()

    async def run(self) -> None:
        """Serve until ``stop``."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_connected())
            group.create_task(self._every(HEARTBEAT_SECONDS, self._store_beats))
            group.create_task(self._every(POLL_SECONDS, self._relay))
            group.create_task(self._every(processes.BEAT_SECONDS, self._say_alive))
            group.create_task(self._say_connected())
        await self._in_thread(processes.leave, self.identity)
        await self._close_threads()

    async def _close_threads(self) -> None:
        """End the database's threads, each with its connection."""
        everyone = threading.Barrier(DATABASE_THREADS)  # so that each thread gets one of the calls

        def close() -> None:
            everyone.wait()
            connections.close_all()

        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._threads, close) for _ in range(DATABASE_THREADS)))
        self._threads.shutdown()

    @property
    def connected(self) -> bool:
        """Whether messaging is reached now."""
        return self._client is not None and self._client.is_connected

    async def _in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        def call() -> T:
            close_old_connections()
            return function(*arguments)

        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

    async def _every(self, seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while not self._stop.is_set():
            try:
                await work()
            except (DatabaseError, NatsError, TimeoutError, OSError) as error:
                logger.warning("%s waits: %s: %s", work.__name__, type(error).__name__, error)
                await self._pause(PAUSE_AFTER_BREAK)
            await self._pause(seconds)

    async def _keep_connected(self) -> None:
        """Hold one connection; the client reconnects by itself until its token ends or is refused."""
        while not self._stop.is_set():
            closed = asyncio.Event()
            try:
                self._client = await self._connect(closed)
            except (NatsError, OSError, TimeoutError) as error:
                logger.warning("Messaging is not reached: %s", error or type(error).__name__)
                await self._pause(PAUSE_AFTER_BREAK)
                continue
            logger.info("Connected to messaging at %s.", messaging.nats_url())
            self._connected.set()
            await self._first_of(closed.wait(), self._stop.wait())
        if self.connected and self._client is not None:
            await self._client.drain()

    @staticmethod
    async def _first_of(*waits: Coroutine[Any, Any, Any]) -> None:
        tasks = [asyncio.create_task(wait) for wait in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()

    async def _connect(self, closed: asyncio.Event) -> Client:
        async def note_closed() -> None:
            closed.set()

        async def note_error(error: Exception) -> None:
            logger.warning("Messaging: %s", error)

        client = await nats.connect(
            **messaging.connect_options(messaging.server_credentials("gateway")),
            name="loa gateway",
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=5,
            allow_reconnect=True,
            closed_cb=note_closed,
            error_cb=note_error,
        )
        devices = f"loa.{self._installation}.*.device.*"
        await client.subscribe(f"{devices}.log", queue=QUEUE, cb=self._answering(inbound.log_answer))
        await client.subscribe(f"{devices}.held", queue=QUEUE, cb=self._answering(inbound.held_answer))
        await client.subscribe(f"{devices}.beat", queue=QUEUE, cb=self._note_beat)
        await client.subscribe(f"{devices}.time", queue=QUEUE, cb=self._tell_time)
        return client

    def _answering(self, answer: Callable[[str, bytes], bytes]) -> Callable[[Msg], Awaitable[None]]:
        """Return a callback that replies after the commit, or not at all: then the device sends again."""

        async def take(message: Msg) -> None:
            try:
                reply = await self._in_thread(answer, message.subject, message.data)
            except DatabaseError:
                logger.exception(
                    "The database refused what came on %s; the device sends it again.", message.subject
                )
                return
            if inbound.may_hear(message.subject, message.reply):
                await message.respond(reply)

        return take

    async def _tell_time(self, message: Msg) -> None:
        """Answer at once: a device measures its clock by this."""
        if inbound.may_hear(message.subject, message.reply):
            await message.respond(encode_message(TimeReply(at=clock.now().timestamp())))

    async def _note_beat(self, message: Msg) -> None:
        beat = inbound.heartbeat(message.subject, message.data)
        if beat is not None:
            self._beats[beat.device_id] = beat

    async def _store_beats(self) -> None:
        beats, self._beats = list(self._beats.values()), {}
        if beats:
            await self._in_thread(intake.take_heartbeats, beats)

    async def _relay(self) -> None:
        client = self._client
        if client is None or not client.is_connected:
            return
        claims = await self._in_thread(_claim)
        sent = []
        for claimed in claims:
            try:
                subject, content = outbound.message(self._installation, claimed.entry)
            except (ValueError, KeyError, TypeError, MalformedError) as error:
                await self._in_thread(_retry, claimed, error)
                continue
            await client.publish(subject, content)
            sent.append(claimed)
        if sent:
            await client.flush(FLUSH_SECONDS)  # the server has them all when it answers
            await self._in_thread(_settle, sent)

    async def _say_connected(self) -> None:
        """Say so at once at the start, so that nobody waits for the next beat."""
        await self._first_of(self._connected.wait(), self._stop.wait())
        await self._say_alive()

    async def _say_alive(self) -> None:
        await self._in_thread(processes.beat, "gateway", self.identity, {"connected": self.connected})


def _claim() -> list[outbox.Claim]:
    return outbox.claim(outbound.TOPICS, now=clock.now())


def _settle(claims: list[outbox.Claim]) -> None:
    outbox.settle(claims, now=clock.now())


def _retry(claimed: outbox.Claim, error: Exception) -> None:
    outbox.retry(claimed, error, now=clock.now())
