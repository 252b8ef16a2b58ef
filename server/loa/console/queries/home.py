# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for a person, what is on air, and what is late: the first page."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from loa.airtime.models import Placement
from loa.airtime.priority import without_an_hour
from loa.campaigns.models import Activity
from loa.campaigns.waiting import OwnLine, Waiting
from loa.campaigns.waiting import waiting_for as work_waiting_for
from loa.console.placing import placing_links, placing_url
from loa.console.queries.way import Round, rounds_in
from loa.messages.models import Revision
from loa.people.listings import waiting_proposals
from loa.people.models import Person, Role
from loa.people.queries import covered, may
from loa.people.rules import ROLE_NAMES, Permission
from loa.people.scope import is_remembered
from loa.releases.models import ListProposal, Release, ReleaseState
from loa.releases.policy_pages import waiting_policies
from loa.releases.proposals import is_administrator
from loa.releases.proposals import title as list_title
from loa.releases.proposals import waiting_for as waiting_lists
from loa.releases.queries import (
    Alarm,
    AlarmKind,
    alarms_for,
    open_objections,
    open_reviews,
    open_withdrawals,
    sees_alarms,
    waiting_for,
)

HORIZON = timedelta(hours=1)
ACTIVITIES = 8  # late and coming ones that the page shows
RELEASES, PROPOSALS, DRAFTS = 10, 5, 5  # at most so many tasks of a kind
FIRST_TASKS = 3  # before the fold
ROLE, POLICY = 1, 2  # what two administrators decide
_KEPT = "_loa_tasks"


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
    work: Waiting  # of his own posts, and what he may verify
    late: tuple[Activity, ...]  # everybody's, for who plans
    coming: tuple[Activity, ...]
    next_round: Round | None

    @property
    def first_tasks(self) -> tuple[Task, ...]:
        """Return the most urgent tasks: so few that what is on air still stands on the first screen."""
        return self.tasks[:FIRST_TASKS]

    @property
    def more_tasks(self) -> tuple[Task, ...]:
        return self.tasks[FIRST_TASKS:]

    @property
    def own(self) -> tuple[OwnLine, ...]:
        """Return his own work that the page lists."""
        return self.work.own[:ACTIVITIES]

    @property
    def to_verify(self) -> tuple[Activity, ...]:
        return self.work.to_verify[:ACTIVITIES]

    @property
    def more_own(self) -> int:
        """Return how many of his own the page leaves out."""
        return len(self.work.own) - len(self.own)

    @property
    def more_to_verify(self) -> int:
        return len(self.work.to_verify) - len(self.to_verify)

    @property
    def waiting_count(self) -> int:
        """Return how many things wait for him: tasks, and work that he may verify."""
        return len(self.tasks) + len(self.work.to_verify)


def home(person: Person, now: datetime, today: date) -> Home:
    """Gather what waits for ``person`` at ``now``; ``today`` is the local date."""
    rounds = on_air_and_next(person, now)
    work = work_waiting_for(person, today)
    late = tuple(one for one in work.here if one.due and one.due < today)
    return Home(
        tasks=tuple(tasks_for(person, now)),
        rounds=rounds,
        work=work,
        late=late[:ACTIVITIES] if may(person, Permission.PLAN_EDIT) else (),
        coming=tuple(one for one in work.here if one.due and one.due >= today)[:ACTIVITIES],
        next_round=next((one for one in rounds if one.placement.starts_at >= now), None),
    )


def on_air_and_next(person: Person, now: datetime) -> tuple[Round, ...]:
    """Return the placements in the areas of ``person`` that sound now or begin within the hour."""
    here = Placement.objects.filter(covered(person, field="zones__path")).values("pk")
    near = Placement.objects.filter(
        pk__in=here,
        release__state=ReleaseState.RELEASED,
        starts_at__range=(now - timedelta(minutes=20), now + HORIZON),
    )
    rounds = rounds_in(near, now)
    return tuple(
        one
        for one in rounds
        if one.ends_at > now - timedelta(minutes=1) and one.placement.starts_at <= now + HORIZON
    )


