# SPDX-License-Identifier: AGPL-3.0-or-later
"""Online rate, played rate and heard rate, by commune and local day; each equals a recount of its rows."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.utils.timezone import get_default_timezone

from loa.airtime.models import Placement
from loa.areas import tree
from loa.areas.models import Area
from loa.config import clock
from loa.deliveries.models import Outcome
from loa.deliveries.queries import in_force
from loa.devices.models import CommuneDay, Device, Hearing
from loa.people.models import Person
from loa.people.queries import covered
from loa.people.rules import Permission
from loa.releases.models import Release, ReleaseState

COMMUNE_PATH = tree.COMMUNE_DEPTH * tree.STEP_LENGTH  # letters of a path that name the commune
AFTER = "\U0010ffff"  # sorts behind every path that begins the same


@dataclass
class Rates:
    """The figures of one commune, or of all together, on one day. Rounds are counted at each device."""

    name: str
    code: str = ""
    is_sample: bool = False
    devices: int = 0  # in service now
    minutes: int = 0  # counted, of one device after the other
    online: int = 0  # of them with news
    planned: int = 0  # rounds that were due
    played: int = 0  # wholly
    partly: int = 0
    failed: int = 0  # refused or missed, by the device's own log
    judged: int = 0  # rounds of which a microphone could tell
    heard: int = 0

    @property
    def unknown(self) -> int:
        """Return the rounds of which no device has told."""
        return max(0, self.planned - self.played - self.partly - self.failed)

    @property
    def rounds(self) -> int:
        """Return what was due; more than planned where a device tells of more, such as of a later withdrawn one."""
        return max(self.planned, self.played + self.partly + self.failed)

    @property
    def online_percent(self) -> float | None:
        """Return the share of the counted minutes in which there was news; None when nobody counted."""
        return 100 * self.online / self.minutes if self.minutes else None

    @property
    def played_percent(self) -> float | None:
        """Return the share of what was due that sounded wholly; silence counts as not proven."""
        return 100 * self.played / self.rounds if self.rounds else None

    @property
    def heard_percent(self) -> float | None:
        """Return the share of what a microphone judged that it heard; None when none did."""
        return 100 * self.heard / self.judged if self.judged else None


@dataclass(frozen=True)
class DayRates:
    """The rates of a day: of every commune, and together."""

    day: date
    communes: tuple[Rates, ...]
    total: Rates = field(default_factory=lambda: Rates(""))


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return when a local day begins and ends."""
    zone = get_default_timezone()
    return (
        datetime.combine(day, time(), zone),
        datetime.combine(day + timedelta(days=1), time(), zone),
    )


def rates_of(person: Person, day: date, now: datetime | None = None) -> DayRates:
    """Return the rates of the communes in which ``person`` sees devices. Eight queries, whatever there is."""
    now = now or clock.now()
    start, end = day_bounds(day)
    until = min(end, now)
    devices = list(
        Device.objects.filter(covered(person, Permission.DEVICE_VIEW, field="village__path"))
        .filter(Q(retired_at=None) | Q(retired_at__gt=start), enrolled_at__lt=end)
        .order_by("village__path")
        .values_list("village__path", "channel", "is_test", "enrolled_at", "retired_at")
    )
    paths = sorted({path[:COMMUNE_PATH] for path, *_rest in devices})
    found = {
        area.path: Rates(area.name, area.code, area.is_sample)
        for area in Area.objects.filter(path__in=paths).order_by("path")
    }
    for path, _channel, _is_test, _since, retired_at in devices:
        found[path[:COMMUNE_PATH]].devices += retired_at is None
    _add_minutes(found, day)
    _add_planned(found, devices, start, until)
    seen = covered(person, Permission.DEVICE_VIEW, field="village__path")
    _add_deliveries(found, seen, start, end)
    _add_hearings(found, covered(person, Permission.DEVICE_VIEW, field="device__village__path"), start, end)
    communes = tuple(found.values())
    return DayRates(day, communes, _sum(communes))


def _sum(rows: Iterable[Rates]) -> Rates:
    total = Rates("")
    for row in rows:
        for name in (
            "devices",
            "minutes",
            "online",
            "planned",
            "played",
            "partly",
            "failed",
            "judged",
            "heard",
        ):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    return total


def _add_minutes(found: Mapping[str, Rates], day: date) -> None:
    rows = CommuneDay.objects.filter(day=day, commune__path__in=list(found))
    for path, expected, online in rows.values_list("commune__path", "expected", "online"):
        found[path].minutes, found[path].online = expected, online


_Placed = tuple[str, str, bool, datetime, datetime | None]  # path, channel, is test, since, until


def _add_planned(
    found: Mapping[str, Rates], devices: Sequence[_Placed], start: datetime, until: datetime
) -> None:
    """Count what was due at each device in service; a test is none, nor what was taken back before its time."""
    keys = [path for path, *_rest in devices]
    placed = (
        Placement.objects.filter(starts_at__gte=start, starts_at__lt=until, release__is_test=False)
        .exclude(release__state__in=[ReleaseState.AWAITING, ReleaseState.RETURNED])
        .select_related("release__withdrawal")
        .prefetch_related("zones")
    )
    for one in placed:
        if not _stood(one):
            continue
        for zone in tree.topmost(zone.path for zone in one.zones.all()):
            for at in range(bisect_left(keys, zone), bisect_left(keys, zone + AFTER)):
                path, channel, _is_test, since, retired_at = devices[at]
                serves = since <= one.starts_at and (retired_at is None or retired_at > one.starts_at)
                found[path[:COMMUNE_PATH]].planned += serves and channel == one.channel


def _stood(placement: Placement) -> bool:
    """Say whether a placement was still in force at its second."""
    at, release = placement.starts_at, placement.release
    withdrawal = getattr(release, "withdrawal", None)
    ends = (
        placement.cancelled_at,
        release.superseded_at,
        withdrawal.effective_at if withdrawal is not None else None,
    )
    return all(end is None or end > at for end in ends)


def _add_deliveries(found: Mapping[str, Rates], seen: Q, start: datetime, end: datetime) -> None:
    tests = Release.objects.filter(is_test=True).values("pk")
    rows = (
        in_force()
        .filter(seen, due_at__gte=start, due_at__lt=end)
        .exclude(release_id__in=tests)
        .annotate(commune=Substr("village__path", 1, COMMUNE_PATH))
        .values_list("commune", "outcome")
        .annotate(number=Count("pk"))
        .order_by()
    )
    for path, outcome, number in rows:
        rates = found.get(path)
        if rates is None:
            continue
        if outcome == Outcome.DELIVERED:
            rates.played += number
        elif outcome in {Outcome.PARTIAL, Outcome.STOPPED}:
            rates.partly += number
        else:
            rates.failed += number


def _add_hearings(found: Mapping[str, Rates], seen: Q, start: datetime, end: datetime) -> None:
    rows = (
        Hearing.objects.filter(seen, at__gte=start, at__lt=end)
        .values_list("device__commune__path")
        .annotate(judged=Count("pk"), heard=Count("pk", filter=Q(is_heard=True)))
        .order_by()
    )
    for path, judged, heard in rows:
        if path in found:
            found[path].judged, found[path].heard = judged, heard
