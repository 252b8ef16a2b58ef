# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages and other apps read: one's own notices, what came back, and how each was brought."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.conf import settings
from django.db.models import Model, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.areas.folding import fold
from loa.config import clock
from loa.config.errors import LoaError, NotFoundError
from loa.notices import rules
from loa.notices.models import Answer, DeliveryAttempt, Notice, Response, Subscription, Way, Ways
from loa.people.models import Person, RoleGrant
from loa.people.rules import Permission
from loa.people.scope import scope

CHUNK = 400  # rows of one statement; SQLite takes a limited number of parameters
OPEN_SHOWN, SETTLED_SHOWN, COLLEAGUES_SHOWN = 100, 50, 30


def can_send_email() -> bool:
    """Say whether this installation has a mail server."""
    return bool(settings.EMAIL_HOST)


class NobodyError(LoaError):
    """Nobody was chosen to whom something may be passed on."""

    code = "nobody_chosen"


@dataclass(frozen=True)
class Reached:
    """How one person can be reached now besides the console."""

    ways: Ways
    browsers: int

    def has(self, way: Way, *, is_urgent: bool) -> bool:
        """Say whether a notice is to be brought to him by a way."""
        if way is Way.EMAIL:
            is_there = can_send_email() and bool(self.ways.email)
            return is_there and rules.wants(self.ways.email_use, is_urgent=is_urgent)
        return self.browsers > 0 and rules.wants(self.ways.push_use, is_urgent=is_urgent)


def ways_of(people: Collection[int]) -> dict[int, Reached]:
    """Return how each of these people is reached, by the person's key."""
    chosen: dict[int, Ways] = {}
    browsers: dict[int, int] = {}
    ordered = sorted(people)
    for start in range(0, len(ordered), CHUNK):
        part = ordered[start : start + CHUNK]
        chosen |= {row.person_id: row for row in Ways.objects.filter(person__in=part)}
        for owner in Subscription.objects.filter(person__in=part, ended_at=None).values_list(
            "person", flat=True
        ):
            browsers[owner] = browsers.get(owner, 0) + 1
    return {pk: Reached(chosen.get(pk) or Ways(person_id=pk), browsers.get(pk, 0)) for pk in ordered}


def told(dedupes: Iterable[str]) -> set[tuple[int, str]]:
    """Return who was told which of these things already, as person's key and name of the thing."""
    found: set[tuple[int, str]] = set()
    ordered = sorted(set(dedupes))
    for start in range(0, len(ordered), CHUNK):
        rows = Notice.objects.filter(dedupe__in=ordered[start : start + CHUNK])
        found.update(rows.values_list("person_id", "dedupe"))
    return found


def _with_answers(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    responses = Response.objects.select_related("person", "passed_to").order_by("at", "pk")
    return notices.prefetch_related(Prefetch("responses", queryset=responses))


def open_notices(person: Person) -> QuerySet[Notice]:
    """Return what a person has said nothing to yet: urgent first, then newest."""
    return _with_answers(Notice.objects.filter(person=person, settled_at=None)).order_by(
        "-is_urgent", "-created_at", "pk"
    )[:OPEN_SHOWN]


def settled_notices(person: Person) -> QuerySet[Notice]:
    """Return the last things that a person answered, newest first."""
    return _with_answers(Notice.objects.filter(person=person, settled_at__isnull=False)).order_by(
        "-settled_at", "pk"
    )[:SETTLED_SHOWN]


def count_open(person: Person) -> int:
    """Return how many notices wait for a person."""
    return Notice.objects.filter(person=person, settled_at=None).count()


def access_notice(person: Person, pk: UUID) -> Notice:
    """Return one of the person's own notices with what was said to it.

    Raises:
        NotFoundError: it is not there, or somebody else's: both look the same.
    """
    found = _with_answers(Notice.objects.select_related("passed_from__person")).filter(pk=pk, person=person)
    for notice in found:
        return notice
    raise NotFoundError(_("Không tìm thấy thông báo này. Xem lại trong danh sách thông báo của bạn."))


def notices_about(obj: Model, kind: str = "") -> QuerySet[Notice]:
    """Return everything that people were told about a thing, newest first."""
    rows = Notice.objects.filter(about_type=obj._meta.label_lower, about_id=str(obj.pk))
    return (rows.filter(kind=kind) if kind else rows).select_related("person").order_by("-created_at", "pk")


def attempts_about(obj: Model) -> QuerySet[DeliveryAttempt]:
    """Return every try to tell somebody of a thing, newest first."""
    return (
        DeliveryAttempt.objects.filter(notice__about_type=obj._meta.label_lower, notice__about_id=str(obj.pk))
        .select_related("notice", "person")
        .order_by("-at", "-pk")
    )


def responses_to(dedupes: Iterable[str]) -> dict[str, list[Response]]:
    """Return what people said to some things, in the order of time, by the name of each thing.

    With it comes what those said to whom it was passed on, however often. One query, and one more for each
    time that it was passed on further.
    """
    names = {name: name for name in dedupes if name}
    found: dict[str, list[Response]] = {}
    while names:
        further: dict[str, str] = {}
        for row in _responses_named(names):
            thing = names[row.notice.dedupe]
            found.setdefault(thing, []).append(row)
            if row.kind == Answer.PASS_ON:
                further[f"notices.pass:{row.notice_id}"] = thing
        names = further
    return {thing: sorted(rows, key=lambda row: (row.at, row.pk)) for thing, rows in found.items()}


def _responses_named(names: Collection[str]) -> Iterator[Response]:
    ordered = sorted(names)
    for start in range(0, len(ordered), CHUNK):
        rows = Response.objects.filter(notice__dedupe__in=ordered[start : start + CHUNK])
        yield from rows.select_related("notice", "person", "passed_to")


def colleagues(person: Person) -> QuerySet[Person]:
    """Return to whom a person may pass something on: who has a role at an organisation that he sees."""
    tops = tree.topmost(scope(person).organisation_paths(Permission.VIEW))
    covered = reduce(or_, (Q(organisation__path__startswith=path) for path in tops), Q(pk__in=[]))
    now = clock.now()
    grants = RoleGrant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now), covered, since__lte=now
    ).values("person")
    return (
        Person.objects.filter(pk__in=grants, is_active=True).exclude(pk=person.pk).order_by("full_name", "pk")
    )


def find_colleagues(person: Person, words: str) -> tuple[list[Person], int]:
    """Return the first colleagues whose name holds the words, with or without marks, and how many there are."""
    key = fold(words)
    names = colleagues(person).values_list("pk", "full_name")
    matching = [pk for pk, name in names if key in fold(name)]
    shown = Person.objects.filter(pk__in=matching[:COLLEAGUES_SHOWN]).order_by("full_name", "pk")
    return list(shown), len(matching)


def colleague(person: Person, pk: int | None) -> Person:
    """Return one colleague.

    Raises:
        NobodyError: nobody was chosen, or it is no colleague: both look the same.
    """
    found = colleagues(person).filter(pk=pk).first() if pk is not None else None
    if found is None:
        raise NobodyError(_("Chưa chọn được người nhận. Tìm theo tên rồi chọn một người."), field="to")
    return found


def subscriptions_of(person: Person) -> QuerySet[Subscription]:
    """Return the browsers that show a person's notices, newest first."""
    return Subscription.objects.filter(person=person, ended_at=None).order_by("-created_at", "pk")
