# SPDX-License-Identifier: AGPL-3.0-or-later
"""What publishing a commune costs, alone and among all communes of the country.

``loa bench publish [--communes N]``. In an empty SQLite database of its own, one commune has 40 signed releases placed
five times each. One placement's volume is changed and the commune published anew, forty times: once with 10
communes published, then with N (3,321) of them, in one run; the ratio of the lower quartiles is the figure (others use
the machine, too, and only ever make it slower). Then the device's
own TUF client refreshes after one more change, through a proxy that counts every byte in both directions.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from loa.config.bench import Figure

RELEASES, PLACEMENTS, FEW, CHANGES = 40, 5, 10, 40
sys.path.insert(0, str(Path(__file__).resolve().parent))


def measure(communes: int = 3321) -> Iterator[Figure]:
    """Yield the figures; the work is done by a process with a database of its own."""
    command = [sys.executable, __file__, str(communes)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    yield Figure("first publication of a commune", found["first"], "ms")
    yield Figure("nothing changed", found["unchanged"], "ms")
    yield Figure(f"one placement changed, {FEW} communes", found["few"], "ms")
    yield Figure(f"one placement changed, {communes} communes", found["many"], "ms")
    yield Figure("the latter against the former", found["many"] / found["few"], "times", at_most=1.2)
    yield Figure(
        "a device's refresh after it, besides the agenda", found["bytes"], "bytes", at_most=10 * 1024
    )
    yield Figure("the agenda", found["agenda"], "bytes")


class NoMigrations:
    """Make tables straight from the models."""

    def __contains__(self, _app: str) -> bool:
        return True

    def __getitem__(self, _app: str) -> None:
        return None


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` took."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def fill() -> str:
    """Place each of 40 signed releases five times in one commune; return its code."""
    from loa.airtime.actions import set_rule
    from loa.airtime.models import Placement
    from loa.config import clock
    from loa.people.tests.factories import make_cast
    from loa.releases.tests.factories import make_release

    cast, now = make_cast(), clock.now()
    allowed = [("00:00", "24:00")]
    set_rule(
        actor=cast.administrator, zone=cast.commune, priority_class="normal",
        windows=allowed, minutes_per_day=1440,
    )  # fmt: skip
    for release in [make_release(cast, repeat_limit=48) for _number in range(RELEASES)]:
        for number in range(PLACEMENTS):
            starts = now + timedelta(minutes=5 * (number + 1))
            made = Placement.objects.create(
                release=release, channel="loudspeaker", starts_at=starts, duration_ms=1000,
                created_by=cast.editor, created_at=now,
            )  # fmt: skip
            made.zones.set([cast.commune])
    return cast.commune.code


def changed(code: str) -> float:
    """Return the lower quartile of the times of a publication after one placement changed, in ms."""
    from loa.airtime.models import Placement
    from loa.devices import publishing

    first = Placement.objects.values("pk")[:1]
    times = []
    for _round in range(CHANGES):
        volume = 10 + Placement.objects.get(pk__in=first).volume % 80
        Placement.objects.filter(pk__in=first).update(volume=volume)
        times.append(milliseconds(lambda: publishing.publish(code)))
    return statistics.quantiles(times, n=4)[0]


def others(count: int, but: str) -> None:
    """Publish so many communes more."""
    from loa.areas.models import Area, AreaKind
    from loa.devices import publishing

    found = Area.objects.filter(kind=AreaKind.COMMUNE).exclude(code=but).order_by("code")
    for code in found.values_list("code", flat=True)[:count]:
        publishing.publish(code)


def refresh_bytes(code: str) -> tuple[int, int]:
    """Return the bytes of a device's refresh after a change without the agenda, and the agenda's own."""
    from counting import Counting  # type: ignore[import-not-found]  # lies beside this file
    from django.conf import settings

    from loa.config import clock
    from loa.devices import publishing
    from loa_device.repository import Repository
    from loa_device.web import Web

    class Quiet(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    files = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(settings.HOME.repositories)))
    threading.Thread(target=files.serve_forever, daemon=True).start()
    proxy = Counting(files.server_port)
    proxy.start()
    with tempfile.TemporaryDirectory(prefix="loa-publish-") as name:
        folder = Path(name)
        (folder / "metadata").mkdir()
        device = Repository(
            metadata=folder / "metadata",
            staging=folder / "staging",
            verified=folder / "verified",
            base_url=f"http://127.0.0.1:{proxy.port}/{code}",
            root=publishing.root_text(code).encode(),
            web=Web(),
        )
        known = device.refresh(None, clock.now())
        device.keep(known)
        changed(code)
        before = proxy.count
        agenda = len(device.refresh(known, clock.now()).agenda)
    return proxy.count - before - agenda, agenda


def main(communes: int) -> None:
    """Print what was measured as JSON; with 0 communes, of one commune alone."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "loa.config.settings_test"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from loa.areas.actions import load_official_units
    from loa.devices import publishing

    settings.MIGRATION_MODULES = NoMigrations()
    call_command("migrate", run_syncdb=True, verbosity=0)
    load_official_units()
    code = fill()
    found = {"first": milliseconds(lambda: publishing.publish(code))}
    found["unchanged"] = statistics.median(milliseconds(lambda: publishing.publish(code)) for _ in range(5))
    others(min(FEW, communes) - 1, code) if communes else None
    found["few"] = changed(code)
    if communes:
        others(communes - 1, code)
        found["many"] = changed(code)
        found["bytes"], found["agenda"] = refresh_bytes(code)
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
