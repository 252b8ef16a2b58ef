# SPDX-License-Identifier: AGPL-3.0-or-later
"""The simulator's HTTP: ranges, lines that break, bytes that never end."""

from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a killed agent resets its connections."""


class Handler(BaseHTTPRequestHandler):
    server_state: Any  # the simulator
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: nobody should wait 40 ms between them

    def do_GET(self) -> None:
        state = self.server_state
        wanted = self.headers.get("Range", "")
        state.requests.append((self.path, wanted))
        if state.is_down:
            self.close_connection = True
            self.connection.close()
            return
        if self.path in state.endless:
            self._drip()
            return
        content = state.answer(self.path)
        if content is None:
            self._reply(404, b"")
            return
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and state.has_ranges else 0
        if begin > len(content):
            self._reply(416, b"")
        elif self.path.startswith("/media/") and state.cut_after is not None:
            self._cut(content, begin)
        else:
            self._reply(206 if begin else 200, content[begin:], begin, len(content))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._reply(200, self.server_state.enrol(body))

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(self.server_state.now().timestamp(), usegmt=True)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _reply(self, status: int, content: bytes, begin: int = 0, total: int = 0) -> None:
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {begin}-{total - 1}/{total}")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drip(self) -> None:
        """Answer without end, until the other side has had enough."""
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            return

    def _cut(self, content: bytes, begin: int) -> None:
        cut, self.server_state.cut_after = self.server_state.cut_after or 0, None
        self.send_response(200)
        self.send_header("Content-Length", str(len(content) - begin))
        self.end_headers()
        self.wfile.write(content[begin : begin + cut])
        self.wfile.flush()
        self.close_connection = True
