# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages of programmes read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.airtime import filling, recurrence, sentences
from loa.airtime.forms import WEEKDAYS
from loa.airtime.models import Programme, ZoneGroup
from loa.areas.models import Area, AreaKind
from loa.config.errors import NotFoundError
from loa.messages.models import Message
from loa.people.models import Person
from loa.people.queries import access_area, covered, require
from loa.people.rules import Permission
from loa.releases.models import PriorityClass
from loa.releases.queries import in_force
from loa_protocol.times import to_local

T = TypeVar("T", Programme, ZoneGroup)


@dataclass(frozen=True)
class Sounding:
    """One sound of a coming round."""

    starts: datetime  # local
    title: str
    placement_id: str  # "" while it is only laid out


@dataclass(frozen=True)
class Day:
    """One day of a programme: what sounds, or why nothing does."""

    day: date
    sounds: tuple[Sounding, ...]
    reason: str


@dataclass(frozen=True)
class Choice:
    """A message that may take its turn in a programme."""

    message: Message
    title: str


def commune(person: Person, code: str, permission: Permission = Permission.VIEW) -> Area:
    """Return a commune in which a person may see or change programmes. One query.

    Raises:
        NotFoundError: it is no commune, or not for this person.
        PermissionDeniedError: the person sees it but lacks the permission.
    """
    found = access_area(person, code, permission)
    if found.kind != AreaKind.COMMUNE:
        raise NotFoundError(_("Không tìm thấy xã này. Chọn lại trong lịch."))
    return found


def programmes_of(area: Area) -> list[Programme]:
    """Return an area's programmes that go on, by time. Two queries."""
    going = area.programmes.filter(ended_at=None).select_related("group")
    return list(going.prefetch_related("entries"))


def groups_of(area: Area) -> list[ZoneGroup]:
    """Return an area's groups of villages with these. Two queries."""
    return list(area.zone_groups.prefetch_related("villages"))


def programme(person: Person, pk: int, permission: Permission = Permission.VIEW) -> Programme:
    """Return a programme that a person may see, or change with ``permission``. One query.

    Raises:
        NotFoundError: absent, or not for this person: both look the same.
        PermissionDeniedError: the person sees it but lacks the permission.
    """
    found = _seen(Programme.objects.select_related("area", "group", "created_by"), person, pk)
    if found is None:
        raise NotFoundError(_("Không tìm thấy chương trình này. Xem lại trong lịch."))
    require(person, permission, area=found.area)
    return found


def group(person: Person, pk: int, permission: Permission) -> ZoneGroup:
    """Return a group of villages that a person may change. One query.

    Raises:
        NotFoundError: absent, or not for this person: both look the same.
        PermissionDeniedError: the person sees it but lacks the permission.
    """
    found = _seen(ZoneGroup.objects.select_related("area"), person, pk)
    if found is None:
        raise NotFoundError(_("Không tìm thấy nhóm thôn này. Xem lại trong lịch."))
    require(person, permission, area=found.area)
    return found


def _seen(rows: QuerySet[T], person: Person, pk: int) -> T | None:
    return rows.filter(covered(person, Permission.VIEW), pk=pk).first()


def days_of(programme: Programme, now: datetime) -> list[Day]:
    """Return the programme's coming days as they are placed, or why one is silent. Twelve queries at most."""
    found = filling.plan(programme, now)
    return [_day(one, found) for one in found.days]


def _day(planned: filling.Planned, found: filling.Plan) -> Day:
    if planned.round is None:
        sounds = tuple(
            Sounding(to_local(one.starts_at, settings.TIME_ZONE), one.release.revision.title, str(one.pk))
            for one in planned.standing
        )
        return Day(planned.day, sounds, "" if sounds else _("có người đã bỏ lượt này"))
    laid = tuple(
        Sounding(
            to_local(part.starts, settings.TIME_ZONE), found.releases[part.need.release_id].revision.title, ""
        )
        for part in planned.round.parts
    )
    if laid:
        return Day(planned.day, laid, "")
    blocker = planned.round.blocker
    words = sentences.in_short(blocker) if blocker else _("không có tin nào được duyệt cho ngày này")
    return Day(planned.day, (), words)


def choices_for(area: Area, now: datetime, kept: Sequence[Message] = ()) -> list[Choice]:
    """Return the messages that may sound in an area by a grid, newest first, and those that are ``kept``. One query.

    Args:
        kept: those of a programme that is changed, with their revisions, whatever became of their releases.
    """
    found: dict[int, Choice] = {}
    valid = in_force(commune=area, now=now).exclude(priority_class=PriorityClass.EMERGENCY)
    for release in valid.filter(is_prepared=False).order_by("-released_at", "pk"):
        message = release.revision.message
        found.setdefault(message.pk, Choice(message, release.revision.title))
    for message in kept:
        found.setdefault(message.pk, Choice(message, list(message.revisions.all())[-1].title))
    return list(found.values())


def weekdays_words(programme: Programme) -> str:
    """Return on which days a programme sounds: "hằng ngày", "Hai, Sáu"."""
    days = recurrence.weekdays_of(programme.recurrence)
    return _("hằng ngày") if len(days) == 7 else ", ".join(str(WEEKDAYS[day]) for day in days)
