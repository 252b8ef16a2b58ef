# SPDX-License-Identifier: AGPL-3.0-or-later
"""Players that nobody here wrote hear the released sound: ffmpeg reads HLS files and an Icecast server's mount."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from agent_process import until

from loa_device.sinks import SinkError
from loa_device.streams import Hls, Icecast, Stream
from loa_device.track import RATE

pytestmark = [
    pytest.mark.fault,
    pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning"),
]

TONE, SECONDS = 1000.0, 6  # Hz; what a sink is given


def play(sink: Stream) -> threading.Thread:
    """Hand a tone over as a player does, 200 ms ahead, for six seconds from now."""

    def work() -> None:
        first, written = round((time.time() + 0.1) * RATE), 0
        while written < SECONDS * RATE:
            if first + written < (time.time() + 0.2) * RATE:
                n = written + np.arange(960)
                sink.write(first + written, (9000 * np.sin(2 * np.pi * TONE * n / RATE)).astype(np.int16))
                written += 960
            else:
                time.sleep(0.02)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def heard(address: str, seconds: float = 2.0) -> float:
    """Let ffmpeg play an address; return which part of the energy that came lies at the tone."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", address, "-t", str(seconds), "-f", "s16le", "-ac", "1",
        "-ar", str(RATE), "-",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=30, check=True)
    sound = np.frombuffer(done.stdout, "<i2").astype(float)
    assert len(sound) > RATE, done.stderr.decode()
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    at = round(TONE * len(sound) / RATE)
    assert power.sum() > 0, "silence"
    return float(power[at - 4 : at + 5].sum() / power.sum())


@pytest.fixture
def icecast() -> Iterator[str]:
    """Start Icecast on a port of its own; its address."""
    program = shutil.which("icecast2") or shutil.which("icecast")
    assert program, "this test needs Icecast: apt install icecast2"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)  # it does not run as root: the one that it becomes writes its log here
        config = folder / "icecast.xml"
        config.write_text(_configuration(folder, port))
        command = [program, "-c", str(config)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until(lambda: _listens(port), what="icecast")
            yield f"127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def _configuration(folder: Path, port: int) -> str:
    share = next(path for path in ("/usr/share/icecast2", "/usr/share/icecast") if Path(path).is_dir())
    owner = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>" if os.getuid() == 0 else ""
    return (
        "<icecast><hostname>localhost</hostname><limits><clients>9</clients><sources>2</sources></limits>"
        "<authentication><source-password>secret-word</source-password><admin-user>a</admin-user>"
        f"<admin-password>b</admin-password></authentication><listen-socket><port>{port}</port>"
        f"<bind-address>127.0.0.1</bind-address></listen-socket><paths><logdir>{folder}</logdir>"
        f"<webroot>{share}/web</webroot><adminroot>{share}/admin</adminroot></paths>"
        "<logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog></logging>"
        f"<security><chroot>0</chroot>{owner}</security></icecast>"
    )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_ffmpeg_plays_the_hls_files(tmp_path: Path) -> None:
    sink = Hls(tmp_path / "hls", time.time)
    player = play(sink)
    playlist = tmp_path / "hls" / "live.m3u8"
    until(lambda: playlist.exists() and playlist.read_text().count("#EXTINF") >= 2, what="two segments")
    assert heard(str(playlist)) > 0.9
    player.join()
    sink.close()
    assert "#EXT-X-PROGRAM-DATE-TIME" in playlist.read_text()


def test_a_former_process_leaves_no_segments_behind(tmp_path: Path) -> None:
    (tmp_path / "live17.ts").write_bytes(b"old")
    Hls(tmp_path, time.time).close()
    assert not (tmp_path / "live17.ts").exists()


def test_ffmpeg_plays_the_icecast_mount(icecast: str) -> None:
    sink = Icecast(f"source:secret-word@{icecast}/thon-1", time.time)
    player = play(sink)
    until(lambda: not sink.trouble, what="a line")
    assert heard(f"http://{icecast}/thon-1") > 0.9
    player.join()
    sink.close()


def test_a_server_that_refuses_is_reported_without_the_password(
    icecast: str, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Icecast(f"source:wrong-word@{icecast}/thon-1", time.time)
    until(lambda: "broke off" in caplog.text, what="trouble")
    sink.write(0, np.zeros(960, np.int16))  # the agent goes on: nobody's line may silence it
    sink.close()
    assert sink.trouble
    assert "wrong-word" not in caplog.text + sink.trouble


def test_a_line_whose_thread_has_ended_ends_the_agent(tmp_path: Path) -> None:
    sink = Hls(tmp_path, time.time)
    sink.close()
    with pytest.raises(SinkError):
        sink.write(0, np.zeros(960, np.int16))
