# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import nats
import pytest
from django.db import transaction
from nats.aio.client import Client

from loa.config import environment, messaging, nats_server
from loa.config.home import Home
from loa.config.tests.test_messaging import Server, free_port
from loa.devices import intake
from loa.devices.tests.factories import make_rows
from loa.gateway import inbound, outbound
from loa.gateway.service import Gateway
from loa.jobs import outbox, processes
from loa.jobs.models import OutboxEntry
from loa_protocol import wire
from loa_protocol.errors import MalformedError

COMMUNE = "06970"
DEVICE = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
OTHER = "11111111-8b86-4011-b42d-00c04fc964ff"
HERE = "test"


def subject(verb: wire.Verb, device: str = DEVICE) -> str:
    return wire.device_subject(HERE, COMMUNE, device, verb)


def beat(device: str = DEVICE, *, agenda: int = 1) -> wire.Heartbeat:
    return wire.Heartbeat(
        device_id=device,
        at="2026-11-24T10:02:00Z",
        version="0.1.0",
        agenda_number=agenda,
        plays_until="2026-12-01T00:00:00Z",
        approvers_number=1,
        rules_number=1,
        clock="known",
        clock_offset_ms=0.5,
        volume=80,
        playing_item="",
        playing_since=None,
        output_level_db=None,
        disk_free=1,
        log_backlog=0,
        holding=[],
        refused=[],
    )


