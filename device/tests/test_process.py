# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real agent processes: to the sample, without a server, killed, withdrawn in the middle."""

import asyncio
import time
import wave
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from agent_process import AgentProcess, files, in_seconds, playing, until, wait_for
from nats.aio.msg import Msg
from nats_process import NatsProcess
from simulated_sounds import RATE, decoded, where
from simulator import COMMUNE, INSTALLATION, Simulator

from loa_device import enrolment
from loa_device.playlog import PlayLog
from loa_device.sinks import recorded
from loa_device.state import DeviceHome
from loa_protocol.playlog import PlayRow
from loa_protocol.times import parse_utc
from loa_protocol.wire import (
    HeldReply,
    HoldingReport,
    Look,
    decode_message,
    device_subject,
    encode_message,
    look_subject,
)

pytestmark = pytest.mark.fault


def rows(home: DeviceHome) -> list[PlayRow]:
    log = PlayLog(home.play_log, "d1")
    try:
        return log.pending(100)
    finally:
        log.close()


def test_a_due_item_sounds_at_its_sample(home: DeviceHome, server: Simulator) -> None:
    server.enrolled(home)
    sound = server.sound(1.5)
    starts = in_seconds(4)
    server.place(server.release(sound=sound), starts)
    server.publish()
    with AgentProcess(home) as agent:
        agent.ready()
        until(lambda: bool(rows(home)), what=agent.log.read_text())
        assert agent.end() == 0
    expected = decoded(server.media[sound.sha256])
    heard = recorded(agent.out, starts.timestamp() - 1, 4.0)
    place, likeness = where(expected, heard)
    assert abs(place - RATE) <= 0.005 * RATE
    assert likeness > 0.999
    assert not heard[: place - 1].any(), "silence before"
    (row,) = rows(home)
    assert (row.outcome, row.reason) == ("played", "")
    assert row.seconds_played == pytest.approx(1.5, abs=0.01)
    assert row.started == starts.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_it_plays_what_is_on_disk_when_the_server_is_down_at_start(
    home: DeviceHome, server: Simulator
) -> None:
    server.enrolled(home)
    sound = server.sound(0.5)
    starts = in_seconds(300)
    server.place(server.release(sound=sound), starts)
    server.publish()
    with AgentProcess(home) as agent:
        agent.ready()
        until(lambda: files(home.media) == [f"{sound.sha256}.opus"])
        agent.kill()
    server.is_down = True
    with AgentProcess(home, leap_to=starts.timestamp() + 60) as agent:
        assert agent.process.wait(20) == 0
    assert [row.outcome for row in rows(home)] == ["played"]
    place, likeness = where(
        decoded(server.media[sound.sha256]), recorded(agent.out, starts.timestamp() - 1, 3.0)
    )
    assert (place, likeness) == (RATE, pytest.approx(1.0, abs=0.001))


def test_killed_inside_an_item_it_goes_on_where_it_should_be(home: DeviceHome, server: Simulator) -> None:
    server.enrolled(home)
    sound = server.sound(5.0)
    starts = in_seconds(5)
    server.place(server.release(sound=sound), starts)
    server.publish()
    with AgentProcess(home) as agent:
        agent.ready()
        until(lambda: playing(agent))
        wait_for(starts.replace(microsecond=800_000))
        agent.kill()
    for path in agent.out.glob("*.wav"):
        with wave.open(str(path)) as file:  # a reader that nobody here wrote
            assert file.getnframes() > RATE // 2
    with AgentProcess(home) as agent:
        until(lambda: bool(rows(home)), seconds=10, what=agent.log.read_text())
        assert agent.end() == 0
    expected = decoded(server.media[sound.sha256])
    heard = recorded(agent.out, starts.timestamp(), 6.0)
    head, tail = expected[: RATE // 2], expected[4 * RATE :]
    assert where(head, heard)[0] == 0
    assert abs(where(tail, heard)[0] - 4 * RATE) <= 2
    together = heard[: len(expected)] != 0
    both = together & (np.abs(expected[: len(together)]) > 500)
    assert np.allclose(heard[: len(expected)][both], expected[both], atol=300), "all in its place"
    (row,) = rows(home)
    assert row.outcome == "partial"
    assert row.started == starts.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert 2.0 < row.seconds_played < 5.0


def test_a_withdrawal_in_the_middle_stops_the_sound_and_removes_it(
    home: DeviceHome, server: Simulator
) -> None:
    server.enrolled(home)
    sound = server.sound(8.0)
    starts = in_seconds(3)
    release = server.release(sound=sound)
    server.place(release, starts)
    server.publish()
    with AgentProcess(home) as agent:
        agent.ready()
        until(lambda: playing(agent))
        agent.kill()
        server.withdraw(release)
        server.publish()
    with AgentProcess(home) as agent:  # its first look at the repository finds the withdrawal
        until(lambda: bool(rows(home)), what=agent.log.read_text())
        until(lambda: files(home.media) == [])
        agent.end()
    (row,) = rows(home)
    assert (row.outcome, row.reason) == ("stopped", "withdrawn")
    assert row.seconds_played < 4.0
    log = PlayLog(home.play_log, "d1")
    assert list(log.untold_gone()) == ["r1"]
    log.close()


def test_a_connected_device_stops_a_withdrawn_sound_within_two_seconds(
    home: DeviceHome, server: Simulator, tmp_path: Path
) -> None:
    sound = server.sound(8.0)
    starts = in_seconds(3)
    release = server.release(sound=sound)
    server.place(release, starts)
    server.publish()
    gone: list[HoldingReport] = []

    async def withdraw(nats: NatsProcess, agent: AgentProcess) -> float:
        client = await nats.server_side()

        async def held(message: Msg) -> None:
            gone.append(decode_message(message.data, HoldingReport))
            await message.respond(encode_message(HeldReply()))

        await client.subscribe(device_subject(INSTALLATION, COMMUNE, "d1", "held"), cb=held)
        await client.flush()
        server.withdraw(release)
        server.publish()
        published = time.time()
        look = Look(commune=COMMUNE, number=2, urgent=True)
        await client.publish(look_subject(INSTALLATION, COMMUNE), encode_message(look))
        await client.flush()
        async with asyncio.timeout(4):
            while not gone or rows(home) == []:
                await asyncio.sleep(0.02)
        await client.close()
        return published

    with NatsProcess(tmp_path / "nats") as nats:
        key = enrolment.load_or_make_key(home)
        server.enrolled(home, nats_url=nats.url, nats_jwt=nats.device_token(key))
        with AgentProcess(home) as agent:
            agent.ready()
            until(lambda: playing(agent))
            wait_for(starts + timedelta(seconds=1))
            published = asyncio.run(withdraw(nats, agent))
            assert files(home.media) == []
            assert agent.end() == 0
    (row,) = rows(home)
    assert (row.outcome, row.reason) == ("stopped", "withdrawn")
    stopped = starts.timestamp() + row.seconds_played
    assert 0 <= stopped - published < 2.0
    assert not recorded(agent.out, stopped + 0.05, 5.0).any()
    assert recorded(agent.out, stopped - 0.5, 0.4).any()
    assert [one.gone for one in gone] == [["r1"]]
    assert parse_utc(gone[0].stopped_at["r1"]).timestamp() == pytest.approx(stopped, abs=1.0)
