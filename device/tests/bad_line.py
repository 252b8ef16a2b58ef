# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lines that break: a proxy that hangs up or keeps silent, and a cable pulled out of a network namespace."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

HERE, THERE = "10.231.77.1", "10.231.77.2"  # the two ends of the cable
NAMES = ("loafault", "loafault0", "loafault1")  # namespace, our end, the device's


class Proxy:
    """Passes connections on to a server until `cut`; with `within` and `cut_after` it cuts by itself.

    Args:
        url: of the server.
        host: address of this machine on which it listens.
        hangs_up: whether a cut closes connections; otherwise they stay and nothing comes any more.
        pull: called by a cut, instead of either.
    """

    def __init__(
        self,
        url: str,
        *,
        host: str = "127.0.0.1",
        hangs_up: bool = True,
        pull: Callable[[], None] | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "", parts.port or 80)
        self._hangs_up, self._pull = hangs_up, pull
        self._open = threading.Event()  # set while the line is whole
        self._open.set()
        self.was_cut = threading.Event()
        self.within, self.cut_after = b"\0", 0
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server((host, 0))
        self.url = f"http://{host}:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End it and every connection."""
        self._open.set()
        for one in (self._listener, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def cut(self) -> None:
        """Break the line."""
        if self._pull is not None:
            self._pull()
        else:
            self._open.clear()
            for one in self._sockets if self._hangs_up else ():
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
        self.was_cut.set()

    def mend(self) -> None:
        """Let everything through again."""
        self._open.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._hangs_up and not self._open.is_set():
                    near.close()
                    continue
                far = socket.create_connection(self._server)
                self._sockets += [near, far]
                asked = bytearray()
                for way in ((near, far, asked, True), (far, near, asked, False)):
                    threading.Thread(target=self._relay, args=way, daemon=True).start()

    def _relay(
        self, source: socket.socket, target: socket.socket, asked: bytearray, is_question: bool
    ) -> None:
        count = 0
        with suppress(OSError):
            while content := source.recv(4096):
                if is_question:
                    asked[:] = content
                elif self.within in asked:
                    count += len(content)
                    if count > self.cut_after and not self.was_cut.is_set():
                        self.cut()
                self._open.wait()
                target.sendall(content)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Line:
    """A way from the device to the server: through a proxy, from a place of its own."""

    proxy: Proxy
    prefix: tuple[str, ...] = ()  # of the command that runs on the device's side
    mend: Callable[[], None] = lambda: None


def _ip(*words: str) -> bool:
    return subprocess.run(("ip", *words), capture_output=True, check=False).returncode == 0


def _pulled(is_in: bool) -> None:
    _ip("link", "set", NAMES[1], "up" if is_in else "down")


def may_make_namespaces() -> bool:
    """Try it: it takes root, the program ``ip`` and a kernel that has them."""
    if os.geteuid() != 0 or shutil.which("ip") is None or not _ip("netns", "add", NAMES[0]):
        return False
    return _ip("netns", "delete", NAMES[0])


@contextmanager
def line(url: str, kind: str) -> Iterator[Line]:
    """Make a line of a kind: `hangs up`, `keeps silent` or `cable`."""
    if kind != "cable":
        proxy = Proxy(url, hangs_up=kind == "hangs up")
        try:
            yield Line(proxy, mend=proxy.mend)
        finally:
            proxy.close()
        return
    space, ours, theirs = NAMES
    made = (
        _ip("netns", "add", space)
        and _ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", space)
        and _ip("address", "add", f"{HERE}/30", "dev", ours)
        and _ip("-n", space, "address", "add", f"{THERE}/30", "dev", theirs)
        and _ip("-n", space, "link", "set", theirs, "up")
        and _ip("-n", space, "link", "set", "lo", "up")
        and _ip("link", "set", ours, "up")
    )
    try:
        assert made
        proxy = Proxy(url, host=HERE, pull=lambda: _pulled(is_in=False))
        yield Line(proxy, ("ip", "netns", "exec", space), lambda: _pulled(is_in=True))
        proxy.close()
    finally:
        _ip("link", "delete", ours)
        _ip("netns", "delete", space)
