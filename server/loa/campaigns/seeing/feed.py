# SPDX-License-Identifier: AGPL-3.0-or-later
"""Due dates as iCalendar (RFC 5545), as Google, Apple and Outlook calendars read them.

Everything is a whole day (``VALUE=DATE``), which lies on the same date wherever it is read; so no local time
stands in it and no VTIMEZONE is needed. The stamps are UTC. A day ends where the next one begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.areas.folding import printable
from loa.campaigns.models import Activity, ActivityState, Campaign, Inspection
from loa.campaigns.queries import campaigns_for
from loa.campaigns.rules import STATE_NAMES
from loa.campaigns.seeing.rows import seen_by
from loa.campaigns.words import CHANNEL_NAMES
from loa.people.models import Person
from loa.people.queries import holdings_of_person

if TYPE_CHECKING:
    from icalendar import Event

MOST = 2_000  # events of one calendar; programs refuse much larger ones
BACK = timedelta(days=90)  # what was due earlier is left out unless it is still open


def own_work(person: Person, now: datetime) -> QuerySet[Activity]:
    """Return the activities of the posts that a person holds, and of the posts that report to these."""
    held = [holding.post_id for holding in holdings_of_person(person, localdate(now))]
    mine = Q(accountable_post__in=held) | Q(accountable_post__reports_to__in=held)
    visible = campaigns_for(person).order_by().values_list("pk", flat=True)
    return Activity.objects.filter(mine, campaign__in=[*visible], campaign__removal=None)


def own_calendar(person: Person, now: datetime) -> bytes:
    """Return a person's own due dates and inspections as a calendar. Six queries at most."""
    today = localdate(now)
    visits = Inspection.objects.filter(
        inspectors=person, campaign__removal=None, planned_on__gte=today - BACK
    )
    return calendar(_("Loa: việc của tôi"), _wanted(own_work(person, now), today), visits, now)


def campaign_calendar(person: Person, campaign: Campaign, now: datetime) -> bytes:
    """Return the due dates of a campaign, as far as the person sees it, as a calendar. Seven queries at most."""
    today = localdate(now)
    visits = Inspection.objects.filter(campaign=campaign, planned_on__gte=today - BACK)
    rows = _wanted(seen_by(person, campaign).rows, today)
    return calendar(_("Loa: %(title)s") % {"title": campaign.title}, rows, visits, now)


def _wanted(rows: QuerySet[Activity], today: date) -> QuerySet[Activity]:
    is_over = Q(state=ActivityState.VERIFIED, due__lt=today - BACK)
    return rows.exclude(is_over).exclude(state=ActivityState.CANCELLED)


def calendar(name: str, rows: QuerySet[Activity], visits: QuerySet[Inspection], now: datetime) -> bytes:
    """Return due dates and inspections as a calendar. Two queries."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Loa//Plan//VI")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", printable(name))  # Google and Apple
    made.add("x-wr-timezone", settings.TIME_ZONE)
    made.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})  # RFC 7986
    made.add("x-published-ttl", "PT1H")  # Outlook
    dated = rows.filter(due__isnull=False).select_related("campaign", "organisation", "accountable_post")
    items = [_due(one, one.due) for one in dated.order_by("-due", "pk")[:MOST] if one.due]
    items += [_visit(one) for one in visits.select_related("campaign").distinct()[:MOST]]
    for item in items:
        made.add_component(_event(item, now))
    return bytes(made.to_ical())


@dataclass(frozen=True)
class Item:
    """What stands on a day: ``uid`` never changes, ``sequence`` rises when it is planned anew."""

    uid: str
    day: date
    title: str
    lines: tuple[str, ...]
    place: str
    page: str
    sequence: int = 0
    channels: tuple[str, ...] = ()


def _event(item: Item, now: datetime) -> Event:
    from icalendar import Event

    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    page = f"{settings.BASE_URL.rstrip('/')}{item.page}"
    made = Event()
    made.add("uid", f"{item.uid}@{host}")
    made.add("dtstamp", now.astimezone(UTC))
    made.add("dtstart", item.day)
    made.add("dtend", item.day + timedelta(days=1))
    made.add("summary", printable(item.title))
    made.add("description", printable("\n".join((*item.lines, page))))
    if item.place:
        made.add("location", printable(item.place))
    if item.channels:
        made.add("categories", list(item.channels))
    made.add("url", page)
    made.add("sequence", item.sequence)
    made.add("transp", "TRANSPARENT")  # a due date keeps nobody from being free
    made.add("x-microsoft-cdo-alldayevent", "TRUE")
    made.add("x-microsoft-cdo-busystatus", "FREE")
    return made


def _due(activity: Activity, day: date) -> Item:
    is_done = activity.state == ActivityState.VERIFIED
    words = _("Xong: %(title)s") if is_done else _("Hạn: %(title)s")
    lines = [
        activity.campaign.title,
        _("%(post)s, %(organisation)s chịu trách nhiệm.")
        % {"post": activity.accountable_post.title, "organisation": activity.organisation.name},
        _("Trạng thái: %(state)s.") % {"state": STATE_NAMES[ActivityState(activity.state)]},
    ]
    if activity.quantity:
        count = {"count": activity.quantity, "unit": activity.unit}
        lines.append(_("Số lượng: %(count)s %(unit)s.") % count)
    return Item(
        uid=f"activity-{activity.pk}",
        day=day,
        title=words % {"title": activity.title},
        lines=tuple(lines),
        place=activity.place,
        page=reverse("campaigns:activity", args=[activity.campaign.key, activity.pk]),
        sequence=activity.version,
        channels=tuple(str(CHANNEL_NAMES.get(channel, channel)) for channel in activity.channels),
    )


def _visit(visit: Inspection) -> Item:
    return Item(
        uid=f"inspection-{visit.pk}",
        day=visit.planned_on,
        title=_("Kiểm tra: %(title)s") % {"title": visit.title},
        lines=(visit.campaign.title,),
        place=visit.place,
        page=reverse("console:campaign", args=[visit.campaign.key]),
    )
