# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far loudspeakers are apart: real agents whose clocks and sound cards run wrong, each on its own.

``loa bench sync [--minutes N]``. Twenty agents, each a process of its own with the shipped code from enrolment's
credential to the samples, follow one commune. What is simulated is the hardware (``bench/sync_agent.py``): a system
clock that nobody keeps right and a crystal of up to ±200 ppm, and a sound card with another crystal of up to ±200 ppm
whose time stamps are wrong by up to ±1 ms. Every second agent reaches messaging, over which it measures the time,
through a proxy that delays every piece in each direction by 0 to 100 ms (±50 ms).

The agents first run for six minutes, in which they learn their crystals, and are killed; then the measured minutes
begin with their restart. Each of those after the first has an item of 20 s. What a card let out lies in a file with
the true time of its first frame; every second of every item is found in it by correlation, to a fraction of a sample.

* skew: the difference between two agents in the same second of an item, over all pairs and seconds;
* start error: how far an item's first half second is from the agenda's instant, by the clock that the server tells.

The bare figure beside them is the same skew if agents believed the first answer alone and counted on by their
crystals. Snapcast names less than 0.2 ms on a local network, where a server streams to all.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loa.config.bench import Figure

ROOT = Path(__file__).resolve().parents[1]
for tests in ("device/tests", "protocol/tests"):
    sys.path.insert(0, str(ROOT / tests))

AGENTS, RATE = 20, 48_000
PPM = 200.0  # of both crystals, at most
JITTER = 0.1  # s that a piece is delayed at most, one way
ITEM, STEP, WINDOW = 20, 1.0, 24_000  # s of an item, s between two windows, samples in one
SEARCH = 2400  # samples on either side
FIRST = 60  # s until the first item
LEARN = 360  # s in which the agents learn their crystals before the restart


@dataclass(frozen=True)
class _Agent:
    """One simulated machine."""

    name: str
    folder: Path
    clock_ppm: float
    card_ppm: float
    jittery: bool


def measure(minutes: float = 10) -> Iterator[Figure]:
    """Yield the figures."""
    from nats_process import NatsProcess  # type: ignore[import-not-found]  # lies with the tests
    from simulator import Simulator  # type: ignore[import-not-found]

    dice = random.Random(7)
    with tempfile.TemporaryDirectory(prefix="loa-sync-") as name:
        folder = Path(name)
        agents = [
            _Agent(f"d{at}", folder / f"d{at}", dice.uniform(-PPM, PPM), dice.uniform(-PPM, PPM), at % 2 == 1)
            for at in range(AGENTS)
        ]
        with Simulator(folder / "server") as server, NatsProcess(folder / "nats") as nats:
            for agent in agents:
                agent.folder.mkdir()
            _play(agents, server, nats, until=datetime.now(UTC) + timedelta(seconds=LEARN))
            starts, sound = _agenda(server, max(1, round(minutes) - 1))
            _play(agents, server, nats, until=starts[-1] + timedelta(seconds=ITEM + 2))
            yield from _figures(agents, starts, sound)


def _agenda(server: Any, count: int) -> tuple[list[datetime], NDArray[np.int16]]:
    """Publish an item for each minute; return their instants and the sound."""
    from simulated_sounds import decoded  # type: ignore[import-not-found]  # lies with the tests

    sound = server.sound(float(ITEM))
    release = server.release("r1", sound=sound)
    first = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=FIRST)
    starts = [first + timedelta(minutes=number) for number in range(count)]
    for number, start in enumerate(starts):
        server.place(release, start, f"i{number}")
    server.publish()
    return starts, decoded(server.media[sound.sha256])


def _play(agents: list[_Agent], server: Any, nats: Any, *, until: datetime) -> None:
    """Let all agents run until then; a clock that answers and a line that jitters run beside them."""
    line = _Line(nats)
    line.start()
    line.ready.wait(10)
    processes = []
    try:
        for agent in agents:
            _admit(agent, server, nats, line.port if agent.jittery else nats.port)
            command = [
                sys.executable, str(ROOT / "bench" / "sync_agent.py"), str(agent.folder),
                str(agent.clock_ppm), str(agent.card_ppm),
            ]  # fmt: skip
            with (agent.folder / "log").open("ab") as log:
                processes.append(subprocess.Popen(command, stderr=log))
        while datetime.now(UTC) < until:
            time.sleep(1)
            dead = [
                agent.name for agent, one in zip(agents, processes, strict=True) if one.poll() is not None
            ]
            if dead:
                raise RuntimeError(f"agents ended: {', '.join(dead)}")
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()
        line.stop()


def _admit(agent: _Agent, server: Any, nats: Any, port: int) -> None:
    """Put into the agent's folder what an approval would have."""
    from simulated_people import COMMUNE, INSTALLATION  # type: ignore[import-not-found]  # lies with the tests

    from loa_device.enrolment import load_or_make_key
    from loa_device.state import DeviceHome
    from loa_protocol.wire import Verb, device_subject, look_subject

    home = DeviceHome(agent.folder)
    home.make()
    key = load_or_make_key(home)
    verbs: tuple[Verb, ...] = ("log", "beat", "held", "sound", "time")
    own = [device_subject(INSTALLATION, COMMUNE, agent.name, verb) for verb in verbs]
    hears = [look_subject(INSTALLATION, COMMUNE), f"_INBOX.{agent.name}.>"]
    token = nats.user_token(key.public, own, hears)
    server.enrolled(home, device_id=agent.name, nats_url=f"nats://127.0.0.1:{port}", nats_jwt=token)


