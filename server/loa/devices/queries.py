# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages and channels read of devices."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from loa.airtime.models import Placement
from loa.airtime.queries import sounding
from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import below
from loa.config import clock
from loa.config.errors import NotFoundError
from loa.devices.models import Device, DeviceState, DeviceStatus, Enrolment, Incident, Publication
from loa.devices.rules import FRESH, PAGE_FRESH, LastWords, Now, State, state
from loa.devices.sentences import reason
from loa.people.models import Person
from loa.people.queries import areas_for, covered
from loa.people.rules import Permission
from loa.releases.models import Release
from loa.ui.dates import decimal
from loa_protocol.enrolment import group_code, plain_code
from loa_protocol.errors import MalformedError

__all__ = ["DeviceNow", "Now", "devices_for"]

_ORDER = {Now.SILENT: 0, Now.UNKNOWN: 1, Now.SOUNDING: 2}


@dataclass(frozen=True)
class DeviceNow:
    """A device and its state at a moment."""

    device: Device
    now: Now
    playing: bool  # sounds at this moment
    is_due: bool  # something should sound there now
    reason: str  # sentence for people
    code: str  # of the reason
    due_item: str  # the placement that should sound; empty when nothing should
    status: DeviceStatus | None
    open_incidents: int
    at: datetime  # the moment of all this

    @property
    def last_seen(self) -> datetime | None:
        """Return when we last heard from it."""
        return self.status.last_seen if self.status else None

    @property
    def badge(self) -> str:
        """Return the key of its state badge."""
        if self.now is Now.SOUNDING:
            return "sounding" if self.playing else "ready"
        return self.now.value

    @property
    def why(self) -> str:
        """Return the reason with the clock's offset while it sounds."""
        offset = self.status.clock_offset_ms if self.status else None
        if not self.playing or offset is None:
            return self.reason
        if abs(offset) < 50:
            return _("%(reason)s, lệch dưới 0,05 giây") % {"reason": self.reason}
        return _("%(reason)s, lệch %(seconds)s giây") % {
            "reason": self.reason,
            "seconds": decimal(abs(offset) / 1000),
        }

    @property
    def fresh_until(self) -> datetime | None:
        """Return when a page that cannot renew itself must call this unknown; None when it is that already."""
        return None if self.now is Now.UNKNOWN else self.at + PAGE_FRESH

    @property
    def needs_a_look(self) -> bool:
        """Say whether a person should look at it."""
        return self.now is not Now.SOUNDING or self.open_incidents > 0


@dataclass(frozen=True)
class Figures:
    """How many devices are in which state."""

    total: int
    playing: int
    as_planned: int
    ready: int
    silent: int
    unknown: int
    due: int  # should sound now
    to_look_at: int


def devices_for(person: Person, *, now: datetime | None = None, area: Area | None = None) -> list[DeviceNow]:
    """Return the devices that ``person`` may see with their state, those that need a look first.

    Args:
        area: only those in it.

    At most eight queries, however many devices there are.
    """
    now = now or clock.now()
    inside = Q(village__path__startswith=area.path) if area else Q()
    devices = list(
        Device.objects.filter(
            covered(person, Permission.DEVICE_VIEW, field="village__path"), inside, state=DeviceState.ACTIVE
        )
        .select_related("village", "commune", "status")
        .annotate(open_incidents=Count("incidents", filter=Q(incidents__closed_at=None)))
        .order_by("village__path", "name")
    )
    found = states_of(devices, now)
    return sorted(found, key=lambda one: (_ORDER[one.now], one.open_incidents == 0))


def states_of(devices: Sequence[Device], now: datetime) -> list[DeviceNow]:
    """Return devices (village and status fetched) with their state. At most three queries."""
    communes = list({device.commune_id: device.commune for device in devices}.values())
    due = sounding(communes, now - timedelta(seconds=1), now) if communes else []
    return [_device_now(device, due, now) for device in devices]


def _device_now(device: Device, due: Sequence[Placement], now: datetime) -> DeviceNow:
    status = getattr(device, "status", None)
    planned = next((one for one in due if aims_at(one, device) and one.starts_at <= now), None)
    found = _state(status, planned, now)
    return DeviceNow(
        device=device,
        now=found.now,
        playing=found.is_playing,
        is_due=planned is not None,
        reason=reason(found.reason),
        code=found.reason,
        due_item=str(planned.pk) if planned else "",
        status=status,
        open_incidents=getattr(device, "open_incidents", 0),
        at=now,
    )


def _state(status: DeviceStatus | None, planned: Placement | None, now: datetime) -> State:
    words = None
    if status is not None:
        words = LastWords(
            at=status.last_seen,
            plays_until=status.plays_until,
            clock=status.clock,
            playing_item=status.playing_item,
            agenda_number=status.agenda_number,
            silence=str(status.report.get("silence", "")),
        )
    return state(words, str(planned.pk) if planned else "", planned.starts_at if planned else None, now)


def aims_at(placement: Placement, device: Device) -> bool:
    """Say whether a placement (with release and zones) is for a device; a test is for test devices alone."""
    if placement.channel != device.channel or (placement.release.is_test and not device.is_test):
        return False
    return tree.is_within(device.village.path, [zone.path for zone in placement.zones.all()])


