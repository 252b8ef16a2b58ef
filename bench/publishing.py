# SPDX-License-Identifier: AGPL-3.0-or-later
"""What publishing a commune costs, in an empty database of its own: ``python bench/publishing.py``."""

import os
import time
from collections.abc import Callable
from datetime import timedelta

import django

RELEASES, PLACEMENTS = 40, 5


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


def main() -> None:
    """Print the time of a first, an unchanged and a changed publication, and the size of its files."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "loa.config.settings_test"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from loa.airtime.models import Placement
    from loa.devices import publishing

    settings.MIGRATION_MODULES = NoMigrations()
    call_command("migrate", run_syncdb=True, verbosity=0)
    code = fill()

    def publish() -> object:
        return publishing.publish(code)

    print(f"first publication      {milliseconds(publish):6.0f} ms")
    print(f"nothing changed        {sorted(milliseconds(publish) for _round in range(5))[2]:6.0f} ms")
    changed = []
    for volume in range(10, 20):
        Placement.objects.filter(pk=Placement.objects.values("pk")[:1]).update(volume=volume)
        changed.append(milliseconds(publish))
    print(f"one placement changed  {sorted(changed)[5]:6.0f} ms")
    folder = settings.HOME.repositories / code
    for pattern in ("*/timestamp.json", "*/1.targets.json", "*/*.agenda.json", "*/releases/*.json"):
        path = sorted(folder.glob(pattern))[0]
        print(f"{pattern:22} {path.stat().st_size:6} bytes")


if __name__ == "__main__":
    main()
