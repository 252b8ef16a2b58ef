# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP for the agent: outbound only, with time-outs and size limits; every answer also tells the time."""

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import urllib3

from loa_device import __version__
from loa_protocol.times import is_countable

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0  # between two pieces of a body, not for the whole
PATIENCE = 60.0  # s of a body before its speed counts
SLOWEST = 200  # bytes per s on average; a server that drips must not hold the agent for ever
CHUNK = 64 * 1024  # bytes
MAX_JSON = 1024 * 1024  # bytes


class WebError(Exception):
    """The server cannot be reached, broke off, or answered something unusable; try again later."""


class StatusError(WebError):
    """The server answered with an HTTP error status."""

    def __init__(self, url: str, status: int) -> None:
        self.status = status
        super().__init__(f"{url}: HTTP status {status}")


@dataclass(frozen=True)
class Answer:
    """Status and headers of an answer whose body is still to be read by `chunks`."""

    status: int
    headers: Mapping[str, str]
    chunks: Generator[bytes, None, None]


class Web:
    """A small pool of connections to the server.

    Args:
        on_time: called as (server's epoch seconds, sent, received) for each answer that tells its time.
        ticks: the clock by which `sent` and `received` are told.
    """

    def __init__(
        self,
        on_time: Callable[[float, float, float], None] | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_time = on_time
        self._ticks = ticks
        self._pool = urllib3.PoolManager(
            num_pools=4,
            maxsize=2,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=urllib3.Retry(connect=1, read=0, redirect=2, status=0),
        )

    def open(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Begin a GET; the caller must read or close `chunks`.

        Raises:
            StatusError: an HTTP error status.
            WebError: no connection, or a time-out.
        """
        response = self._request("GET", url, headers=headers)
        if response.status >= 400:
            response.close()
            raise StatusError(url, response.status)
        return Answer(response.status, response.headers, self._chunks(url, response))

    def get(self, url: str, *, limit: int = MAX_JSON) -> bytes:
        """Fetch a small body whole.

        Raises:
            WebError: not reachable, or larger than `limit` bytes.
        """
        return self._whole(url, self._request("GET", url), limit)

    def post_json(self, url: str, body: bytes, *, limit: int = MAX_JSON) -> bytes:
        """Post JSON and return the answer's body.

        Raises:
            StatusError: an HTTP error status.
            WebError: not reachable, or an answer larger than `limit` bytes.
        """
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return self._whole(url, self._request("POST", url, body=body, headers=headers), limit)

    def _request(
        self, method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        sent = self._ticks()
        headers = {"User-Agent": f"loa-device/{__version__}", **(headers or {})}
        try:
            response = self._pool.request(method, url, body=body, headers=headers, preload_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise WebError(f"{url}: {error}") from error
        self._tell_time(response.headers, sent, self._ticks())
        return response

    def _whole(self, url: str, response: urllib3.BaseHTTPResponse, limit: int) -> bytes:
        body = bytearray()
        if response.status >= 400:
            response.close()
            raise StatusError(url, response.status)
        for chunk in self._chunks(url, response):
            body += chunk
            if len(body) > limit:
                raise WebError(f"{url}: answer is larger than {limit} bytes")
        return bytes(body)

    def _chunks(self, url: str, response: urllib3.BaseHTTPResponse) -> Generator[bytes, None, None]:
        count, ended, began = 0, False, time.monotonic()
        try:
            # read1 gives what has come so far: a line that breaks loses nothing that arrived.
            while chunk := response.read1(CHUNK):
                count += len(chunk)
                yield chunk
                if count < (time.monotonic() - began - PATIENCE) * SLOWEST:
                    raise WebError(f"{url}: too slow, {count} bytes in {time.monotonic() - began:.0f} s")
            ended = True
        except urllib3.exceptions.HTTPError as error:
            raise WebError(f"{url}: {error}") from error
        finally:
            # A connection whose body was not read to its end must not be used again.
            if ended:
                response.release_conn()
            else:
                response.close()

    def _tell_time(self, headers: Mapping[str, str], sent: float, received: float) -> None:
        # An answer out of a cache tells an old time.
        if self._on_time is None or "Date" not in headers or headers.get("Age", "0") != "0":
            return
        try:
            told = parsedate_to_datetime(headers["Date"])
        except (ValueError, OverflowError):  # the latter of a year or a zone that is no number of a machine
            return
        if told.tzinfo is not None and is_countable(told):
            self._on_time(told.timestamp(), sent, received)
