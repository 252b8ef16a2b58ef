# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bring notices to people, and make the digests of each morning."""

import time

from django.db import transaction
from django.utils import timezone

from loa.config import clock
from loa.jobs import outbox, periodic
from loa.notices import actions, rules
from loa.notices.actions.reaching import CONFIRM_TOPIC
from loa.notices.actions.telling import TOPICS
from loa.notices.delivery import emailing, pushing
from loa.notices.digest import sections_for
from loa.notices.models import DigestDay, Way
from loa.people.models import Person

BUDGET = 2.0  # seconds in one go: other periodic work shares the thread
BATCH = 50  # people read at once

outbox.handler(TOPICS[Way.EMAIL], is_slow=True)(emailing.send_notice)
outbox.handler(TOPICS[Way.PUSH], is_slow=True)(pushing.send_notice)
outbox.handler(CONFIRM_TOPIC, is_slow=True)(emailing.send_confirmation)


@periodic.every(10, "notices.digest")
def make_digests() -> None:
    """Make some of this morning's digests; the next go takes up where this one stopped."""
    local = clock.now().astimezone(timezone.get_default_timezone())
    if not rules.is_digest_time(local):
        return
    day = DigestDay.objects.filter(day=local.date()).first()  # a read alone: looking takes no write lock
    if day is None:
        day = DigestDay.objects.create(day=local.date())
    end = time.monotonic() + BUDGET
    while day.done_at is None and time.monotonic() < end:
        _make_some(day, end)


def _make_some(day: DigestDay, end: float) -> None:
    people = list(Person.objects.filter(is_active=True, pk__gt=day.up_to).order_by("pk")[:BATCH])
    for person in people:
        found = sections_for(person, clock.now())
        with transaction.atomic():
            if found:
                actions.digest(person=person, sections=found, day=day.day)
            day.up_to = person.pk
            day.save(update_fields=["up_to"])
        if time.monotonic() >= end:
            return
    if len(people) < BATCH:
        day.done_at = clock.now()
        day.save(update_fields=["done_at"])
