# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs the real NATS server: what it refuses is its own decision, not ours."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError

from loa.config import clock, environment, messaging, nats_server, nkey_tokens
from loa.config.home import Home
from loa_protocol import wire

COMMUNE, OTHER_COMMUNE = "06970", "06973"
DEVICE, OTHER_DEVICE = "6f9619ff-8b86-4011-b42d-00c04fc964ff", "11111111-8b86-4011-b42d-00c04fc964ff"
HERE = "test"


class Server:
    """A real server in a folder of its own."""

    def __init__(self, home: Home, settings: environment.Environment) -> None:
        self.home, self.settings = home, settings
        nats_server.write_config(home, settings)
        self._process = subprocess.Popen(
            nats_server.command(home), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "Server is ready" in line:
                return
        raise AssertionError("The server did not start.")

    def reload(self) -> None:
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stderr is not None
        self._process.stderr.close()


_given: set[int] = set()


async def _answered(client: Any, subject: str, payload: bytes) -> Any:
    """Ask until somebody listens there, at most 5 seconds."""
    for _attempt in range(50):
        with contextlib.suppress(nats.errors.NoRespondersError):
            return await client.request(subject, payload, timeout=5)
        await asyncio.sleep(0.1)
    raise AssertionError("Nobody answers.")


def free_port() -> int:
    """Return a port that is free together with the two above it.

    It lies below those that the kernel hands out, so that no connection takes it before a server does; where
    the search begins depends on the process, so that two of them do not meet.
    """
    first = 10_000 + os.getpid() * 3 % 18_000
    for port in (*range(first, 32_000, 3), *range(10_000, first, 3)):
        if port not in _given and all(_is_free(port + step) for step in range(3)):
            _given.add(port)
            return port
    raise AssertionError("There are no three free ports in a row.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Server]:
    home = Home(tmp_path)
    home.make()
    settings.HOME = home
    settings.ENVIRONMENT = replace(environment.read({"LOA_HOME": str(tmp_path)}), port=free_port())
    running = Server(home, settings.ENVIRONMENT)
    yield running
    running.stop()


class Refused(asyncio.Queue[str]):
    """What the server refused a client; to get one waits until the server has said so."""

    async def hear(self, error: Exception) -> None:
        self.put_nowait(str(error).lower())


async def connect(
    credentials: messaging.Credentials, refused: Refused | None = None, **options: Any
) -> Client:
    hear = Refused() if refused is None else refused
    return await nats.connect(
        **messaging.connect_options(credentials), error_cb=hear.hear, allow_reconnect=False, **options
    )


def device_credentials(
    device_id: str = DEVICE, *, lives: timedelta = timedelta(hours=1)
) -> messaging.Credentials:
    seed = nkey_tokens.new_seed("user")
    allowed = messaging.device_permissions(HERE, COMMUNE, device_id)
    expires = clock.now() + lives
    token = messaging.user_jwt(
        nkey_tokens.public_key(seed),
        name=device_id,
        publish=allowed.publish,
        subscribe=allowed.subscribe,
        expires=expires,
    )
    return messaging.Credentials(messaging.nats_url(), seed, token, allowed.inbox_prefix, expires)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        await asyncio.wait_for(story(), timeout=10)

    asyncio.run(limited())


def test_a_device_reports_and_gets_an_answer(server: Server) -> None:
    async def story() -> None:
        gateway = await connect(messaging.server_credentials())
        device = await connect(device_credentials())
        subject = wire.device_subject(HERE, COMMUNE, DEVICE, "log")

        async def answer(message: Any) -> None:
            await message.respond(b"stored " + message.data)

        await gateway.subscribe("loa.*.*.device.*.log", cb=answer)
        await gateway.flush()
        reply = await _answered(device, subject, b"7")
        assert reply.data == b"stored 7"
        await device.close()
        await gateway.close()

    run(story)


@pytest.mark.parametrize(
    "subject",
    [
        wire.device_subject(HERE, COMMUNE, OTHER_DEVICE, "log"),
        wire.device_subject(HERE, OTHER_COMMUNE, DEVICE, "beat"),
        wire.device_subject(HERE, COMMUNE, OTHER_DEVICE, "listen"),
        wire.look_subject(HERE, COMMUNE),
        f"_INBOX.{OTHER_DEVICE}.x",
    ],
)
def test_a_device_may_not_speak_on_a_foreign_subject(server: Server, subject: str) -> None:
    async def story() -> None:
        gateway = await connect(messaging.server_credentials())
        heard: list[bytes] = []

        async def hear(message: Any) -> None:
            heard.append(message.data)

        await gateway.subscribe(subject, cb=hear)
        await gateway.flush()
        refused = Refused()
        device = await connect(device_credentials(), refused)
        await device.publish(subject, b"false")
        assert "publish" in await refused.get()
        await gateway.flush()
        assert heard == []
        await device.close()
        await gateway.close()

    run(story)


@pytest.mark.parametrize(
    "subject",
    [
        ">",
        "loa.>",
        wire.look_subject(HERE, OTHER_COMMUNE),
        wire.device_subject(HERE, COMMUNE, OTHER_DEVICE, "sound"),
        f"_INBOX.{OTHER_DEVICE}.>",
        "_INBOX.>",
    ],
)
def test_a_device_may_not_listen_to_a_foreign_subject(server: Server, subject: str) -> None:
    async def story() -> None:
        refused = Refused()
        device = await connect(device_credentials(), refused)
        await device.subscribe(subject)
        await device.flush()
        assert "subscription" in await refused.get()
        await device.close()

    run(story)


def test_a_browser_hears_its_communes_and_no_other_and_reports_nothing(server: Server) -> None:
    async def story() -> None:
        refused = Refused()
        person = messaging.browser_credentials(PERSON, [COMMUNE], url=messaging.nats_url(), installation=HERE)
        assert person.expires_at <= clock.now() + timedelta(minutes=10)
        browser = await connect(person, refused)
        await browser.subscribe(wire.events_subject(HERE, COMMUNE))
        await browser.subscribe(wire.device_subject(HERE, COMMUNE, DEVICE, "sound"))
        await browser.publish(wire.device_subject(HERE, COMMUNE, DEVICE, "listen"), b"{}")
        await browser.flush()
        assert refused.empty()
        await browser.subscribe(wire.events_subject(HERE, OTHER_COMMUNE))
        await browser.publish(wire.device_subject(HERE, COMMUNE, DEVICE, "log"), b"{}")
        await browser.publish(wire.device_subject(HERE, OTHER_COMMUNE, DEVICE, "listen"), b"{}")
        assert [await refused.get() for _ in range(3)]
        await browser.close()

    run(story)


class _Person:
    pk = 7
    full_name = "Nguyễn Thị Hậu"


PERSON = _Person()


def test_a_withdrawn_key_is_thrown_out_and_stays_out(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + timedelta(minutes=1)  # a server takes up no operator's token that was signed anew

    async def story() -> None:
        credentials, other = device_credentials(), device_credentials(OTHER_DEVICE)
        gone = asyncio.Event()

        async def closed() -> None:
            gone.set()

        await connect(credentials, closed_cb=closed)
        stays = await connect(other)
        monkeypatch.setattr("loa.config.clock.now", lambda: later)
        messaging.revoke_device(nkey_tokens.public_key(credentials.seed))
        server.reload()
        await gone.wait()
        with pytest.raises(NatsError):
            await connect(credentials)
        assert stays.is_connected
        await stays.close()

    run(story)


def test_a_token_ends_and_an_altered_one_is_refused(server: Server) -> None:
    async def story() -> None:
        ended = device_credentials(lives=timedelta(seconds=-1))
        with pytest.raises(NatsError):
            await connect(ended)
        good = device_credentials()
        with pytest.raises(NatsError):
            await connect(replace(good, seed=nkey_tokens.new_seed("user")))
        head, body, signature = good.jwt.split(".")
        with pytest.raises(NatsError):
            await connect(replace(good, jwt=".".join((head, body[:-2] + "AA", signature))))

    run(story)


def test_keys_are_closed_to_others_and_made_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    first = nats_server.keys(home)
    assert nats_server.keys(home) == first
    folder = nats_server.keys_folder(home)
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.glob("*.seed"))


def test_the_configuration_is_written_again_only_when_it_changes(tmp_path: Path) -> None:
    home, here = Home(tmp_path), environment.read({"LOA_HOME": str(tmp_path)})
    home.make()
    path = nats_server.write_config(home, here)
    before = path.stat().st_ino
    nats_server.write_config(home, here)
    assert path.stat().st_ino == before
    nats_server.revoke(home, here, nkey_tokens.public_key(nkey_tokens.new_seed("user")))
    assert path.stat().st_ino != before


@pytest.mark.parametrize(
    ("host", "base_url", "url"),
    [
        ("0.0.0.0", "http://10.0.0.7:8420", "nats://10.0.0.7:8421"),
        ("::", "http://[fd00::7]:8420", "nats://[fd00::7]:8421"),
        ("10.0.0.7", "https://loa.example.vn", "nats://10.0.0.7:8421"),
        ("127.0.0.1", "https://loa.example.vn", "nats://localhost:8421"),
    ],
)
def test_a_loudspeaker_on_another_machine_is_told_an_address_that_it_reaches(
    host: str, base_url: str, url: str, settings: Any
) -> None:
    settings.ENVIRONMENT = environment.read({"LOA_HOST": host, "LOA_BASE_URL": base_url})
    settings.BASE_URL = base_url
    assert messaging.device_nats_url() == url
    local = "localhost" if host in messaging.EVERYWHERE else url.removeprefix("nats://").rpartition(":")[0]
    assert messaging.nats_url() == f"nats://{local}:8421"