def tasks_for(person: Person, now: datetime) -> list[Task]:
    """List what only this person can move on, most urgent first; asked once for the object of one request."""
    known: list[Task] | None = getattr(person, _KEPT, None)
    if known is not None:
        return known
    from_above, returned, unplaced = _releases(person, now)
    tasks = [_alarm_task(alarm) for alarm in alarms_for(person)]
    tasks += [_priority_task(release) for release in from_above]
    tasks += [_returned_task(release) for release in returned]
    tasks += [_signing_task(release) for release in waiting_for(person)]
    tasks += [_placing_task(release) for release in unplaced]
    if may(person, Permission.SETTINGS_MANAGE):
        tasks += _seconds(person)
    tasks += [_list_task(proposal) for proposal in waiting_lists(person)[:PROPOSALS]]
    tasks += [_writing_task(revision) for revision in _drafts(person)[:DRAFTS]]
    if is_remembered(person):
        setattr(person, _KEPT, tasks)
    return tasks


def count_tasks(person: Person, now: datetime) -> int:
    """Count what ``tasks_for`` lists, for the frame of every page: one query besides what waits to be signed."""
    if hasattr(person, _KEPT):
        return len(tasks_for(person, now))
    others: list[tuple[QuerySet[Any], int]] = []
    if sees_alarms(person):
        alarms = (open_withdrawals(person), open_reviews(person), open_objections(person))
        others += [(rows, sys.maxsize) for rows in alarms]
    if may(person, Permission.PLACEMENT_MAKE):
        others.append((without_an_hour(person, now), RELEASES))
    if may(person, Permission.SETTINGS_MANAGE):
        others += [(waiting_proposals(person), PROPOSALS), (waiting_policies(person), PROPOSALS)]
    if is_administrator(person):
        others.append((waiting_lists(person), PROPOSALS))
    own = Person.objects.filter(pk=person.pk).values_list(
        _count_of(_returned(person)),
        _count_of(_unplaced(person, now)),
        _count_of(_drafts(person)),
        *(_count_of(rows) for rows, _most in others),
    )
    counts: tuple[int | None, ...] = own.get()
    most = (RELEASES, RELEASES, DRAFTS, *(limit for _rows, limit in others))
    listed = sum(min(count or 0, limit) for count, limit in zip(counts, most, strict=True))
    return len(waiting_for(person)) + listed


def _count_of(rows: QuerySet[Any]) -> Subquery:
    """Return the number of rows as a part of another query."""
    return Subquery(
        rows.order_by()
        .annotate(rows=Func("pk", function="COUNT", output_field=IntegerField()))
        .values("rows")
    )


def _made_by(person: Person) -> Q:
    return Q(revision__author=person) | Q(submitted_by=person)


def _releases(
    person: Person, now: datetime
) -> tuple[Sequence[Release], Sequence[Release], Sequence[Release]]:
    """Return what a level above wants heard, then of his own what came back and what is not placed. One query.

    What came back stands newest first, the others oldest first.
    """
    wanted = without_an_hour(person, now).order_by().values("pk")
    either = Q(pk__in=_returned(person).order_by().values("pk")) | Q(
        pk__in=_unplaced(person, now).order_by().values("pk")
    )
    found = (
        Release.objects.filter(either | Q(pk__in=wanted))
        .annotate(is_from_above=Case(When(pk__in=wanted, then=True), default=False))
        .select_related("revision__message", "returned_by", "organisation")
    )
    rows = list(found.order_by("submitted_at", "pk"))
    from_above = [one for one in rows if one.is_from_above]
    own = [one for one in rows if not one.is_from_above]
    returned = [one for one in reversed(own) if one.state == ReleaseState.RETURNED]
    unplaced = [one for one in own if one.state == ReleaseState.RELEASED]
    return from_above[:RELEASES], returned[:RELEASES], unplaced[:RELEASES]


def _returned(person: Person) -> QuerySet[Release]:
    """Return what came back and was neither written anew nor sent again, newest first."""
    written_anew = Revision.objects.filter(
        message=OuterRef("revision__message"), number__gt=OuterRef("revision__number")
    )
    sent_again = Release.objects.filter(
        revision=OuterRef("revision"), submitted_at__gt=OuterRef("submitted_at")
    )
    return (
        Release.objects.filter(
            ~Exists(written_anew), ~Exists(sent_again), _made_by(person), state=ReleaseState.RETURNED
        )
        .select_related("revision__message", "returned_by")
        .order_by("-submitted_at", "pk")
    )


def _unplaced(person: Person, now: datetime) -> QuerySet[Release]:
    placed = Placement.objects.filter(release=OuterRef("pk"))
    return (
        Release.objects.filter(
            ~Exists(placed),
            _made_by(person),
            state=ReleaseState.RELEASED,
            not_after__gt=now,
            is_prepared=False,
        )
        .select_related("revision__message")
        .order_by("submitted_at", "pk")
    )


