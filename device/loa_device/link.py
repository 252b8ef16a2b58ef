# SPDX-License-Identifier: AGPL-3.0-or-later
"""The line to the server's messaging: reports go out until they are confirmed, "look again" comes in.

Nothing that comes in here can make the device sound; at most it looks at the signed files sooner, or lets
somebody listen along.
"""

import asyncio
import base64
import contextlib
import logging
import random
import sqlite3
from collections.abc import Callable
from typing import TypeVar

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from loa_device.clock import Clock
from loa_device.enrolment import DeviceKey
from loa_device.playlog import PlayLog
from loa_protocol.enrolment import Credential
from loa_protocol.errors import MalformedError
from loa_protocol.wire import (
    BEAT_SECONDS,
    Heartbeat,
    HeldReply,
    HoldingReport,
    Listen,
    LogReply,
    Look,
    PlayLogBatch,
    TimeReply,
    Verb,
    decode_message,
    device_subject,
    encode_message,
    look_subject,
)

log = logging.getLogger(__name__)
R = TypeVar("R", LogReply, HeldReply, TimeReply)

CONNECT_SECONDS = 5
REPLY_SECONDS = 10.0
FIRST_WAIT, LAST_WAIT = 1.0, 30.0  # s between attempts
CHANGE_PAUSE = 0.3  # s between two heartbeats at least
BATCH = 200  # play rows in one request
TIME_SECONDS = 2.0  # how long an answer to the question for the time is of use
ASK_PAUSES = ((60.0, 0.05), (1200.0, 0.25))  # s since the first question: until then, s between two
ASK_PAUSE = 8.0  # s, later; some 3 MB a day
# What the library lets escape on a first line that is no NATS server's: anybody may answer on that port.
_ODD = (ValueError, TypeError, AttributeError, LookupError)


