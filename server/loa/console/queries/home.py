# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for a person, what is on air, and what is late: the first page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.campaigns.models import Activity, ActivityState
from loa.console.queries.way import Round, rounds_of
from loa.messages.models import Revision
from loa.people.models import Person
from loa.people.queries import covered
from loa.releases.models import Release, ReleaseState
from loa.releases.queries import waiting_for

HORIZON = timedelta(hours=1)


@dataclass(frozen=True)
class Task:
    """One thing that waits for the reader: what, why, and the one button that does it."""

    icon: str
    title: str
    why: str
    verb: str
    url: str
    is_late: bool = False


@dataclass(frozen=True)
class Home:
    """All that the first page shows."""

    tasks: tuple[Task, ...]
    rounds: tuple[Round, ...]  # on air, or due within the hour
    late: tuple[Activity, ...]
    coming: tuple[Activity, ...]
    next_round: Round | None


def home(person: Person, now: datetime, today: date) -> Home:
    """Gather what waits for ``person`` at ``now``; ``today`` is the local date."""
    rounds = on_air_and_next(person, now)
    activities = Activity.objects.filter(
        covered(person, field="campaign__area__path"), due__isnull=False
    ).exclude(state__in=[ActivityState.VERIFIED, ActivityState.CANCELLED])
    activities = activities.select_related("organisation", "accountable_post", "campaign").order_by("due")
    return Home(
        tasks=tuple(tasks_for(person, now)),
        rounds=rounds,
        late=tuple(activities.filter(due__lt=today)[:8]),
        coming=tuple(activities.filter(due__gte=today, due__lte=today + timedelta(days=7))[:8]),
        next_round=next((one for one in rounds if one.placement.starts_at >= now), None),
    )


def on_air_and_next(person: Person, now: datetime) -> tuple[Round, ...]:
    """Return the placements in the areas of ``person`` that sound now or begin within the hour."""
    releases = list(
        Release.objects.filter(
            covered(person, field="placements__zones__path"),
            state=ReleaseState.RELEASED,
            placements__cancelled_at=None,
            placements__starts_at__range=(now - timedelta(minutes=20), now + HORIZON),
        ).distinct()
    )
    rounds = rounds_of(releases, now)
    return tuple(
        one
        for one in rounds
        if one.ends_at > now - timedelta(minutes=1) and one.placement.starts_at <= now + HORIZON
    )


def tasks_for(person: Person, now: datetime) -> list[Task]:
    """List what only this person can move on, most urgent first."""
    tasks = [_signing_task(release) for release in waiting_for(person)]
    mine = Q(revision__author=person) | Q(submitted_by=person)
    returned = (
        Release.objects.filter(mine, state=ReleaseState.RETURNED)
        .exclude(revision__message__revisions__number__gt=1, revision__number=1)
        .select_related("revision__message", "returned_by")
        .distinct()[:10]
    )
    for release in returned:
        tasks.insert(
            0,
            Task(
                icon="arrow-back-up",
                title=release.revision.title,
                why=_("%(name)s trả lại: “%(reason)s”")
                % {"name": release.returned_by, "reason": release.return_reason},
                verb=_("Sửa tin"),
                url=reverse("console:message", args=[release.revision.message.code]),
                is_late=True,
            ),
        )
    unplaced = Release.objects.filter(
        mine, state=ReleaseState.RELEASED, not_after__gt=now, placements__isnull=True
    ).select_related("revision__message")[:10]
    tasks += [
        Task(
            icon="calendar-plus",
            title=release.revision.title,
            why=_("Đã đủ chữ ký, chưa đặt lịch."),
            verb=_("Đặt lịch"),
            url=reverse("broadcast:place", args=[release.pk]),
        )
        for release in unplaced
    ]
    drafts = (
        Revision.objects.filter(author=person, frozen_at=None)
        .select_related("message")
        .order_by("-edited_at")[:5]
    )
    tasks += [
        Task(
            icon="pencil",
            title=revision.title,
            why=_("Bản nháp, chưa gửi duyệt."),
            verb=_("Viết tiếp"),
            url=reverse("console:message", args=[revision.message.code]),
        )
        for revision in drafts
    ]
    return tasks


def _signing_task(release: Release) -> Task:
    return Task(
        icon="signature",
        title=release.revision.title,
        why=_("%(name)s gửi duyệt") % {"name": release.submitted_by},
        verb=_("Nghe và ký"),
        url=reverse("releases:release", args=[release.pk]),
    )