def _drafts(person: Person) -> QuerySet[Revision]:
    return (
        Revision.objects.filter(author=person, frozen_at=None)
        .select_related("message")
        .order_by("-edited_at", "pk")
    )


def _seconds(person: Person) -> list[Task]:
    """Return what takes this person as the second administrator, the oldest first: roles and policies. One query."""
    who = "proposed_by__full_name"
    roles = waiting_proposals(person).values_list(
        "proposed_at", Value(ROLE), "pk", "person__full_name", "role", who
    )
    policies = waiting_policies(person).values_list(
        "proposed_at", Value(POLICY), "organisation_id", "organisation__name", Value(""), who
    )
    rows = sorted(roles.order_by().union(policies.order_by(), all=True))
    return [
        _second_task(kind, pk, whose, role, by)
        for wanted in (ROLE, POLICY)
        for _at, kind, pk, whose, role, by in [row for row in rows if row[1] == wanted][:PROPOSALS]
    ]


def _alarm_task(alarm: Alarm) -> Task:
    told = {"name": alarm.name, "text": alarm.text, "due": f"{timezone.localtime(alarm.at):%H:%M %d/%m}"}
    why, verb, page = {
        AlarmKind.WITHDRAWAL: (
            _("%(name)s đề nghị thu hồi: “%(text)s”"),
            _("Ký thu hồi…"),
            "releases:withdraw",
        ),
        AlarmKind.REVIEW: (
            _("%(name)s ký một mình. Người khác xem lại trước %(due)s."),
            _("Xem lại"),
            "releases:release",
        ),
        AlarmKind.OBJECTION: (_("%(name)s phản đối: “%(text)s”"), _("Xem lại"), "releases:release"),
    }[alarm.kind]
    return Task(
        icon="alert-triangle",
        title=alarm.title,
        why=why % told,
        verb=verb,
        url=reverse(page, args=[alarm.release_id]),
        is_late=True,
    )


def _second_task(kind: int, pk: int, whose: str, role: str, proposed_by: str) -> Task:
    """Return one proposal: of a role, of a new beginning (without a role), or of a policy."""
    if kind == POLICY:
        title, url = _("Cách ký duyệt của %(name)s") % {"name": whose}, reverse("releases:policy", args=[pk])
    else:
        what = str(ROLE_NAMES[Role(role)]) if role else _("bắt đầu lại đăng nhập")
        title, url = f"{whose}: {what}", reverse("people_settings:proposals")
    return Task(
        icon="users",
        title=title,
        why=_("%(name)s đề nghị; cần bạn là người quản trị thứ hai.") % {"name": proposed_by},
        verb=_("Xem đề nghị"),
        url=url,
    )


def _list_task(proposal: ListProposal) -> Task:
    return Task(
        icon="key",
        title=list_title(proposal),
        why=_("Có hiệu lực trên loa khi hai quản trị giữ khóa đã ký."),
        verb=_("Xem và ký"),
        url=reverse("releases:proposed_list", args=[proposal.pk]),
    )


def _returned_task(release: Release) -> Task:
    return Task(
        icon="arrow-back-up",
        title=release.revision.title,
        why=_("%(name)s trả lại: “%(reason)s”")
        % {"name": release.returned_by, "reason": release.return_reason},
        verb=_("Sửa tin"),
        url=reverse("console:message", args=[release.revision.message.code]),
        is_late=True,
    )


def _priority_task(release: Release) -> Task:
    return Task(
        icon="chevrons-up",
        title=release.revision.title,
        why=_("Tin ưu tiên của %(name)s phải có trong chương trình; xã chưa xếp giờ.")
        % {"name": release.organisation.name},
        verb=_("Xếp giờ"),
        url=placing_links(release)[0].url,
        is_late=True,
    )


def _placing_task(release: Release) -> Task:
    return Task(
        icon="calendar-plus",
        title=release.revision.title,
        why=_("Đã đủ chữ ký, chưa đặt lịch."),
        verb=_("Đặt lịch"),
        url=placing_url(release),
    )


def _writing_task(revision: Revision) -> Task:
    return Task(
        icon="pencil",
        title=revision.title,
        why=_("Bản nháp, chưa gửi duyệt."),
        verb=_("Viết tiếp"),
        url=reverse("console:message", args=[revision.message.code]),
    )


def _signing_task(release: Release) -> Task:
    return Task(
        icon="signature",
        title=release.revision.title,
        why=_("%(name)s gửi duyệt") % {"name": release.submitted_by},
        verb=_("Nghe và ký"),
        url=reverse("releases:release", args=[release.pk]),
    )
