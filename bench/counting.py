# SPDX-License-Identifier: AGPL-3.0-or-later
"""A proxy that counts what a line carries."""

import socket
import threading


class Counting(threading.Thread):
    """A proxy on a port of its own that counts the bytes of both directions."""

    def __init__(self, target: int) -> None:
        super().__init__(daemon=True)
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.count = 0

    def run(self) -> None:
        while True:
            near, _address = self._listener.accept()
            far = socket.create_connection(("127.0.0.1", self._target))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        while data := source.recv(65536):
            self.count += len(data)
            sink.sendall(data)
