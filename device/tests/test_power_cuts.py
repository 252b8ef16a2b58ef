# SPDX-License-Identifier: AGPL-3.0-or-later
"""The power fails before any fsync of a device's life: it comes up, believes nothing unverified, loses nothing."""

import hashlib
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from agent_process import AgentProcess, in_seconds
from device_parts import Parts
from power_cuts import Disk, Image
from simulator import Simulator
from test_damage import row
from test_faults import sounded

from loa_device import enrolment
from loa_device.bookkeeping import Bookkeeping
from loa_device.state import DeviceHome
from loa_protocol.statements import RenditionRef
from loa_protocol.timeline import Timeline

pytestmark = pytest.mark.fault


def live(home: DeviceHome, server: Simulator, disk: Disk, starts: datetime) -> list[RenditionRef]:
    """The story: admitted, two items followed and fetched, the second one withdrawn, the first one played."""
    sounds = [server.sound(1.0, seed) for seed in (1, 2)]
    for number, sound in enumerate(sounds, 1):
        release = server.release(f"r{number}", sound=sound)
        server.place(release, starts + timedelta(minutes=number), f"i{number}")
    server.publish()
    home.make()
    parts = Parts(home, server.enrolled(home))
    disk.reached.add("admitted")
    parts.following.refresh()
    parts.clock.remember()
    disk.reached.add("followed")
    for sound in sounds:
        parts.media.fetch(sound)
    disk.reached.add("fetched")
    server.withdraw(release)
    server.publish()
    parts.following.refresh()
    disk.reached.add("withdrawn")
    parts.media.tidy({sounds[0].sha256})
    parts.log.note_gone("r2", starts)
    line = parts.following.timeline(starts)
    assert line is not None
    begin = line.upcoming[0].starts
    books = Bookkeeping(parts.log, parts.following, home.progress)
    books.begin(line.upcoming[0], begin, starts)
    disk.reached.add("begun")
    books.progress("i1", 1.0)
    books.end(line.upcoming[0], reason="", now=begin, seconds=1.0, level_db=-20.0, length=1.0)
    disk.reached.add("ended")
    parts.log.confirm(1)
    disk.cut()
    parts.close()
    return sounds


def timeline_of(parts: Parts, now: datetime) -> Timeline | None:
    parts.following.load()
    return parts.following.timeline(now)


def examine(image: Image, folder: Path, server: Simulator, starts: datetime) -> None:
    """Start on this disk, as the agent does."""
    image.write(folder)
    home, reached = DeviceHome(folder), image.reached
    home.make()
    credential = enrolment.load_credential(home)
    assert credential is not None or "admitted" not in reached
    enrolment.load_or_make_key(home)
    parts = Parts(home, credential or server.credential())
    line = timeline_of(parts, starts)
    for sha256 in parts.media.ready:
        assert hashlib.sha256(parts.media.path(sha256).read_bytes()).hexdigest() == sha256, "ready is whole"
    final = [one for one in parts.log.history() if one.is_final]
    upcoming = [due.item.item_id for due in line.upcoming] if line is not None else []
    if "followed" in reached:
        assert line is not None, "what was accepted is not lost"
        assert "older_number" not in parts.following.refused_files().values()
    if "fetched" in reached:
        assert len(parts.media.ready) >= 1
        assert "i1" in upcoming or final
    if "withdrawn" in reached:
        assert "i2" not in upcoming
    if "begun" in reached:
        assert [one.item_id for one in parts.log.history()] == ["i1"]
    if "ended" in reached:
        assert [one.outcome for one in final] == ["played"]
    parts.log.finish(row("next"), "played")
    parts.close()


def test_after_a_power_cut_at_any_fsync_it_comes_up_with_all_that_it_had_accepted(
    tmp_path: Path, server: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = in_seconds(600)
    home = DeviceHome(tmp_path / "life" / "device")
    home.root.parent.mkdir()
    home.root.mkdir(mode=0o700)
    disk = Disk(home.root)
    with disk.watched(monkeypatch):
        sounds = live(home, server, disk, starts)
    cuts = {(one.kind, one.reached, tuple(sorted(one.content.items()))): one for one in disk.images}
    assert len(disk.images) > 120
    for number, image in enumerate(cuts.values()):
        try:
            examine(image, tmp_path / f"cut{number}", server, starts)
        except AssertionError as error:
            raise AssertionError(
                f"{image.kind}, after {sorted(image.reached)}: {sorted(image.content)}"
            ) from error
    server.is_down = True
    last = [one for one in disk.images if {"withdrawn"} <= one.reached and "begun" not in one.reached][-3:]
    assert {one.kind for one in last} == {"lost", "torn", "kept"}
    with ExitStack() as stack:
        agents = []
        for image in last:
            image.write(tmp_path / image.kind / "device")
            there = DeviceHome(tmp_path / image.kind / "device")
            end = starts.timestamp() + 300
            agents.append(stack.enter_context(AgentProcess(there, leap_to=end)))
        for agent in agents:
            assert agent.process.wait(20) == 0, agent.log.read_text()
            assert sounded(agent, server, sounds[0], starts + timedelta(minutes=1))
            assert agent.log.read_text().count(" begins at ") == 1, "and the withdrawn one does not sound"
