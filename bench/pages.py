# SPDX-License-Identifier: AGPL-3.0-or-later
"""Visit every console page that links lead to and print time and queries of each as JSON; run by start.py.

Usage: pages.py USERNAME…  (with LOA_HOME and the other settings of the installation to look at)
"""

import json
import os
import statistics
import sys
import time
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import django

RUNS = 5  # the median counts; the first run fills caches
MOST_OF_A_KIND = 2  # pages of one address pattern
OUTSIDE = ("/static/", "/media/", "/repo/", "/device/", "/healthz")


class Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and ((tag == "a" and name == "href") or name == "hx-get"):
                self.found.append(value)


def main(usernames: list[str]) -> None:
    """Walk as each person and print what was measured."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loa.config.settings")
    django.setup()
    from django.contrib.auth import get_user_model
    from django.test import Client

    pages = []
    for username in usernames:
        client = Client(HTTP_HOST="localhost")
        client.force_login(get_user_model().objects.get(username=username))
        pages += walk(client, username)
    print(json.dumps(pages))


def walk(client: "django.test.Client", username: str) -> list[dict[str, object]]:
    """Follow links from the first page; measure each page that answers with HTML."""
    from django.urls import Resolver404, resolve

    waiting, seen, measured = ["/"], {"/"}, []
    kinds: dict[str, int] = {}
    while waiting:
        address = waiting.pop(0)
        try:
            kind = resolve(urlsplit(address).path).view_name
        except Resolver404:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] > MOST_OF_A_KIND:
            continue
        response = client.get(address)
        if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
            continue
        measured.append({"person": username, "page": kind, "address": address, **cost(client, address)})
        links = Links()
        links.feed(response.content.decode())
        for link in links.found:
            target = urljoin(address, link).split("#")[0]
            if target.startswith("/") and not target.startswith(OUTSIDE) and target not in seen:
                seen.add(target)
                waiting.append(target)
    return measured


def cost(client: "django.test.Client", address: str) -> dict[str, float]:
    """Return milliseconds and number of queries of one page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    count = len(queries)  # at once: the next request forgets them
    times = []
    for _run in range(RUNS):
        begun = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - begun) * 1000)
    return {"ms": statistics.median(times), "queries": count}


if __name__ == "__main__":
    main(sys.argv[1:])
