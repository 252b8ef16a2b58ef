# SPDX-License-Identifier: AGPL-3.0-or-later
"""The agent beside a server of the version before its own, and of the one after."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nats_process import NatsProcess
from simulator import COMMUNE, INSTALLATION, Simulator
from test_link import becomes, line_to, row

from loa_device import enrolment
from loa_device.clock import Sources
from loa_device.enrolment import DeviceKey
from loa_device.state import DeviceHome
from loa_protocol.enrolment import encode_json
from loa_protocol.wire import LogReply, decode_message, device_subject, encode_message, look_subject

pytestmark = pytest.mark.fault
LATER = {"later": {"of": ["the next version"]}, "rung": 3}


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsProcess]:
    with NatsProcess(tmp_path / "nats") as process:
        yield process


def with_more(**fields: Any) -> bytes:
    """A message with fields that this agent has never heard of."""
    return json.dumps({**fields, **LATER}).encode()


def test_answers_with_unknown_fields_are_understood(
    nats: NatsProcess, home: DeviceHome, server: Simulator
) -> None:
    async def work() -> None:
        async with line_to(nats, home, server) as line:
            line.parts.log.finish(row("i1"), "missed")
            line.parts.log.note_gone("r1", line.parts.clock.utc())
            await line.serve("log", lambda _: with_more(stored_up_to=1, error=""))
            await line.serve("held", lambda _: with_more(ok=True, error=""))
            await becomes(lambda: line.parts.log.backlog == 0 and not line.parts.log.untold_gone())
            look = with_more(commune=COMMUNE, number=7, urgent=True)
            await line.server.publish(look_subject(INSTALLATION, COMMUNE), look)
            await becomes(lambda: [one.number for one in line.looks] == [7])

    asyncio.run(work())


def test_a_server_that_tells_no_time_and_permits_no_question_for_it_takes_everything_else(
    nats: NatsProcess, home: DeviceHome, server: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loa_device.link.TIME_SECONDS", 0.1)
    monkeypatch.setattr("loa_device.link.LAST_WAIT", 0.1)
    beats: list[bytes] = []

    def older(key: DeviceKey, *, exp: int = 0) -> str:
        mine = [
            device_subject(INSTALLATION, COMMUNE, "d1", verb) for verb in ("log", "beat", "held", "sound")
        ]
        hears = [look_subject(INSTALLATION, COMMUNE), "_INBOX.d1.>"]
        return nats.user_token(key.public, mine, hears, exp=exp)

    monkeypatch.setattr(nats, "device_token", older)
    sources = replace(Sources(), is_disciplined=lambda: False)

    async def work() -> None:
        async with line_to(nats, home, server, sources=sources) as line:
            await line.serve("beat", lambda data: beats.append(data))
            await line.serve("log", lambda _: encode_message(LogReply(stored_up_to=1)))
            await becomes(lambda: line.link.is_connected)
            await asyncio.sleep(0.3)  # some questions that nobody answers
            line.parts.log.finish(row("i1"), "missed")
            line.link.changed()
            await becomes(lambda: line.parts.log.backlog == 0 and len(beats) >= 2)
            assert line.link.is_connected

    asyncio.run(work())


def test_a_credential_with_unknown_fields_is_taken(home: DeviceHome, server: Simulator) -> None:
    credential = json.loads(encode_json(server.credential()))
    home.credential.write_text(json.dumps({**credential, **LATER}))
    assert enrolment.load_credential(home) == server.credential()


def test_an_answer_without_the_fields_of_later_versions_is_understood() -> None:
    assert decode_message(b'{"stored_up_to":3}', LogReply) == LogReply(stored_up_to=3, error="")