def count_to_look_at(person: Person, now: datetime) -> int:
    """Count the devices of which there is no news, or that have an open incident. One query.

    For the frame of every page: cheaper than ``devices_for``, so without those that are silent at a due time.
    """
    lost = Q(status=None) | Q(status__last_seen__lt=now - FRESH)
    troubled = Q(status__clock="unknown") | Q(status__plays_until__lte=now) | Q(status__plays_until=None)
    return (
        Device.objects.filter(
            covered(person, Permission.DEVICE_VIEW, field="village__path"),
            lost | troubled | Q(incidents__isnull=False, incidents__closed_at=None),
            state=DeviceState.ACTIVE,
        )
        .distinct()
        .count()
    )


def figures(found: Sequence[DeviceNow]) -> Figures:
    """Count devices by state."""
    by_state = Counter(one.now for one in found)
    return Figures(
        total=len(found),
        playing=sum(one.playing for one in found),
        as_planned=by_state[Now.SOUNDING],
        ready=sum(one.now is Now.SOUNDING and not one.playing for one in found),
        silent=by_state[Now.SILENT],
        unknown=by_state[Now.UNKNOWN],
        due=sum(one.is_due for one in found),
        to_look_at=sum(one.needs_a_look for one in found),
    )


def device(person: Person, device_id: UUID | str, permission: Permission = Permission.DEVICE_VIEW) -> Device:
    """Return a device that ``person`` may see.

    Raises:
        NotFoundError: there is none, or the person may not see it: both look the same.
    """
    found = (
        Device.objects.filter(covered(person, permission, field="village__path"), pk=device_id)
        .select_related("village", "commune", "status")
        .first()
    )
    if found is None:
        raise NotFoundError(_("Không tìm thấy thiết bị này. Chọn lại trong danh sách thiết bị."))
    return found


def waiting_enrolment(code: str, *, now: datetime | None = None) -> Enrolment:
    """Return the enrolment whose code a device shows, as a person typed it.

    Raises:
        NotFoundError: no device waits with this code.
    """
    now = now or clock.now()
    try:
        wanted = group_code(plain_code(code))
    except MalformedError:
        wanted = ""
    found = Enrolment.objects.filter(code=wanted, device=None, refused_at=None, expires_at__gt=now).first()
    if found is None:
        raise NotFoundError(
            _("Không có thiết bị nào đang chờ với mã này. Xem lại mã trên máy; mã chỉ dùng trong 15 phút."),
            field="code",
        )
    return found


def enrolment(enrolment_id: UUID | str) -> Enrolment:
    """Return an enrolment by its id; the caller's action checks the permission.

    Raises:
        NotFoundError: there is none.
    """
    found = Enrolment.objects.select_related("device").filter(pk=enrolment_id).first()
    if found is None:
        raise NotFoundError(_("Không tìm thấy lần xin thêm thiết bị này. Nhập lại mã trên máy."))
    return found


def devices_in(areas: Iterable[Area], channel: str = "loudspeaker") -> list[Device]:
    """Return the active devices of a channel in ``areas`` and below. One query."""
    villages = below(areas).values("pk")
    found = Device.objects.filter(village__in=villages, channel=channel, state=DeviceState.ACTIVE)
    return list(found.select_related("village").order_by("village__path", "name"))


def set_to_test(commune: Area) -> list[str]:
    """Return the ids of a commune's devices that were set to test after their enrolment."""
    found = Device.objects.filter(commune=commune, state=DeviceState.ACTIVE, test_since__isnull=False)
    return sorted(str(pk) for pk in found.values_list("pk", flat=True))


def holding_devices(areas: Iterable[Area], channel: str, *, since: datetime) -> list[Device]:
    """Return the devices in ``areas`` that may hold what was released at ``since``.

    A device that was taken out of service after that still plays its last agenda, so it counts.
    """
    villages = below(areas).values("pk")
    serving = Q(state=DeviceState.ACTIVE) | Q(retired_at__gte=since)
    found = Device.objects.filter(serving, village__in=villages, channel=channel)
    return list(found.select_related("village", "commune", "status").order_by("village__path", "name"))


def silent_by(devices: Sequence[Device], release: Release) -> dict[UUID, datetime]:
    """Return, by device, the moment from which it is silent about a release even if nothing reaches it any more.

    That is the end of the newest agenda that it may have: the one it reported or, since it may have fetched
    without our hearing of it, the newest published; never later than the release's own end. One query.
    """
    last = Publication.objects.filter(commune=OuterRef("commune")).order_by("-number").values("number")[:1]
    published = Publication.objects.filter(
        commune__in={device.commune_id for device in devices}, number=Subquery(last)
    )
    newest = dict(published.values_list("commune_id", "valid_until"))
    return {device.pk: _silent_by(device, newest.get(device.commune_id), release) for device in devices}


def _silent_by(device: Device, published_until: datetime | None, release: Release) -> datetime:
    status = getattr(device, "status", None)
    known = (published_until, status.plays_until if status is not None else None)
    return min(max((one for one in known if one), default=release.not_after), release.not_after)


def incidents_of(device: Device) -> QuerySet[Incident]:
    """Return a device's incidents, open ones first, then the newest."""
    return device.incidents.order_by("closed_at", "-opened_at")


def incident(person: Person, pk: int) -> Incident:
    """Return an incident of a device that ``person`` may see.

    Raises:
        NotFoundError: there is none, or the person may not see it.
    """
    found = (
        Incident.objects.filter(covered(person, Permission.DEVICE_VIEW, field="device__village__path"), pk=pk)
        .select_related("device__village", "device__commune")
        .first()
    )
    if found is None:
        raise NotFoundError(_("Không tìm thấy sự việc này."))
    return found


def areas_to_keep(person: Person) -> list[Area]:
    """Return the areas in which ``person`` may add devices."""
    return areas_for(person, Permission.DEVICE_MANAGE)