class _Line(threading.Thread):
    """Messaging's other end: it answers what time it is, and carries every second agent's pieces with delays."""

    def __init__(self, nats: Any) -> None:
        super().__init__(daemon=True)
        self._nats = nats
        self.port = 0
        self.ready = threading.Event()
        self._dice = random.Random(11)
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self) -> None:
        asyncio.run(self._work())

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self.join()

    async def _work(self) -> None:
        from loa_protocol.wire import TimeReply, encode_message

        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        client = await self._nats.server_side()

        async def tell(message: Any) -> None:
            await message.respond(encode_message(TimeReply(at=time.time())))

        await client.subscribe("loa.*.*.device.*.time", cb=tell)

        def accept(near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
            self._tasks.add(asyncio.create_task(self._carry(near, out)))

        proxy = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.port = proxy.sockets[0].getsockname()[1]
        self.ready.set()
        await self._ended.wait()
        proxy.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        await client.close()

    async def _carry(self, near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        far, far_out = await asyncio.open_connection("127.0.0.1", self._nats.port)
        try:
            await asyncio.gather(self._delay(near, far_out), self._delay(far, near_out))
        except OSError:
            return
        finally:
            near_out.close()
            far_out.close()

    async def _delay(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Pass on each piece later; TCP keeps their order."""
        due = 0.0
        while data := await source.read(65536):
            due = max(due, self._loop.time() + self._dice.uniform(0, JITTER))
            self._loop.call_at(due, sink.write, data)


def _figures(agents: list[_Agent], starts: list[datetime], sound: NDArray[np.int16]) -> Iterator[Figure]:
    seconds = np.arange(0.0, ITEM - 1.0, STEP)
    late = np.full((len(agents), len(starts), len(seconds)), np.nan)
    for row, agent in enumerate(agents):
        card = _Recording(agent.folder)
        for column, start in enumerate(starts):
            for place, second in enumerate(seconds):
                late[row, column, place] = card.late(sound, start.timestamp(), float(second))
    missing = int(np.isnan(late).sum())
    flat = late.reshape(len(agents), -1) * 1000
    skews = np.abs(
        np.concatenate([flat[one] - flat[other] for one, other in combinations(range(len(agents)), 2)])
    )
    begins = np.abs(late[:, :, 0]) * 1000
    jittery = np.array([agent.jittery for agent in agents])
    yield Figure("agents", len(agents))
    yield Figure("items each", len(starts))
    yield Figure("seconds of sound that were not found", missing, at_most=0)
    yield Figure("skew between any two, median", float(np.nanmedian(skews)), "ms")
    yield Figure("skew between any two, p99", float(np.nanpercentile(skews, 99)), "ms", at_most=1)
    yield Figure("skew between any two, worst", float(np.nanmax(skews)), "ms")
    yield Figure("start error, worst", float(np.nanmax(begins)), "ms", at_most=5)
    yield Figure("error, quiet line, p99", float(np.nanpercentile(np.abs(flat[~jittery]), 99)), "ms")
    yield Figure("error, jittery line, p99", float(np.nanpercentile(np.abs(flat[jittery]), 99)), "ms")
    yield Figure("bare crystals: skew between any two, p99", _bare(agents, starts), "ms")


def _bare(agents: list[_Agent], starts: list[datetime]) -> float:
    """Return the p99 of the skew if each had set its clock once and counted on by itself."""
    passed = np.array([FIRST + (start - starts[0]).total_seconds() + ITEM / 2 for start in starts])
    ppm = np.array([agent.clock_ppm for agent in agents])
    skews = [abs(one - other) * 1e-6 * passed * 1000 for one, other in combinations(ppm, 2)]
    return float(np.percentile(np.concatenate(skews), 99))


class _Recording:
    """What a simulated card let out, on the true line of time."""

    def __init__(self, folder: Path) -> None:
        line = json.loads((folder / "card.json").read_text())
        self._zero, self._rate = line["utc"], line["rate"]
        self._frames = np.memmap(folder / "card.raw", "<i2", "r")

    def late(self, sound: NDArray[np.int16], start: float, second: float) -> float:
        """Return by how many s a window of the sound left late; NaN where it did not."""
        needle = sound[round(second * RATE) : round(second * RATE) + WINDOW].astype(float)
        # The card's frames are a little longer or shorter than samples; over half a second that is ±5 frames,
        # so the needle is stretched to the card's pace first.
        count = round(WINDOW * self._rate / RATE)
        needle = np.interp(np.arange(count) * RATE / self._rate, np.arange(WINDOW), needle)
        expected = (start + second - self._zero) * self._rate
        begin = round(expected) - SEARCH
        hay = self._frames[max(0, begin) : begin + count + 2 * SEARCH].astype(float)
        if begin < 0 or len(hay) < count + 2 * SEARCH or not hay.any():
            return float("nan")
        products = np.correlate(hay, needle, "valid") if count < 64 else _correlated(hay, needle)
        top = int(np.argmax(products))
        if not 0 < top < len(products) - 1:
            return float("nan")
        before, at, after = products[top - 1 : top + 2]
        peak = top + 0.5 * (before - after) / (before - 2 * at + after)
        return float((begin + peak - expected) / self._rate)


def _correlated(hay: NDArray[np.float64], needle: NDArray[np.float64]) -> NDArray[np.float64]:
    size = 1 << (len(hay) + len(needle)).bit_length()
    spectrum = np.fft.rfft(hay, size) * np.conj(np.fft.rfft(needle, size))
    return np.fft.irfft(spectrum, size)[: len(hay) - len(needle) + 1]


if __name__ == "__main__":
    print(json.dumps([figure.as_dict() for figure in measure(float(sys.argv[1]))], indent=2))
