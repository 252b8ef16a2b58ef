# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long an announcement takes to all devices, against a bare publish over the same messaging server.

``loa bench fanout [--devices N]``. N (5,000) connections in four processes, each signed in with a token as a device is,
hear two subjects: their commune's "look again", decoded as the device's link does, and a bare one, whose callback only
notes the time. Both are published in turn, twenty times each, by one connection,
the announcement as the gateway makes it. A time is from the publisher's call to the device's callback; each figure is
the median of the rounds after the first two.
"""

import asyncio
import base64
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loa.config.bench import Figure

ROOT = Path(__file__).resolve().parents[1]
for folder in ("device/tests", "protocol/tests"):
    sys.path.insert(0, str(ROOT / folder))

PROCESSES, ROUNDS, WARM = 4, 20, 2
PATIENCE = 30.0  # s for one round
INSTALLATION, COMMUNE, BARE = "quang-ninh", "06895", "loa.quang-ninh.bare"


def measure(devices: int = 5000) -> Iterator[Figure]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory(prefix="loa-fanout-") as name:
        times = asyncio.run(_rounds(Path(name), devices))
    yield Figure("devices", devices)
    slow = {}
    for kind, name in (("bare", "bare publish"), ("look", "announcement")):
        found = times[kind][WARM:]
        slow[kind] = statistics.median(_p99(one) for one in found)
        yield Figure(f"{name}, median", statistics.median(statistics.median(one) for one in found), "s")
        yield Figure(f"{name}, p99", slow[kind], "s")
        yield Figure(f"{name}, last device", statistics.median(max(one) for one in found), "s")
    missing = sum(devices - len(one) for one in times["look"])
    yield Figure("announcements that did not come", missing, at_most=0)
    yield Figure("p99 against the bare one", slow["look"] / slow["bare"], "times", at_most=1.5)


def _p99(found: list[float]) -> float:
    return sorted(found)[int(len(found) * 0.99) - 1]


async def _rounds(folder: Path, devices: int) -> dict[str, list[list[float]]]:
    """Publish in turn; return how long each device waited, by kind and round."""
    from nats_process import DeviceKey, NatsProcess, new_key  # type: ignore[import-not-found]  # lies with the tests

    from loa_protocol.wire import Look, encode_message, look_subject

    subject = look_subject(INSTALLATION, COMMUNE)
    with NatsProcess(folder / "nats") as nats:
        key = DeviceKey(new_key("user"))
        token = nats.user_token(key.public, [], [subject, BARE, "_INBOX.>"])
        job = {"url": nats.url, "seed": key.pair.seed.decode(), "token": token}
        parts = [devices // PROCESSES + (number < devices % PROCESSES) for number in range(PROCESSES)]
        processes = [await _started({**job, "count": count}) for count in parts if count]
        client = await nats.server_side()
        for process in processes:
            await asyncio.wait_for(process.stdout.readline(), 600)  # all its connections stand
        sent: dict[str, list[float]] = {"bare": [], "look": []}
        for number in range(ROUNDS):
            look = encode_message(Look(commune=COMMUNE, number=number, urgent=True))
            for kind, where, content in (("bare", BARE, str(number).encode()), ("look", subject, look)):
                sent[kind].append(time.monotonic())
                await client.publish(where, content)
                await client.flush()
                for process in processes:
                    await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        await client.close()
        found: dict[str, list[list[float]]] = {kind: [[] for _ in range(ROUNDS)] for kind in sent}
        for process in processes:
            for kind, rows in json.loads((await process.communicate(b"\n"))[0]).items():
                for number, row in rows.items():
                    found[kind][int(number)] += [one - sent[kind][int(number)] for one in row]
    return found


async def _started(job: dict[str, Any]) -> Any:
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "devices", stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=2**26
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(job).encode() + b"\n")
    return process


class _Devices:
    """Some connections; says a line when all stand, and one each time all have heard."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._heard: dict[str, dict[int, list[float]]] = {"bare": {}, "look": {}}

    async def run(self) -> None:
        """Connect, listen, and at the next line of input print every time."""
        clients = [await self._connected() for _number in range(self._job["count"])]
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print(json.dumps(self._heard), flush=True)
        for client in clients:
            await client.close()

    async def _connected(self) -> Any:
        import nkeys
        from nats.aio.client import Client

        from loa_protocol.wire import look_subject

        key = nkeys.from_seed(bytearray(self._job["seed"].encode()))
        client = Client()
        await client.connect(
            self._job["url"],
            user_jwt_cb=lambda: bytearray(self._job["token"].encode()),
            signature_cb=lambda nonce: base64.b64encode(key.sign(nonce.encode())),
            connect_timeout=30,
        )
        await client.subscribe(BARE, cb=self._hear_bare)
        await client.subscribe(look_subject(INSTALLATION, COMMUNE), cb=self._hear_look)
        await client.flush()
        return client

    async def _hear_bare(self, message: Any) -> None:
        self._note("bare", int(message.data))

    async def _hear_look(self, message: Any) -> None:
        from loa_protocol.wire import Look, decode_message

        self._note("look", decode_message(message.data, Look).number)

    def _note(self, kind: str, number: int) -> None:
        times = self._heard[kind].setdefault(number, [])
        times.append(time.monotonic())
        if len(times) == self._job["count"]:
            print("all", flush=True)


if __name__ == "__main__":
    asyncio.run(_Devices(json.loads(sys.stdin.readline())).run())
