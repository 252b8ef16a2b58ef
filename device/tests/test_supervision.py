# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every part of the agent is watched over: one that dies or is killed ends it, and the log names it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest
from device_parts import DISCIPLINED
from simulator import Simulator

from loa_device.agent import Agent, end_all
from loa_device.sinks import NullSink
from loa_device.state import DeviceHome

PARTS = [
    "player", "repository", "media", "messaging", "listening", "hearing", "clock", "status", "credential",
    "watchdog",
]  # fmt: skip


def outcome(
    home: DeviceHome, server: Simulator, end: Callable[[dict[str, "asyncio.Task[object]"]], object]
) -> int:
    """Run an agent, do something to its parts, and return its exit code."""

    async def work() -> int:
        agent = Agent(home, server.enrolled(home), lambda _clock: NullSink(), sources=DISCIPLINED)
        running = asyncio.create_task(agent.run(), name="agent")
        parts: dict[str, asyncio.Task[object]] = {}
        while not set(PARTS) <= set(parts):
            await asyncio.sleep(0)
            parts = {task.get_name(): task for task in asyncio.all_tasks()}
        end(parts)
        async with asyncio.timeout(5):
            return await running

    return asyncio.run(work())


@pytest.mark.parametrize("name", PARTS)
def test_a_killed_part_ends_the_agent(
    home: DeviceHome, server: Simulator, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert outcome(home, server, lambda parts: parts[name].cancel()) == 1
    assert f"the part {name!r} ended" in caplog.text


def test_a_part_that_fails_ends_the_agent_and_the_log_says_how(
    home: DeviceHome, server: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_self: object) -> None:
        raise RuntimeError("no reason at all")

    server.publish()
    monkeypatch.setattr("loa_device.fetching.Fetching.wake", fails)
    assert outcome(home, server, lambda _parts: None) == 1
    assert "the part 'repository' ended: RuntimeError('no reason at all')" in caplog.text


def test_a_cancellation_that_was_lost_is_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loa_device.agent.CANCELLED_AGAIN_AFTER", 0.01)

    async def deaf_once() -> None:
        with suppress(asyncio.CancelledError):  # as wait_for of Python 3.11, when the answer came just then
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    async def work() -> None:
        task = asyncio.create_task(deaf_once())
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await end_all([task])
        assert task.cancelled()

    asyncio.run(work())
