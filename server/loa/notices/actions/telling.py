# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tell people something: one row each, at most once, and what brings it to them after the commit."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from loa.audit.actions import record
from loa.audit.actor import Actor, Thing, as_actor
from loa.config import clock
from loa.jobs import outbox
from loa.notices import kinds, rules
from loa.notices.digest import Section, written
from loa.notices.models import Answer, DeliveryAttempt, Notice, Outcome, Way
from loa.notices.queries import CHUNK, told, ways_of
from loa.people.models import Person

TOPICS = {Way.EMAIL: "notice-email", Way.PUSH: "notice-push"}


@dataclass(frozen=True)
class Telling:
    """One thing to tell some people.

    ``dedupe`` names it: whoever was told it is not told again. ``url`` and the addresses of ``links`` are paths
    of this server. ``about`` is what it concerns, so that answers are found from there.
    """

    to: tuple[Person, ...]
    kind: str
    title: str
    body: str
    url: str
    about: Model | None
    dedupe: str
    by: Person | Actor | None = None
    urgent: bool = False
    answers: tuple[Answer, ...] = (Answer.ACKNOWLEDGE,)
    links: tuple[tuple[str, str], ...] = ()
    passed_from: Notice | None = None


def tell(
    *,
    to: Iterable[Person],
    kind: str,
    title: str,
    body: str,
    url: str,
    about: Model | None,
    dedupe: str,
    by: Person | Actor | None,
    urgent: bool = False,
    answers: Collection[Answer] = (Answer.ACKNOWLEDGE,),
    links: Sequence[tuple[str, str]] = (),
) -> list[Notice]:
    """Tell people something in the caller's transaction; return the notices that are new.

    Args:
        dedupe: names the thing; whoever was told it already is left out.
        by: who says it; None for the system.
        urgent: also at night, and beyond the day's limit.
        answers: what can be said to it besides "received".

    Raises:
        RuntimeError: no transaction is open.
        ValueError: nobody registered the kind, or an address leads elsewhere.
    """
    return tell_many(
        [Telling(tuple(to), kind, title, body, url, about, dedupe, by, urgent, tuple(answers), tuple(links))]
    )


def tell_many(tellings: Iterable[Telling]) -> list[Notice]:
    """Tell many things in few queries; otherwise as ``tell``.

    Raises:
        RuntimeError: no transaction is open.
        ValueError: a kind that nobody registered, or an address that leads elsewhere.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A notice needs the transaction of what it tells of.")
    tellings = list(tellings)
    known = told(one.dedupe for one in tellings)
    rows: dict[tuple[int, str], Notice] = {}
    for one in tellings:
        for person in one.to:
            key = (person.pk, one.dedupe)
            if person.is_active and key not in known and key not in rows:
                rows[key] = _row(one, person)
    stored = _store(list(rows.values()))
    _note(stored)
    _put(stored)
    return stored


def _row(one: Telling, person: Person) -> Notice:
    kinds.kind_of(one.kind)
    addresses = [one.url, *(address for _words, address in one.links)]
    if not all(rules.is_own_path(address) for address in addresses if address):
        raise ValueError(f"A notice leads to paths of this server alone, not to {addresses}.")
    return Notice(
        id=uuid.uuid4(),
        person=person,
        kind=one.kind,
        title=rules.one_line(one.title),
        body=one.body,
        url=one.url,
        links=[list(link) for link in one.links],
        **_about(one),
        dedupe=one.dedupe,
        sent_by=one.by if isinstance(one.by, Person) else None,
        sent_by_name=as_actor(one.by).name,
        is_urgent=one.urgent,
        answers=sorted({answer.value for answer in one.answers} | {Answer.ACKNOWLEDGE.value}),
        passed_from=one.passed_from,
        created_at=clock.now(),
    )


def _about(one: Telling) -> dict[str, str]:
    """Return what it is about; what is passed on is about the same thing."""
    if one.passed_from is not None:
        return {"about_type": one.passed_from.about_type, "about_id": one.passed_from.about_id}
    if one.about is None:
        return {}
    return {"about_type": one.about._meta.label_lower, "about_id": str(one.about.pk)}


def _store(rows: list[Notice]) -> list[Notice]:
    """Write the rows; one that another process wrote at the same moment is left to it."""
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)
    stored: set[uuid.UUID] = set()
    for start in range(0, len(rows), CHUNK):
        ids = [row.pk for row in rows[start : start + CHUNK]]
        stored.update(Notice.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [row for row in rows if row.pk in stored]


def _note(notices: list[Notice]) -> None:
    """Log that they stand in the console, and write one audit entry for each kind and sender."""
    now = clock.now()
    DeliveryAttempt.objects.bulk_create(
        [
            DeliveryAttempt(
                notice=one, person_id=one.person_id, way=Way.CONSOLE, at=now, outcome=Outcome.SENT
            )
            for one in notices
        ],
        batch_size=CHUNK,
    )
    told_by = {(one.kind, one.sent_by_name): one.sent_by for one in notices}
    counts = Counter((one.kind, one.sent_by_name) for one in notices)
    for (kind, name), count in counts.items():
        sample = next(one for one in notices if (one.kind, one.sent_by_name) == (kind, name))
        record(
            actor=told_by[kind, name],
            action="notices.tell",
            obj=sample if count == 1 else Thing("notices.notice", kind, sample.title),
            details={"kind": kind, "people": count, "by": name, "about": f"{sample.about_type} {sample.about_id}"},
        )  # fmt: skip


def _put(notices: list[Notice]) -> None:
    """Leave the effects for the worker: by the ways that each person chose, not in the quiet hours."""
    now, zone = clock.now(), timezone.get_default_timezone()
    reached = ways_of({one.person_id for one in notices})
    for way, topic in TOPICS.items():
        for urgent in (True, False):
            keys = [
                str(one.pk)
                for one in notices
                if one.is_urgent is urgent and reached[one.person_id].has(way, is_urgent=urgent)
            ]
            outbox.put_all(topic, keys=keys, not_before=rules.knock_at(now, zone, is_urgent=urgent))


def digest(*, person: Person, sections: Sequence[Section], day: date) -> Notice | None:
    """Tell a person the summary of a day, once; nothing when no section has a line.

    Raises:
        RuntimeError: no transaction is open.
    """
    filled = [section for section in sections if section.lines]
    if not filled:
        return None
    count = sum(len(section.lines) for section in filled)
    made = tell(
        to=[person],
        kind=kinds.DIGEST.key,
        title=_("Việc ngày %(day)s: %(count)d mục") % {"day": day.strftime("%d/%m/%Y"), "count": count},
        body=written(filled),
        url="/",
        about=None,
        dedupe=f"notices.digest:{day.isoformat()}",
        by=None,
        links=[(section.title, section.url) for section in filled if section.url],
    )
    return made[0] if made else None