class Taken:
    """What reached the database's side."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.logs: list[wire.PlayLogBatch] = []
        self.beats: list[list[wire.Heartbeat]] = []
        self.reports: list[wire.HoldingReport] = []
        monkeypatch.setattr(intake, "take_log", self._log)
        monkeypatch.setattr(intake, "take_heartbeats", self._beats)
        monkeypatch.setattr(intake, "take_holding", self._report)

    def _log(self, batch: wire.PlayLogBatch) -> wire.LogReply:
        self.logs.append(batch)
        return wire.LogReply(stored_up_to=7)

    def _beats(self, beats: list[wire.Heartbeat]) -> int:
        self.beats.append(list(beats))
        return len(beats)

    def _report(self, report: wire.HoldingReport) -> int:
        self.reports.append(report)
        return 1


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Taken:
    return Taken(monkeypatch)


def test_a_batch_is_stored_and_answered(taken: Taken) -> None:
    data = wire.encode_message(wire.PlayLogBatch(device_id=DEVICE, rows=[]))
    reply = wire.decode_message(inbound.log_answer(subject("log"), data), wire.LogReply)
    assert reply == wire.LogReply(stored_up_to=7)
    assert len(taken.logs) == 1


def test_no_device_reports_in_the_name_of_another(taken: Taken) -> None:
    batch = wire.encode_message(wire.PlayLogBatch(device_id=OTHER, rows=[]))
    assert wire.decode_message(inbound.log_answer(subject("log"), batch), wire.LogReply).error == "refused"
    report = wire.encode_message(wire.HoldingReport(device_id=OTHER, gone=["r"], stopped_at={}))
    assert not wire.decode_message(inbound.held_answer(subject("held"), report), wire.HeldReply).ok
    assert inbound.heartbeat(subject("beat"), wire.encode_message(beat(OTHER))) is None
    assert (taken.logs, taken.reports) == ([], [])


@pytest.mark.parametrize(
    ("reply", "hears"),
    [
        (f"_INBOX.{DEVICE}.1.2", True),
        ("", False),
        (f"_INBOX.{OTHER}.1.2", False),
        (f"_INBOX.{DEVICE}", False),
        (wire.look_subject(HERE, COMMUNE), False),
        (wire.events_subject(HERE, COMMUNE), False),
        (subject("listen", OTHER), False),
    ],
)
def test_no_device_speaks_through_the_answer_to_it(reply: str, hears: bool) -> None:
    assert inbound.may_hear(subject("log"), reply) is hears


@pytest.mark.parametrize(
    "poison",
    [
        {"disk_free": 2**63},
        {"disk_free": -1},
        {"agenda_number": 2**53 + 1},
        {"rules_number": 2**80},
        {"log_backlog": 2**40},
        {"volume": 2**70},
        {"playing_item": "\0"},
        {"plays_until": "\0"},
        {"refused": [{"item_id": "a", "release_id": "b", "code": "\0", "due": ""}]},
        {"refused": [{"item_id": "a", "release_id": "b", "code": "c", "due": ""}] * 101},
    ],
)
def test_a_heartbeat_that_no_database_holds_is_refused_before_it_joins_the_others(
    poison: dict[str, Any],
) -> None:
    data = json.dumps({**msgspec.to_builtins(beat()), **poison}).encode()
    assert inbound.heartbeat(subject("beat"), data) is None


@pytest.mark.parametrize("poison", [{"seconds_played": 1e308}, {"level_db": 1e308}, {"level_db": -1e308}])
def test_a_play_row_that_cannot_be_hashed_is_refused(taken: Taken, poison: dict[str, Any]) -> None:
    (row,) = make_rows(DEVICE, 1)
    data = json.dumps({"device_id": DEVICE, "rows": [{**msgspec.to_builtins(row), **poison}]}).encode()
    assert wire.decode_message(inbound.log_answer(subject("log"), data), wire.LogReply).error == "refused"
    assert taken.logs == []


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[1]", b"{" * 500])
def test_what_is_no_message_is_refused_and_stored_nowhere(taken: Taken, data: bytes) -> None:
    assert wire.decode_message(inbound.log_answer(subject("log"), data), wire.LogReply).error == "refused"
    assert not wire.decode_message(inbound.held_answer(subject("held"), data), wire.HeldReply).ok
    assert inbound.heartbeat(subject("beat"), data) is None
    assert taken.logs == []


def test_an_outbox_row_becomes_a_message_of_its_commune() -> None:
    look = OutboxEntry(topic="look", key=COMMUNE, payload={"number": 3, "urgent": True})
    where, content = outbound.message(HERE, look)
    assert where == "loa.test.06970.look"
    assert wire.decode_message(content, wire.Look) == wire.Look(commune=COMMUNE, number=3, urgent=True)
    event = OutboxEntry(topic="event", key=COMMUNE, payload={"kind": "device", "id": DEVICE})
    where, content = outbound.message(HERE, event)
    assert where == "loa.test.06970.events"
    assert wire.decode_message(content, wire.Event) == wire.Event(kind="device", id=DEVICE)


@pytest.mark.parametrize(
    "entry", [OutboxEntry(topic="publish", key="06970"), OutboxEntry(topic="look", key="a.b")]
)
def test_a_row_that_is_no_message_is_refused(entry: OutboxEntry) -> None:
    with pytest.raises((ValueError, MalformedError)):
        outbound.message(HERE, entry)


@pytest.fixture
def server(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    home = Home(tmp_path)
    home.make()
    settings.HOME = home
    settings.ENVIRONMENT = replace(
        environment.read({"LOA_HOME": str(tmp_path), "LOA_INSTALLATION": HERE}), port=free_port()
    )
    running = Server(home, settings.ENVIRONMENT)
    yield running
    running.stop()


def with_gateway(story: Callable[[Client], Awaitable[None]]) -> None:
    """Run a gateway, and a client that may do everything and asks as the device, for the time of ``story``."""

    async def life() -> None:
        gateway = Gateway()
        running = asyncio.create_task(gateway.run())
        entry = replace(messaging.server_credentials("test"), inbox_prefix=f"_INBOX.{DEVICE}")
        client = await nats.connect(**messaging.connect_options(entry))
        while not gateway.connected:
            await asyncio.sleep(0)
        await story(client)
        gateway.stop()
        await running
        await client.close()

    asyncio.run(asyncio.wait_for(life(), 20))


@pytest.mark.django_db(transaction=True)
def test_the_gateway_answers_devices_after_the_commit_and_relays_the_outbox(
    server: Server, taken: Taken
) -> None:
    with transaction.atomic():
        outbox.put("look", key=COMMUNE, payload={"number": 3})

    async def story(client: Client) -> None:
        heard = await client.subscribe(wire.look_subject(HERE, COMMUNE))
        await client.flush()
        batch = wire.encode_message(wire.PlayLogBatch(device_id=DEVICE, rows=[]))
        reply = await client.request(subject("log"), batch, timeout=5)
        assert wire.decode_message(reply.data, wire.LogReply).stored_up_to == 7
        asked = await client.request(subject("time"), b"", timeout=5)
        assert abs(wire.decode_message(asked.data, wire.TimeReply).at - time.time()) < 5
        for agenda in (1, 2, 3):
            await client.publish(subject("beat"), wire.encode_message(beat(agenda=agenda)))
        look = wire.decode_message((await heard.next_msg(timeout=5)).data, wire.Look)
        assert look.number == 3
        while not taken.beats:
            await asyncio.sleep(0.01)

    with_gateway(story)
    assert taken.beats[0][0].agenda_number == 3
    assert sum(len(beats) for beats in taken.beats) == 1  # three in a moment are one write of the newest
    assert not OutboxEntry.objects.filter(done_at=None).exists()
    assert processes.living("gateway") == []  # it took leave


@pytest.mark.django_db(transaction=True)
def test_a_gateway_whose_token_ends_signs_in_anew(
    server: Server, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messaging, "SERVER_LIFE", timedelta(seconds=2))

    async def life() -> None:
        gateway = Gateway()
        running = asyncio.create_task(gateway.run())
        seen: list[Client] = []
        while len(seen) < 2:
            if gateway.connected and gateway._client not in seen:
                assert gateway._client is not None
                seen.append(gateway._client)
            await asyncio.sleep(0.01)
        gateway.stop()
        await running

    asyncio.run(asyncio.wait_for(life(), 20))


def test_the_gateway_loads_no_numpy_and_no_codecs() -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'loa.config.settings_test'\n"
        "import django; django.setup(); import loa.gateway.service\n"
        "print(sorted({'numpy', 'av', 'shapely'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_server_binary_comes_with_the_package() -> None:
    assert Path(nats_server.binary()).exists()
