# SPDX-License-Identifier: AGPL-3.0-or-later
"""The line to messaging, against a real NATS server: reports until confirmed, never twice counted."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from device_parts import DISCIPLINED, Parts
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats_process import NatsProcess
from simulator import COMMUNE, INSTALLATION, Simulator

from loa_device import link
from loa_device.clock import Sources
from loa_device.enrolment import load_or_make_key
from loa_device.link import Link
from loa_device.monitor import BLOCK, Monitor, Tap
from loa_device.state import DeviceHome
from loa_device.track import RATE
from loa_protocol.playlog import PlayRow, check_chain
from loa_protocol.wire import (
    Heartbeat,
    HeldReply,
    HoldingReport,
    Listen,
    LogReply,
    Look,
    PlayLogBatch,
    SoundBlock,
    TimeReply,
    Verb,
    decode_message,
    decode_sound,
    device_subject,
    encode_message,
    look_subject,
)

pytestmark = pytest.mark.fault


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsProcess]:
    with NatsProcess(tmp_path / "nats") as process:
        yield process


@dataclass
class Line:
    """A link with what it told and was told."""

    link: Link
    parts: Parts
    server: Client
    looks: list[Look] = field(default_factory=list)
    listens: list[int] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)

    async def serve(self, verb: Verb, answer: Callable[[bytes], bytes | None]) -> None:
        """Answer a device's requests; None loses the reply."""

        async def reply(message: Msg) -> None:
            content = answer(message.data)
            if content is not None:
                await message.respond(content)

        await self.server.subscribe(subject(verb), cb=reply)
        await self.server.flush()


def subject(verb: Verb) -> str:
    return device_subject(INSTALLATION, COMMUNE, "d1", verb)


def heartbeat() -> Heartbeat:
    return Heartbeat(
        device_id="d1", at="2026-11-24T10:00:00Z", version="0", agenda_number=0, plays_until="",
        approvers_number=0, rules_number=0, clock="known", clock_offset_ms=0.0, volume=0, playing_item="",
        playing_since=None, output_level_db=None, disk_free=0, log_backlog=0, holding=[], refused=[],
    )  # fmt: skip


def row(item_id: str) -> PlayRow:
    return PlayRow(
        seq=0, device_id="d1", item_id=item_id, release_id="r1", sha256="", due="2026-11-24T10:00:00Z",
        received=None, verified=None, started=None, ended=None, seconds_played=0.0, outcome="missed",
        reason="", level_db=None, previous="",
    )  # fmt: skip


@contextlib.asynccontextmanager
async def line_to(
    nats: NatsProcess,
    home: DeviceHome,
    server: Simulator,
    *,
    exp: int = 0,
    sources: Sources = DISCIPLINED,
) -> AsyncIterator[Line]:
    key = load_or_make_key(home)
    parts = Parts(
        home, server.credential(nats_url=nats.url, nats_jwt=nats.device_token(key, exp=exp)), sources
    )
    line: Line
    one = Link(
        credential=lambda: parts.credential,
        key=key,
        clock=parts.clock,
        play_log=parts.log,
        heartbeat=heartbeat,
        on_look=lambda look: line.looks.append(look),
        on_listen=lambda seconds: line.listens.append(seconds),
        on_refused=lambda: line.refusals.append(time.monotonic()),
    )
    client = await nats.server_side()
    line = Line(one, parts, client)
    running = asyncio.create_task(one.run())
    try:
        yield line
    finally:
        running.cancel()
        await asyncio.wait([running])
        if client.is_connected:
            await client.close()
        parts.close()


