# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP of the agent: what a server's answer may be, and when it tells the time."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from loa_device.web import StatusError, Web, WebError

DATE = "Tue, 24 Nov 2026 05:00:00 GMT"
NOON = 1_795_496_400.0


@dataclass
class Answering:
    """A server that answers every request in one way."""

    status: int = 200
    body: bytes = b"body"
    headers: dict[str, str] = field(default_factory=lambda: {"Date": DATE})
    url: str = ""


@pytest.fixture
def answer() -> Iterator[Answering]:
    answering = Answering()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(answering.status)
            for name, value in {"Content-Length": str(len(answering.body)), **answering.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answering.body)
            self.close_connection = True

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    answering.url = f"http://127.0.0.1:{server.server_port}/"
    yield answering
    server.shutdown()
    server.server_close()


def told(answer: Answering) -> list[float]:
    """Return the times that one request told."""
    times: list[float] = []
    Web(lambda server, _sent, _received: times.append(server)).get(answer.url)
    return times


def test_an_answer_tells_the_time(answer: Answering) -> None:
    assert told(answer) == [NOON]
    assert Web().get(answer.url) == b"body"


@pytest.mark.parametrize(
    ("headers", "times"),
    [
        ({}, []),
        ({"Date": "soon"}, []),
        ({"Date": DATE, "Age": "0"}, [NOON]),
        ({"Date": DATE, "Age": "60"}, []),
        ({"Date": DATE.replace("GMT", "-0000")}, []),  # in no zone: it would be read in this machine's
        ({"Date": "Fri, 31 Dec 9999 23:59:59 GMT"}, []),
        ({"Date": "Fri, 31 Dec 99999999999999999999 23:59:59 GMT"}, []),
        ({"Date": DATE.replace("GMT", "+99999999999999999999")}, []),
    ],
)
def test_an_answer_without_a_time_or_out_of_a_cache_tells_none(
    answer: Answering, headers: dict[str, str], times: list[float]
) -> None:
    answer.headers = headers
    assert told(answer) == times


@pytest.mark.parametrize(("limit", "fits"), [(4, True), (3, False)])
def test_a_body_beyond_its_limit_is_given_up(answer: Answering, limit: int, fits: bool) -> None:
    if fits:
        assert Web().get(answer.url, limit=limit) == b"body"
        assert Web().post_json(answer.url, b"{}", limit=limit) == b"body"
    else:
        with pytest.raises(WebError, match="larger than 3 bytes"):
            Web().get(answer.url, limit=limit)
        with pytest.raises(WebError, match="larger than 3 bytes"):
            Web().post_json(answer.url, b"{}", limit=limit)


@pytest.mark.parametrize("status", [400, 404, 500])
def test_an_error_status_is_no_answer(answer: Answering, status: int) -> None:
    answer.status = status
    web = Web()
    for ask in (web.get, web.open, lambda url: web.post_json(url, b"{}")):
        with pytest.raises(StatusError) as caught:
            ask(answer.url)
        assert caught.value.status == status
        assert str(status) in str(caught.value)


def test_a_body_that_breaks_off_is_no_answer(answer: Answering) -> None:
    answer.headers["Content-Length"] = "9"
    with pytest.raises(WebError):
        Web().get(answer.url)


@pytest.mark.parametrize("length", ["\xb2", "9" * 5000, "-1", "4.0"])
def test_a_length_that_is_no_number_of_bytes_ends_nothing(answer: Answering, length: str) -> None:
    answer.headers["Content-Length"] = length
    with suppress(WebError):
        assert Web().get(answer.url) == b"body"


def test_a_body_of_unknown_length_is_read_to_its_end(answer: Answering) -> None:
    answer.headers["Content-Length"] = ""
    assert Web().get(answer.url) == b"body"
