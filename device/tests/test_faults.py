# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real processes in trouble: what was due and on disk is played, nothing wrong is, and the log says what happened."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from agent_process import AgentProcess, files, in_seconds, playing, until, wait_for
from bad_line import line, may_make_namespaces
from simulated_sounds import RATE, decoded, where
from simulator import COMMUNE, Simulator
from test_process import rows

from loa_device.sinks import recorded
from loa_device.state import DeviceHome
from loa_protocol.statements import RenditionRef

pytestmark = pytest.mark.fault


def sounded(agent: AgentProcess, server: Simulator, sound: RenditionRef, starts: datetime) -> bool:
    """Whether exactly this sound left at its samples."""
    expected = decoded(server.media[sound.sha256])
    heard = recorded(agent.out, starts.timestamp() - 1, sound.duration_ms / 1000 + 2)
    place, likeness = where(expected, heard)
    around = np.concatenate([heard[: place - 1], heard[place + len(expected) + 1 :]])
    return abs(place - RATE) <= 1 and likeness > 0.999 and not around.any()


@contextmanager
def file_server(folder: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Serve a folder with a process that nobody here wrote; gives its address."""
    command = [
        sys.executable,
        "-u",
        "-m",
        "http.server",
        "0",
        "--bind",
        "127.0.0.1",
        "--directory",
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        port = process.stdout.readline().split(b" port ")[1].split()[0].decode()
        try:
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()


def test_a_whole_day_goes_by_its_agenda_after_the_server_was_killed(
    home: DeviceHome, server: Simulator
) -> None:
    sounds = [server.sound(1.0, seed) for seed in (1, 2)]
    releases = [server.release(f"r{number}", sound=sound) for number, sound in enumerate(sounds)]
    first = in_seconds(600)
    due = [first + timedelta(hours=number) for number in range(0, 24, 2)]
    for number, starts in enumerate(due):
        server.place(releases[number % 2], starts, f"i{number}")
    server.publish()
    (server.folder / "media").mkdir()
    for sound in sounds:
        (server.folder / "media" / f"{sound.sha256}.opus").write_bytes(server.media[sound.sha256])
    with file_server(server.folder) as (url, process):
        server.enrolled(home, repository_url=f"{url}/repo/{COMMUNE}", media_url=f"{url}/media")
        with AgentProcess(home, step=0) as agent:
            agent.ready()
            until(lambda: len(files(home.media)) == 2)
            process.kill()  # SIGKILL, and nobody starts it again
            agent.make(leap_to=due[-1].timestamp() + 300)
            assert agent.process.wait(60) == 0
    assert [(row.item_id, row.outcome) for row in rows(home)] == [
        (f"i{number}", "played") for number in range(12)
    ]
    assert all(sounded(agent, server, sounds[number % 2], starts) for number, starts in enumerate(due))
    told = agent.log.read_text()
    assert told.count(": no_line: ") == told.count("no messaging: ") == 1, "and no line for each try"


def test_a_file_damaged_on_disk_never_sounds(home: DeviceHome, server: Simulator) -> None:
    server.enrolled(home)
    damaged, whole = server.sound(1.0), server.sound(1.0, seed=2)
    starts = in_seconds(300)
    server.place(server.release(sound=damaged), starts, cut_off_s=1)
    server.place(server.release("r2", sound=whole), starts + timedelta(minutes=5), "i2")
    server.publish()
    path = home.media / f"{damaged.sha256}.opus"
    with AgentProcess(home) as agent:
        agent.ready()
        until(lambda: len(files(home.media)) == 2)
        agent.kill()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    server.media, media = {}, server.media
    with AgentProcess(home, leap_to=starts.timestamp() + 400) as agent:
        assert agent.process.wait(20) == 0
    server.media = media
    assert [(row.item_id, row.outcome, row.reason) for row in rows(home)] == [
        ("i1", "missed", "not_ready"),
        ("i2", "played", ""),
    ]
    assert not recorded(agent.out, starts.timestamp() - 1, 4.0).any()
    assert sounded(agent, server, whole, starts + timedelta(minutes=5))
    assert "is damaged on disk" in agent.log.read_text()


def test_a_killed_part_ends_the_process_and_the_next_one_goes_on_inside_the_item(
    home: DeviceHome, server: Simulator
) -> None:
    server.enrolled(home)
    sound = server.sound(10.0)
    starts = in_seconds(4)
    server.place(server.release(sound=sound), starts)
    server.publish()
    with AgentProcess(home, step=0) as agent:
        until(lambda: playing(agent))
        until(lambda: bool(list(agent.out.glob("*.wav"))))
        wait_for(starts + timedelta(seconds=0.7))
        agent.make(die="player")
        assert agent.process.wait(5) == 1
    assert "the part 'player' ended" in agent.log.read_text()
    before = recorded(agent.out, starts.timestamp(), 10.0)
    with AgentProcess(home) as agent:  # as its service manager does
        until(lambda: len(list(agent.out.glob("*.wav"))) == 2, what=agent.log.read_text())
        wait_for(datetime.now(UTC) + timedelta(seconds=0.5))
        assert agent.end() == 0
    expected = decoded(server.media[sound.sha256])
    heard = recorded(agent.out, starts.timestamp(), 10.0)
    loud = (heard != 0) & (np.abs(expected) > 500)
    assert np.count_nonzero(loud) > np.count_nonzero((before != 0) & (np.abs(expected) > 500)) + RATE // 8
    assert np.allclose(heard[loud], expected[loud], atol=300), "all in its place"


def test_a_system_clock_that_is_set_moves_nothing_and_one_set_back_by_its_keeper_silences(
    home: DeviceHome, server: Simulator
) -> None:
    server.enrolled(home)
    sounds = [server.sound(1.0, seed) for seed in range(4)]
    starts = in_seconds(5)
    due = [starts + timedelta(seconds=seconds) for seconds in (0, 2, 5, 8)]
    for number, (sound, at) in enumerate(zip(sounds, due, strict=True)):
        server.place(server.release(f"r{number}", sound=sound), at, f"i{number}", cut_off_s=1)
    server.publish()
    with AgentProcess(home, disciplined=False, step=0) as agent:
        agent.ready()
        until(lambda: len(files(home.media)) == 4)
        wait_for(due[0] - timedelta(seconds=1))
        agent.make(step=3600)  # nothing keeps the clock: the server told the time
        wait_for(due[1] + timedelta(seconds=0.3))
        agent.make(step=-3600)
        wait_for(due[1] + timedelta(seconds=1.3))
        agent.make(step=-3600, disciplined=True)  # as a time server with a wrong time would do
        until(lambda: "time is unknown" in agent.log.read_text())
        wait_for(due[2] + timedelta(seconds=1.2))
        agent.make(step=0, disciplined=True)
        until(lambda: len(rows(home)) == 4, seconds=9, what=agent.log.read_text())
        assert agent.end() == 0
    assert [row.outcome for row in rows(home)] == ["played", "played", "missed", "played"]
    assert [sounded(agent, server, *one) for one in zip(sounds, due, strict=True)] == [
        True,
        True,
        False,
        True,
    ]
    assert not recorded(agent.out, due[2].timestamp() - 1, 2.5).any()


@pytest.mark.parametrize("kind", ["hangs up", "cable" if may_make_namespaces() else "keeps silent"])
def test_a_line_cut_within_a_download_and_an_item_hinders_neither(
    home: DeviceHome, server: Simulator, kind: str
) -> None:
    due, later = server.sound(2.0), server.sound(20.0, seed=2)
    starts = in_seconds(5)
    server.place(server.release(sound=due), starts)
    server.place(server.release("r2", sound=later), starts + timedelta(minutes=5), "i2")
    server.publish()
    with line(server.url, kind) as way:
        way.proxy.within, way.proxy.cut_after = later.sha256.encode(), later.size // 2
        url = way.proxy.url
        server.enrolled(home, repository_url=f"{url}/repo/{COMMUNE}", media_url=f"{url}/media")
        with AgentProcess(home, prefix=way.prefix) as agent:
            assert way.proxy.was_cut.wait(10)
            until(lambda: bool(rows(home)), seconds=15, what=agent.log.read_text())
            assert files(home.media) == sorted([f"{due.sha256}.opus", f"{later.sha256}.part"])
            way.mend()
            until(lambda: f"{later.sha256}.opus" in files(home.media), seconds=15, what=agent.log.read_text())
    assert [(row.item_id, row.outcome) for row in rows(home)] == [("i1", "played")]
    assert sounded(agent, server, due, starts)
    if kind == "hangs up":
        assert f"media/{later.sha256} is not ready: no_line" in agent.log.read_text()
        assert server.requests[-1][1].startswith("bytes="), "the rest of it, not all"


def may_mount() -> bool:
    """Whether this machine lets a process have a small disk of its own."""
    command = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return (
        shutil.which("unshare") is not None
        and not subprocess.run(command, capture_output=True, check=False).returncode
    )


@pytest.mark.skipif(
    not may_mount(), reason="this machine lets nobody mount; full disks are tested without, too"
)
def test_what_is_on_a_full_disk_is_played(home: DeviceHome, server: Simulator) -> None:
    server.enrolled(home)
    sound, later = server.sound(2.0), server.sound(2.0, seed=2)
    starts = in_seconds(600)
    server.place(server.release(sound=sound), starts)
    server.publish()
    disk = home.root.parent / "disk"
    disk.mkdir()
    script = (
        f"mount -t tmpfs -o size=24m tmpfs {disk} && cp -a {home.root}/. {disk} && "
        f'touch {home.root.parent}/mounted && exec "$@"'
    )
    prefix = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh")
    with AgentProcess(DeviceHome(disk), prefix=prefix, step=0) as agent:
        inside = DeviceHome(Path(f"/proc/{agent.process.pid}/root{disk}"))
        until((inside.media / f"{sound.sha256}.opus").exists, what=agent.log.read_text())
        with suppress(OSError), (inside.root / "junk").open("wb", buffering=0) as junk:
            while True:
                junk.write(bytes(64 * 1024))
        with suppress(OSError), (inside.root / "junk").open("ab", buffering=0) as junk:
            while True:
                junk.write(b"x")
        server.place(server.release("r2", sound=later), starts + timedelta(minutes=30), "i2")
        server.publish()
        agent.make(leap_to=starts.timestamp() + 3600)
        assert agent.process.wait(20) == 0
    told = agent.log.read_text()
    assert sounded(agent, server, sound, starts)
    assert not recorded(agent.out, starts.timestamp() + 1799, 5.0).any()
    assert "item i1 played" in told
    assert "the play log uses what it had put by" in told
    assert "the disk cannot be written" in told
