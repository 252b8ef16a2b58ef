# SPDX-License-Identifier: AGPL-3.0-or-later
"""What trust costs: verifying an item, a refresh with nothing new, and a release on its way to 1,000 devices.

``loa bench trust``. Devices and signatures are real code; nothing sounds.

* verify an item: the CPU time of reading one release's envelope, checking two signatures under a list of 60
  approvers and asking whether its item may begin; median and worst of 300 releases that were never seen before;
* refresh with nothing new: requests, and all bytes on the wire in both directions with their heads, of the
  device's own TUF client, counted by a proxy;
* release to ready: 1,000 NATS connections of one process are told to look again; each then fetches metadata,
  agenda and the new release as the device's client does, from granian serving the files (as nginx would), spread
  over half a second as devices do. The work of each device itself (everything that a real one does with these
  files, measured on one, alone), the publication (``bench/publish.py``) and the longest waits of worker and
  gateway are added to the slowest hundredth. The audio transfer is not in it.
"""

import asyncio
import base64
import json
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from loa.config.bench import Figure

ROOT = Path(__file__).resolve().parents[1]
for folder in ("bench", "device/tests", "protocol/tests"):
    sys.path.insert(0, str(ROOT / folder))

DEVICES, APPROVERS, RELEASES, PLACEMENTS = 1000, 60, 40, 5
SPREAD = 0.5  # s, loa_device.agent.SPREAD_SECONDS
OUTBOX = 0.4  # s: worker and gateway look at the outbox every 0.2 s each


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    for name, policy in (("server-kept keys", "strict"), ("passkeys", "passkeys")):
        median, worst = _verifying(policy)
        yield Figure(f"verify an item, {name}", median, "ms CPU", at_most=5)
        yield Figure(f"verify an item, {name}, worst of 300", worst, "ms CPU", at_most=5)
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        yield from _on_the_line(Path(name))


def _verifying(policy: str) -> tuple[float, float]:
    """Return median and worst CPU time of one item, in ms."""
    import protocol_cast as cast  # type: ignore[import-not-found]  # lies with the tests

    from loa_protocol.envelope import decode, encode
    from loa_protocol.verify import check_item, verify_release

    signers = (cast.BINH_PASSKEY, cast.CHI_PASSKEY) if policy == "passkeys" else (cast.BINH, cast.CHI)
    others = [
        cast.approver(f"other-{number}", cast.signer(f"{number}"), cast.passkey(f"{number}"))
        for number in range(APPROVERS - 4)
    ]
    approvers = cast.approvers(people=[*cast.approvers().people[:4], *others])
    files = [
        encode(cast.sealed(cast.release(release_id=f"r{number}", policy_id=policy), *signers))
        for number in range(300)
    ]
    items = [cast.item(release_id=f"r{number}") for number in range(300)]
    trust, place, rules, due = cast.trust(), cast.place(), cast.rules(), cast.at("17:00")
    times = []
    for content, item in zip(files, items, strict=True):
        began = time.process_time()
        release = verify_release(decode(content), trust, approvers)
        check_item(item, release, place, rules, starts_utc=due, now=due, plays_today=0)
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times), max(times)


def _on_the_line(folder: Path) -> Iterator[Figure]:
    from simulator import Simulator  # type: ignore[import-not-found]  # lies with the tests

    with Simulator(folder / "server") as server:
        _fill(server)
        yield from _refreshing(folder, server)
        yield from _release_to_ready(folder, server)


def _fill(server: Any) -> None:
    """Place each of 40 releases five times within a week, as a busy commune does."""
    sound = server.sound(1.0)
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    for number in range(RELEASES):
        release = server.release(f"r{number}", sound=sound)
        for place in range(PLACEMENTS):
            starts = begin + timedelta(minutes=30 * (number * PLACEMENTS + place))
            server.place(release, starts, f"i{number}-{place}")
    server.publish()


def _device(folder: Path, server: Any, port: int) -> Any:
    """Return the parts of a real agent that follow the repository through that port."""
    from device_parts import Parts  # type: ignore[import-not-found]  # lies with the tests

    from loa_device.state import DeviceHome

    home = DeviceHome(folder)
    home.make()
    return Parts(home, server.credential(repository_url=f"http://127.0.0.1:{port}/repo/{server.commune}"))


def _refreshing(folder: Path, server: Any) -> Iterator[Figure]:
    from counting import Counting  # type: ignore[import-not-found]  # lies beside this file

    proxy = Counting(int(server.url.rpartition(":")[2]))
    proxy.start()
    parts = _device(folder / "counted", server, proxy.port)
    parts.following.refresh()
    requests, count = len(server.requests), proxy.count
    assert not parts.following.refresh(), "there is something new"
    yield Figure("refresh, nothing new", len(server.requests) - requests, "requests", at_most=2)
    yield Figure("refresh, nothing new, with heads", proxy.count - count, "bytes", at_most=2048)


