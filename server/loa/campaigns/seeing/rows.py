# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which activities a person sees of a campaign, and narrowing them: every page and every figure asks here."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from loa.areas.models import Area
from loa.campaigns.models import Activity, ActivityState, Campaign, Phase
from loa.campaigns.queries import campaigns_for
from loa.campaigns.rollup import counted_activities
from loa.campaigns.rules import OPEN_STATES
from loa.config.numbers import whole
from loa.people.models import Person
from loa.people.queries import may
from loa.people.rules import Permission

NO_PHASE = NO_CHANNEL = "khong"
OWN_LEVEL = "rieng"  # only what the campaign itself holds, also what is carried out below
SHOWN = ("late", "open", "done", "undated", "soon")
# Words of the address by the field that they fill.
WORDS = {
    "show": "xem",
    "phase": "giai-doan",
    "organisation": "co-quan",
    "post": "chuc-danh",
    "area": "dia-ban",
    "channel": "kenh",
    "message": "thong-diep",
    "state": "trang-thai",
    "level": "cap",
    "day": "han",
    "words": "tim",
}
SOON = 7  # days


@dataclass(frozen=True)
class PlanFilter:
    """What activities are narrowed to; it lives in the address, so that every figure can link to its rows.

    Args:
        show: one of ``SHOWN`` or everything.
        phase: a phase's key, or ``NO_PHASE``.
        area: an area's code; the campaign's own area stands for work without a smaller place.
        message: id of the key message that stands highest.
        level: key of a campaign below, or ``OWN_LEVEL``.
        day: a due date ("2026-11-24").
        words: sought in titles, organisations and posts.
    """

    show: str = ""
    phase: str = ""
    organisation: int | None = None
    post: int | None = None
    area: str = ""
    channel: str = ""
    message: int | None = None
    state: str = ""
    level: str = ""
    day: str = ""
    words: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read a filter from an address; whatever cannot be read means everything."""
        found: dict[str, Any] = {}
        for name in (field.name for field in fields(cls)):
            text = query.get(WORDS[name], "").replace("\0", "").strip()[:80]  # which no database takes
            if name in {"organisation", "post", "message"}:
                found[name] = whole(text)
            else:
                found[name] = text
        if found["show"] not in SHOWN:
            found["show"] = ""
        if found["state"] not in ActivityState.values:
            found["state"] = ""
        if day_of(found["day"]) is None:
            found["day"] = ""
        return cls(**found)

    @property
    def is_narrow(self) -> bool:
        """Say whether anything is left out but by ``level``."""
        return replace(self, level="") != PlanFilter()

    def but(self, **changes: Any) -> Self:
        """Return the filter with something changed."""
        return replace(self, **changes)

    def query(self, **more: Any) -> str:
        """Return the filter as the query of an address ("?xem=late"); "" where everything is shown."""
        values = {WORDS[field.name]: getattr(self, field.name) for field in fields(self)} | more
        text = urlencode({name: value for name, value in values.items() if value not in {"", None}})
        return f"?{text}" if text else ""


@dataclass(frozen=True)
class Seen:
    """What of a campaign's work a person sees.

    Args:
        rows: the counted activities, with those of the campaigns below, or what the campaign itself holds.
        is_whole: False where the reader sees only his own subtree of what lies below.
        has_lower: other campaigns carry parts of this one out.
    """

    campaign: Campaign
    rows: QuerySet[Activity]
    is_whole: bool
    has_lower: bool


def seen_by(person: Person, campaign: Campaign, level: str = "") -> Seen:
    """Return what of a campaign's work a person sees. At most two queries, one without campaigns below.

    Whoever may see all of the campaign's area sees everything below; whoever sees the campaign only because
    it reaches into his own area sees the activities of the campaigns that he can open.
    """
    has_lower = Campaign.objects.filter(upper=campaign).exists()
    is_whole = not has_lower or may(person, Permission.VIEW, area=campaign.area)
    if level == OWN_LEVEL or not has_lower:
        return Seen(campaign, Activity.objects.filter(campaign=campaign), is_whole, has_lower)
    rows = counted_activities(campaign)
    if not is_whole:
        below = Campaign.objects.filter(lineage__startswith=campaign.lineage)
        open_to = campaigns_for(person, campaigns=below).order_by().values_list("pk", flat=True)
        rows = rows.filter(campaign__in=[*open_to])
    if level:
        lower = Campaign.objects.filter(key=level, lineage__startswith=campaign.lineage)
        rows = rows.filter(
            campaign__lineage__startswith=lower.values_list("lineage", flat=True).first() or "-"
        )
    return Seen(campaign, rows, is_whole, has_lower)


def narrowed(seen: Seen, chosen: PlanFilter, today: date) -> QuerySet[Activity]:
    """Return the rows that a filter keeps; what was cancelled only where it is asked for. At most one query.

    The area is looked up; everything else becomes a condition of the rows' own query.
    """
    rows = seen.rows.filter(_of_state(chosen, today))
    plain = {
        "organisation": chosen.organisation,
        "accountable_post": chosen.post,
        "due": chosen.day or None,
        "phase__key": chosen.phase if chosen.phase != NO_PHASE else None,
    }
    rows = rows.filter(**{column: value for column, value in plain.items() if value})
    if chosen.phase == NO_PHASE:
        rows = rows.exclude(phase__key__in=Phase.objects.filter(campaign=seen.campaign).values("key"))
    if chosen.channel == NO_CHANNEL:
        rows = rows.filter(channels=[])
    elif chosen.channel:
        text = Cast("channels", TextField())
        rows = rows.annotate(channel_text=text).filter(channel_text__contains=f'"{chosen.channel}"')
    if chosen.message is not None:
        rows = rows.filter(pk__in=_telling(chosen.message))
    if chosen.area:
        rows = rows.filter(pk__in=_placed(seen, chosen.area))
    return rows.filter(_saying(chosen.words)) if chosen.words else rows


def day_of(text: str) -> date | None:
    """Return the day that an address names; None where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_state(chosen: PlanFilter, today: date) -> Q:
    is_open = Q(state__in=OPEN_STATES)
    wanted = {
        "late": is_open & Q(due__lt=today),
        "open": is_open,
        "done": Q(state=ActivityState.VERIFIED),
        "undated": is_open & Q(due=None),
        "soon": is_open & Q(due__gte=today, due__lte=date.fromordinal(today.toordinal() + SOON)),
    }.get(chosen.show, Q())
    if chosen.state:
        return wanted & Q(state=chosen.state)
    return wanted & ~Q(state=ActivityState.CANCELLED)


