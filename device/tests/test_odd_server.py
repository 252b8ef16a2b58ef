# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever a server answers, be it in strange hands or another program: the agent refuses it and lives on.

An agent that ends with every start plays nothing more, and what made it end may lie on its disk by then.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import nats.errors
import pytest
from device_parts import Parts
from simulator import Simulator

from loa_device import link
from loa_device.enrolment import load_or_make_key
from loa_device.link import Link
from loa_device.repository import RefreshError
from loa_device.state import DeviceHome
from loa_device.token import expires_at
from loa_protocol.times import parse_utc
from loa_protocol.wire import Heartbeat

GREETINGS = [b"", b"\r\n", b"INFO\r\n", b"INFO []\r\n", b'INFO "x"\r\n', b"INFO {\xff}\r\n", b"SSH-2.0-x\r\n"]
Spoil = Callable[[Simulator], None]


def starting(starts: str) -> Spoil:
    def spoil(server: Simulator) -> None:
        server.items[-1] = msgspec.structs.replace(server.items[-1], starts=starts)

    return spoil


def lasting(issued_at: str, valid_until: str) -> Spoil:
    def spoil(server: Simulator) -> None:
        server.agenda_changes = {"issued_at": issued_at, "valid_until": valid_until}

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        starting("0001-01-01T00:00:00"),
        starting("9999-12-31T23:59:59"),
        lasting("0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z"),
        lasting("9999-12-30T00:00:00Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_an_agenda_at_the_ends_of_the_calendar_is_refused_and_the_former_one_goes_on(
    home: DeviceHome, server: Simulator, spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = Parts(home, server.credential())
    server.place(server.release(), datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10))
    server.publish()
    parts.following.refresh()
    with monkeypatch.context() as careless:  # whoever holds the server writes what he likes
        careless.setattr("loa_protocol.times.is_countable", lambda moment: True)
        spoil(server)
        server.publish()
    parse_utc.cache_clear()  # of what was read carelessly
    with pytest.raises(RefreshError) as caught:
        parts.following.refresh()
    assert (caught.value.code, caught.value.file.rpartition(".")[2]) == ("bad_time", "json")
    parts.close()
    again = Parts(home, server.credential())
    again.following.load()
    line = again.following.timeline(datetime.now(UTC))
    assert line is not None
    assert [one.item.item_id for one in line.upcoming] == ["i1"]


@pytest.mark.parametrize("exp", [10**12, 10**30, -1, 253_370_764_800])
def test_a_token_that_ends_when_no_calendar_counts_any_more_does_not_end(exp: int) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": exp}).encode()).decode().rstrip("=")
    assert expires_at(f"head.{claims}.signature") is None


def test_a_token_says_when_it_ends() -> None:
    claims = base64.urlsafe_b64encode(b'{"exp":1795496400}').decode().rstrip("=")
    assert expires_at(f"head.{claims}.signature") == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert expires_at("no token") is None


def line_to(url: str, home: DeviceHome, server: Simulator) -> tuple[Link, Parts]:
    parts = Parts(home, server.credential(nats_url=url))
    made = Link(
        credential=lambda: parts.credential,
        key=load_or_make_key(home),
        clock=parts.clock,
        play_log=parts.log,
        heartbeat=lambda: cast(Heartbeat, None),
        on_look=lambda _look: None,
        on_listen=lambda _seconds: None,
        on_refused=lambda: None,
    )
    return made, parts


async def attempts(line: Link, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let the line try so often; what ends it is raised."""
    tried = 0
    enough = asyncio.Event()
    connect: Callable[..., Awaitable[None]] = line._connect

    async def counted(*arguments: Any) -> None:
        nonlocal tried
        tried += 1
        if tried >= count:
            enough.set()
        await connect(*arguments)

    monkeypatch.setattr(line, "_connect", counted)
    running = asyncio.create_task(line.run())
    told = asyncio.create_task(enough.wait())
    await asyncio.wait([running, told], return_when=asyncio.FIRST_COMPLETED, timeout=10)
    for one in (running, told):
        one.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert enough.is_set()


@pytest.mark.parametrize("greeting", GREETINGS)
def test_another_program_on_the_port_of_messaging_is_tried_again(
    home: DeviceHome, server: Simulator, monkeypatch: pytest.MonkeyPatch, greeting: bytes
) -> None:
    monkeypatch.setattr(link, "FIRST_WAIT", 0.01)

    async def work() -> None:
        async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(greeting)
            with suppress(OSError):
                await writer.drain()
            writer.close()

        listening = await asyncio.start_server(greet, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        line, parts = line_to(f"nats://127.0.0.1:{port}", home, server)
        await attempts(line, monkeypatch, 2)
        listening.close()
        parts.close()

    asyncio.run(work())


@pytest.mark.parametrize("url", ["", "nats://", "nats://[", "nats://host:99999999", "nats://127.0.0.1:port"])
def test_an_address_that_is_none_is_tried_again(
    home: DeviceHome, server: Simulator, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """It came with a renewed credential and lies on the disk: the next one may be better."""
    monkeypatch.setattr(link, "FIRST_WAIT", 0.01)
    line, parts = line_to(url, home, server)
    asyncio.run(attempts(line, monkeypatch, 2))
    parts.close()


def test_what_the_library_lets_escape_is_named_as_trouble_of_the_line(
    home: DeviceHome, server: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stumbling:
        async def connect(self, *_arguments: Any, **_more: Any) -> None:
            raise AttributeError("'list' object has no attribute 'get'")

    line, parts = line_to("nats://127.0.0.1:9", home, server)
    with pytest.raises(nats.errors.Error, match="no messaging: AttributeError"):
        asyncio.run(line._connect(cast(Any, Stumbling()), asyncio.Event()))
    parts.close()