def _release_to_ready(folder: Path, server: Any) -> Iterator[Figure]:
    publication = _publication_seconds()
    port = _free_port()
    web = subprocess.Popen([sys.executable, __file__, "serve", str(port), str(server.folder)])
    try:
        _wait_for(port)
        parts = _device(folder / "one", server, port)
        parts.following.refresh()
        paths = _release_one_more(server)
        own = _timed(parts.following.refresh)
        waits = sorted(asyncio.run(_Fleet(folder, server.commune, port, paths).run()))
    finally:
        web.terminate()
        web.wait()
    slowest = waits[int(len(waits) * 0.99) - 1]
    yield Figure(f"told and fetched, {DEVICES} devices, median", statistics.median(waits), "s")
    yield Figure(f"told and fetched, {DEVICES} devices, p99", slowest, "s")
    yield Figure("a device's own work with it", own, "s")
    yield Figure("publication", publication, "s")
    whole = publication + OUTBOX + slowest + own
    yield Figure("waits of worker and gateway, at most", OUTBOX, "s")
    yield Figure(f"release to ready, {DEVICES} devices, p99", whole, "s", at_most=3)


def _release_one_more(server: Any) -> list[str]:
    """Publish one more release; return the paths that a device fetches then, in their order."""
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
    server.place(server.release("new"), starts, "new")
    server.publish()
    base = f"/repo/{server.commune}"
    names = {
        name: next(server.folder.glob(f"repo/*/targets/**/*.{name}")) for name in ("agenda.json", "new.json")
    }
    targets = [f"/{path.relative_to(server.folder)}" for path in names.values()]
    metadata = [
        "2.root.json",
        "timestamp.json",
        f"{server.version}.snapshot.json",
        f"{server.version}.targets.json",
    ]
    return [*(f"{base}/metadata/{name}" for name in metadata), *targets]


def _publication_seconds() -> float:
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "publish.py"), "0"], capture_output=True, text=True, check=True
    )
    return float(json.loads(done.stdout)["few"]) / 1000


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class _Fleet:
    """1,000 devices in one process: each a NATS connection that looks again when it is told."""

    def __init__(self, folder: Path, commune: str, port: int, paths: list[str]) -> None:
        self._folder = folder
        self._commune = commune
        self._port = port
        self._paths = paths
        self._told = 0.0
        self._waits: list[float] = []
        self._done = asyncio.Event()

    async def run(self) -> list[float]:
        """Tell them all and return how long each took, in s."""
        from nats_process import NatsProcess  # type: ignore[import-not-found]  # lies with the tests

        from loa_protocol.wire import Look, encode_message, look_subject

        with NatsProcess(self._folder / "nats") as nats:
            clients = [await self._connected(nats) for _number in range(DEVICES)]
            server_side = await nats.server_side()
            subject = look_subject("quang-ninh", self._commune)
            self._told = time.perf_counter()
            await server_side.publish(
                subject, encode_message(Look(commune=self._commune, number=2, urgent=False))
            )
            await server_side.flush()
            async with asyncio.timeout(60):
                await self._done.wait()
            for client in [*clients, server_side]:
                await client.close()
        return self._waits

    async def _connected(self, nats: Any) -> Any:
        from nats.aio.client import Client
        from nats_process import DeviceKey, new_key

        from loa_protocol.wire import look_subject

        key = DeviceKey(new_key("user"))
        token = nats.device_token(key)
        client = Client()
        await client.connect(
            nats.url,
            user_jwt_cb=lambda: bytearray(token.encode()),
            signature_cb=lambda nonce: base64.b64encode(key.sign(nonce.encode())),
        )
        await client.subscribe(look_subject("quang-ninh", self._commune), cb=self._looked)
        await client.flush()
        return client

    async def _looked(self, _message: Any) -> None:
        await asyncio.sleep(random.uniform(0, SPREAD))
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        for path in self._paths:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert (b" 404 " in head[:20]) == path.endswith("/2.root.json"), (path, head)
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(length[1]) if length else 0)
        writer.close()
        self._waits.append(time.perf_counter() - self._told)
        if len(self._waits) == DEVICES:
            self._done.set()


def _app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer for files that are not there."""
    start_response("404 Not Found", [("Content-Length", "0")])
    return [b""]


def _serve(port: int, folder: str) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    sys.path.insert(0, str(ROOT))
    Granian(
        "bench.trust:_app",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        static_path_route=["/repo"],
        static_path_mount=[Path(folder) / "repo"],
        log_enabled=False,
    ).serve()


def _wait_for(port: int) -> None:
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on {port}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__" and sys.argv[1:2] == ["serve"]:
    _serve(int(sys.argv[2]), sys.argv[3])
elif __name__ == "__main__":
    print(json.dumps([figure.as_dict() for figure in measure()], indent=2))