class Link:
    """One connection to NATS, made again for ever.

    Args:
        credential: returns the credential in use; it changes when it is renewed.
        key: signs the server's challenge.
        clock: tells when a report was made.
        play_log: rows and ends of withdrawn releases that the server must confirm.
        heartbeat: returns the state of this moment.
        on_look: called when the repository changed.
        on_listen: called with the seconds of a listen lease.
        on_refused: called when the server refuses the credential; it should be renewed.
    """

    def __init__(
        self,
        *,
        credential: Callable[[], Credential],
        key: DeviceKey,
        clock: Clock,
        play_log: PlayLog,
        heartbeat: Callable[[], Heartbeat],
        on_look: Callable[[Look], None],
        on_listen: Callable[[int], None],
        on_refused: Callable[[], None],
    ) -> None:
        self._credential = credential
        self._key = key
        self._clock = clock
        self._log = play_log
        self._heartbeat = heartbeat
        self._on_look = on_look
        self._on_listen = on_listen
        self._on_refused = on_refused
        self._client: Client | None = None
        self._beat_now = asyncio.Event()
        self._rows_now = asyncio.Event()
        self._gone_now = asyncio.Event()
        self._asking: float | None = None  # boot clock when the first question for the time was answered

    @property
    def is_connected(self) -> bool:
        """Whether the line stands."""
        return self._client is not None and self._client.is_connected

    def changed(self) -> None:
        """Send a heartbeat soon, and rows that may have come new."""
        self._beat_now.set()
        self._rows_now.set()
        self._gone_now.set()

    async def publish_sound(self, block: bytes) -> None:
        """Send one sound block; without a line it is lost, as sound is."""
        if self._client is not None and self._client.is_connected:
            try:
                await self._client.publish(self._subject("sound"), block)
            except nats.errors.Error as error:
                log.debug("sound block lost: %s", error)

    async def run(self) -> None:
        """Connect, serve, and connect again, for ever."""
        wait, trouble = FIRST_WAIT, ""
        while True:
            closed = asyncio.Event()
            client = Client()
            try:
                await self._connect(client, closed)
                wait, trouble = FIRST_WAIT, ""
                log.info("connected to %s", self._credential().nats_url)
                await self._serve(client, closed)
            except (OSError, nats.errors.Error, TimeoutError, sqlite3.OperationalError) as error:
                former, trouble = trouble, str(error) or type(error).__name__
                log.log(logging.DEBUG if trouble == former else logging.INFO, "no messaging: %s", trouble)
                if "uthori" in str(error) or "uthentication" in str(error):
                    self._on_refused()
            finally:
                self._client = None
                with contextlib.suppress(AssertionError):  # so it says that it never began to connect
                    await client.close()
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 (spreads load, no secret)
            wait = min(LAST_WAIT, wait * 2)

    async def _connect(self, client: Client, closed: asyncio.Event) -> None:
        credential = self._credential()

        async def on_error(error: Exception) -> None:
            log.log(logging.INFO if client.is_connected else logging.DEBUG, "messaging: %s", error)

        async def on_closed() -> None:
            closed.set()

        try:
            await client.connect(
                credential.nats_url,
                name=f"device {credential.device_id}",
                user_jwt_cb=lambda: bytearray(self._credential().nats_jwt.encode()),
                signature_cb=self._sign,
                inbox_prefix=f"_INBOX.{credential.device_id}",
                max_reconnect_attempts=1,  # of one connect
                allow_reconnect=False,  # this class connects again, with a renewed credential where needed
                connect_timeout=CONNECT_SECONDS,
                ping_interval=10,
                max_outstanding_pings=2,
                error_cb=on_error,
                closed_cb=on_closed,
            )
        except _ODD as error:
            raise nats.errors.Error(
                f"what answers is no messaging: {type(error).__name__}: {error}"
            ) from error

    async def _serve(self, client: Client, closed: asyncio.Event) -> None:
        credential = self._credential()
        self._client = client
        look = look_subject(credential.installation, credential.commune)
        await client.subscribe(look, cb=self._looked)
        await client.subscribe(self._subject("listen"), cb=self._listened)
        self.changed()
        jobs = [
            asyncio.create_task(work)
            for work in (
                closed.wait(),
                self._beat(client),
                self._send_rows(client),
                self._send_gone(client),
                self._ask_time(client),
            )
        ]
        try:
            done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.wait(jobs)
        for job in done:
            job.result()

    async def _beat(self, client: Client) -> None:
        while True:
            self._beat_now.clear()
            await client.publish(self._subject("beat"), encode_message(self._heartbeat()))
            await asyncio.sleep(CHANGE_PAUSE)
            await _wait(self._beat_now, BEAT_SECONDS - CHANGE_PAUSE)

    async def _send_rows(self, client: Client) -> None:
        wait = FIRST_WAIT
        while True:
            self._rows_now.clear()
            rows = await asyncio.to_thread(self._log.pending, BATCH)
            if not rows:
                await _wait(self._rows_now, LAST_WAIT)
                continue
            batch = PlayLogBatch(device_id=self._log.device_id, rows=rows)
            reply = await self._request(client, "log", encode_message(batch), LogReply)
            if reply is not None and not reply.error and reply.stored_up_to >= rows[0].seq:
                await asyncio.to_thread(self._log.confirm, reply.stored_up_to)
                self._beat_now.set()
                wait = FIRST_WAIT
                continue
            if reply is not None:
                log.warning("rows not stored (up to %d): %s", reply.stored_up_to, reply.error)
                await self._rewind(reply, rows[0].seq)
            await asyncio.sleep(wait)
            wait = min(LAST_WAIT, wait * 2)

    async def _rewind(self, reply: LogReply, first: int) -> None:
        """Send confirmed rows again when the server says that it does not have them any more."""
        if reply.stored_up_to < first - 1:
            again = await asyncio.to_thread(self._log.rewind, reply.stored_up_to)
            log.warning("the server has rows up to %d only; %d are sent again", reply.stored_up_to, again)

    async def _send_gone(self, client: Client) -> None:
        wait = FIRST_WAIT
        while True:
            self._gone_now.clear()
            gone = await asyncio.to_thread(self._log.untold_gone)
            if not gone:
                await _wait(self._gone_now, LAST_WAIT)
                continue
            report = HoldingReport(device_id=self._log.device_id, gone=sorted(gone), stopped_at=gone)
            reply = await self._request(client, "held", encode_message(report), HeldReply)
            if reply is not None and reply.ok:
                await asyncio.to_thread(self._log.told_gone, list(gone))
                wait = FIRST_WAIT
                continue
            await asyncio.sleep(wait)
            wait = min(LAST_WAIT, wait * 2)

    async def _ask_time(self, client: Client) -> None:
        """Measure the clock against the server's while nothing keeps the system clock right."""
        while True:
            if self._clock.is_disciplined:
                await asyncio.sleep(LAST_WAIT)
                continue
            sent = self._clock.ticks()
            reply = await self._request(client, "time", b"", TimeReply, TIME_SECONDS)
            if reply is None:  # a server of an older version answers nothing
                await asyncio.sleep(LAST_WAIT)
                continue
            self._clock.observe_precisely(reply.at, sent, self._clock.ticks())
            self._asking = self._asking or sent
            await asyncio.sleep(_ask_pause(sent - self._asking))

    async def _request(
        self, client: Client, verb: Verb, content: bytes, kind: type[R], patience: float | None = None
    ) -> R | None:
        """Ask and wait for the answer; None when there was none that can be understood."""
        try:
            answer = await client.request(self._subject(verb), content, timeout=patience or REPLY_SECONDS)
            return decode_message(answer.data, kind)
        except (nats.errors.TimeoutError, nats.errors.NoRespondersError) as error:
            log.info("no answer to %s: %s", verb, str(error) or type(error).__name__)
        except MalformedError as error:
            log.warning("answer to %s not understood: %s", verb, error)
        return None

    async def _looked(self, message: Msg) -> None:
        try:
            self._on_look(decode_message(message.data, Look))
        except MalformedError as error:
            log.warning("a call to look was not understood: %s", error)

    async def _listened(self, message: Msg) -> None:
        try:
            self._on_listen(decode_message(message.data, Listen).seconds)
        except MalformedError as error:
            log.warning("a call to listen was not understood: %s", error)

    def _subject(self, verb: Verb) -> str:
        credential = self._credential()
        return device_subject(credential.installation, credential.commune, credential.device_id, verb)

    def _sign(self, nonce: str) -> bytes:
        return base64.b64encode(self._key.sign(nonce.encode()))


def _ask_pause(age: float) -> float:
    """Return the s between two questions: many until the drift is known, few later."""
    return next((pause for until, pause in ASK_PAUSES if age < until), ASK_PAUSE)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