def _telling(message: int) -> QuerySet[Activity, int]:
    """Return the ids of activities for a key message or one taken over from it."""
    told = (
        Q(key_messages=message) | Q(key_messages__upper=message) | Q(key_messages__upper__upper=message)
    ) & Q(key_messages__removal=None)
    return Activity.objects.filter(told).values_list("pk", flat=True)


def _placed(seen: Seen, code: str) -> QuerySet[Activity, int]:
    """Return the ids of activities in an area or below; for the campaign's own, of those in no smaller place."""
    area = Area.objects.filter(code=code).first()
    inside = Activity.objects.filter(campaign__lineage__startswith=seen.campaign.lineage)
    if area is None:
        found = inside.none()
    elif area.path == seen.campaign.area.path:
        found = inside.filter(
            Q(areas__depth__lte=area.depth) | Q(areas=None, campaign__area__depth__lte=area.depth)
        )
    else:
        found = inside.filter(
            Q(areas__path__startswith=area.path) | Q(areas=None, campaign__area__path__startswith=area.path)
        )
    return found.values_list("pk", flat=True)


def _saying(words: str) -> Q:
    """Return the condition "these words stand in it"; SQLite folds only the case of plain letters itself."""
    found = Q()
    for form in {words, words.lower(), words[:1].upper() + words[1:]}:
        found |= Q(title__icontains=form)
        found |= Q(organisation__name__icontains=form)
        found |= Q(accountable_post__title__icontains=form)
    return found