async def becomes(condition: Callable[[], bool], seconds: float = 6.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def run(work: Awaitable[None]) -> None:
    asyncio.run(work)  # type: ignore[arg-type]


def test_a_call_to_look_and_to_listen_arrives(nats: NatsProcess, home: DeviceHome, server: Simulator) -> None:
    async def work() -> None:
        async with line_to(nats, home, server) as line:
            beats: list[bytes] = []
            await line.serve("beat", lambda beat: beats.append(beat))
            await becomes(lambda: line.link.is_connected)
            line.link.changed()
            await becomes(lambda: bool(beats))  # what it sent before, its subscriptions, is in force
            look = Look(commune=COMMUNE, number=4, urgent=True)
            await line.server.publish(look_subject(INSTALLATION, COMMUNE), encode_message(look))
            await line.server.publish(look_subject(INSTALLATION, COMMUNE), b"not a look")
            await line.server.publish(subject("listen"), encode_message(Listen(seconds=30)))
            await becomes(lambda: line.looks == [look] and line.listens == [30])

    run(work())


def test_an_undisciplined_clock_is_measured_against_the_servers(
    nats: NatsProcess, home: DeviceHome, server: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server says 250 ms more than this machine; HTTP has proved the second."""
    monkeypatch.setattr(link, "ASK_PAUSES", ((60.0, 0.02),))

    async def work() -> None:
        async with line_to(
            nats, home, server, sources=replace(Sources(), is_disciplined=lambda: False)
        ) as line:
            clock = line.parts.clock
            now = time.time()
            clock.observe(float(int(now)), clock.ticks() - now % 1 - 1.0, clock.ticks() - now % 1 + 1.0)
            assert abs(clock.now() - time.time()) < 0.01
            await line.serve("time", lambda _: encode_message(TimeReply(at=time.time() + 0.25)))
            await becomes(lambda: 0.2 < clock.now() - time.time() < 0.3)

    run(work())


def test_heartbeats_come_at_once_and_at_each_change(
    nats: NatsProcess, home: DeviceHome, server: Simulator
) -> None:
    async def work() -> None:
        async with line_to(nats, home, server) as line:
            beats: list[Heartbeat] = []

            async def beat(message: Msg) -> None:
                beats.append(decode_message(message.data, Heartbeat))

            await line.server.subscribe(subject("beat"), cb=beat)
            await becomes(lambda: line.link.is_connected)
            line.link.changed()
            await becomes(lambda: bool(beats))
            count = len(beats)
            line.link.changed()
            await becomes(lambda: len(beats) > count, seconds=1.0)

    run(work())


def test_rows_are_stored_once_when_the_reply_is_lost(
    nats: NatsProcess, home: DeviceHome, server: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loa_device.link.REPLY_SECONDS", 0.3)
    monkeypatch.setattr("loa_device.link.FIRST_WAIT", 0.05)
    stored: dict[int, PlayRow] = {}
    batches: list[list[int]] = []

    def store(data: bytes) -> bytes | None:
        rows = decode_message(data, PlayLogBatch).rows
        batches.append([one.seq for one in rows])
        stored.update({one.seq: one for one in rows})
        if len(batches) == 1:
            return None  # committed, but the reply is lost
        return encode_message(LogReply(stored_up_to=max(stored)))

    async def work() -> None:
        async with line_to(nats, home, server) as line:
            for name in ("i1", "i2"):
                line.parts.log.finish(row(name), "missed")
            await line.serve("log", store)
            await becomes(lambda: line.parts.log.backlog == 0)
            line.parts.log.finish(row("i3"), "missed")
            line.link.changed()
            await becomes(lambda: line.parts.log.backlog == 0 and len(stored) == 3)

    run(work())
    assert batches == [[1, 2], [1, 2], [3]]
    check_chain(stored.values(), seq=1)


def test_rows_stay_while_the_server_reports_an_error(
    nats: NatsProcess, home: DeviceHome, server: Simulator
) -> None:
    answers = [LogReply(stored_up_to=0, error="database is away")]
    asked: list[bytes] = []

    def answer(batch: bytes) -> bytes:
        asked.append(batch)
        return encode_message(answers[0])

    async def work() -> None:
        async with line_to(nats, home, server) as line:
            line.parts.log.finish(row("i1"), "missed")
            await line.serve("log", answer)
            await becomes(lambda: len(asked) == 2)
            assert asked[0] == asked[1]
            assert line.parts.log.backlog == 1
            answers[0] = LogReply(stored_up_to=1)
            await becomes(lambda: line.parts.log.backlog == 0)

    run(work())


def test_a_server_that_was_set_back_gets_its_rows_again(
    nats: NatsProcess, home: DeviceHome, server: Simulator
) -> None:
    stored: set[int] = {1}

    def store(data: bytes) -> bytes:
        rows = decode_message(data, PlayLogBatch).rows
        if rows[0].seq == max(stored) + 1:
            stored.update(one.seq for one in rows)
        return encode_message(LogReply(stored_up_to=max(stored)))

    async def work() -> None:
        async with line_to(nats, home, server) as line:
            for name in ("i1", "i2", "i3", "i4"):
                line.parts.log.finish(row(name), "missed")
            line.parts.log.confirm(3)  # before the server was restored from a backup that ends at row 1
            await line.serve("log", store)
            await becomes(lambda: line.parts.log.backlog == 0 and stored == {1, 2, 3, 4})

    run(work())


def test_the_end_of_a_withdrawn_release_is_told_until_confirmed(
    nats: NatsProcess, home: DeviceHome, server: Simulator
) -> None:
    reports: list[HoldingReport] = []

    def take(data: bytes) -> bytes:
        reports.append(decode_message(data, HoldingReport))
        return encode_message(HeldReply(ok=len(reports) > 1))

    async def work() -> None:
        async with line_to(nats, home, server) as line:
            line.parts.log.note_gone("r1", datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
            await line.serve("held", take)
            await becomes(lambda: line.parts.log.untold_gone() == {})

    run(work())
    assert len(reports) == 2
    assert reports[1].stopped_at == {"r1": "2026-11-24T10:00:00Z"}


def test_it_connects_again_after_the_server_was_away(
    nats: NatsProcess, home: DeviceHome, server: Simulator
) -> None:
    async def work() -> None:
        async with line_to(nats, home, server) as line:
            await becomes(lambda: line.link.is_connected)
            await line.server.close()
            nats.stop()
            await becomes(lambda: not line.link.is_connected)
            nats.start()
            await becomes(lambda: line.link.is_connected)

    run(work())


def test_an_ended_token_asks_for_a_new_one_and_the_new_one_works(
    nats: NatsProcess, home: DeviceHome, server: Simulator
) -> None:
    async def work() -> None:
        async with line_to(nats, home, server, exp=int(time.time()) - 10) as line:
            await becomes(lambda: bool(line.refusals))
            jwt = nats.device_token(load_or_make_key(home))
            line.parts.credential = server.credential(nats_url=nats.url, nats_jwt=jwt)
            await becomes(lambda: line.link.is_connected)

    run(work())


def test_a_listener_hears_silence_and_then_sound_in_time(
    nats: NatsProcess, home: DeviceHome, server: Simulator
) -> None:
    """Blocks follow each other without gap, each as it leaves or up to 300 ms before."""
    blocks: list[tuple[float, SoundBlock]] = []

    async def work() -> None:
        async with line_to(nats, home, server) as line:
            tap = Tap()
            monitor = Monitor(line.parts.clock, tap, line.link.publish_sound)

            async def hear(message: Msg) -> None:
                blocks.append((time.time(), decode_sound(message.data)))

            await line.server.subscribe(subject("sound"), cb=hear)
            await becomes(lambda: line.link.is_connected)
            serving = asyncio.create_task(monitor.run())
            started = time.time()
            await becomes(lambda: time.time() * RATE // BLOCK > started * RATE // BLOCK + 1)
            assert blocks == [], "nobody has asked"
            asked = time.time()
            monitor.lease(1)
            await becomes(lambda: bool(blocks))
            assert blocks[0][0] - asked < 0.5
            start = (int(time.time() * RATE) // BLOCK + 3) * BLOCK
            tap.write(start, np.full(2 * BLOCK, 1000, np.int16))
            await becomes(lambda: not monitor.is_open)
            count, ended = len(blocks), time.time()
            await becomes(lambda: time.time() * RATE // BLOCK > ended * RATE // BLOCK + 2)
            assert len(blocks) <= count + 1, "the lease has ended; one block may have been on its way"
            serving.cancel()
            await asyncio.wait([serving])
            loud = [block for _, block in blocks if any(block.pcm)]
            assert start / RATE in [block.at for block in loud]

    run(work())
    for came, block in blocks:
        assert block.rate == 24_000
        assert block.samples == 2400
        assert -0.15 <= block.at - came <= 0.3
    times = [block.at for _, block in blocks]
    assert np.allclose(np.diff(times), 0.1)
