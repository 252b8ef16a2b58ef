# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked again at the moment of sending, and how every attempt is written down."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from loa.config import clock
from loa.jobs import outbox
from loa.notices import rules
from loa.notices.actions.telling import TOPICS
from loa.notices.models import DeliveryAttempt, Notice, Outcome, Subscription, Way
from loa.notices.queries import ways_of

_ENDED = (
    Outcome.SENT,
    Outcome.UNKNOWN,
    Outcome.GAVE_UP,
    Outcome.GONE,
    Outcome.OVER_LIMIT,
    Outcome.NOT_NEEDED,
)


def to_send(key: str, way: Way) -> Notice | None:
    """Return the notice if it is to be sent by this way now; else None, with the reason written down.

    What was right when it was told may be received, switched off or unwanted at night by now.
    """
    notice = Notice.objects.select_related("person", "sent_by").filter(pk=UUID(key)).first()
    if notice is None or (way is Way.EMAIL and _ended(notice, way)):
        return None
    now, urgent = clock.now(), notice.is_urgent
    if not urgent and _was_cut_off(notice, way):
        write(notice, way, Outcome.UNKNOWN)
        return None
    is_wanted = notice.person.is_active and ways_of([notice.person_id])[notice.person_id].has(
        way, is_urgent=urgent
    )
    if notice.is_settled or not is_wanted:
        write(notice, way, Outcome.NOT_NEEDED)
        return None
    morning = rules.knock_at(now, timezone.get_default_timezone(), is_urgent=urgent)
    if morning > now:
        with transaction.atomic():
            outbox.put(TOPICS[way], key=key, not_before=morning)
        return None
    if not urgent and _sent_today(notice, way) >= rules.DAY_LIMIT:
        write(notice, way, Outcome.OVER_LIMIT)
        return None
    return notice


def _ended(notice: Notice, way: Way) -> bool:
    return DeliveryAttempt.objects.filter(notice=notice, way=way, outcome__in=_ENDED).exists()


def begin(notice: Notice, way: Way) -> None:
    """Write down that sending begins, so that a worker that dies before it writes the end is found out."""
    write(notice, way, Outcome.STARTED)


def _was_cut_off(notice: Notice, way: Way) -> bool:
    last = DeliveryAttempt.objects.filter(notice=notice, way=way).order_by("-pk").first()
    return last is not None and last.outcome == Outcome.STARTED


def _sent_today(notice: Notice, way: Way) -> int:
    """Return how many other notices this way brought to the person in 24 hours; several browsers count once."""
    rows = DeliveryAttempt.objects.filter(
        person_id=notice.person_id, way=way, outcome=Outcome.SENT, at__gt=clock.now() - timedelta(days=1)
    )
    return rows.exclude(notice=notice).values("notice").distinct().count()


def ended_browsers(notice: Notice) -> set[int]:
    """Return the browsers to which this notice is not to be sent any more."""
    rows = DeliveryAttempt.objects.filter(notice=notice, way=Way.PUSH, outcome__in=_ENDED)
    return {pk for pk in rows.values_list("subscription", flat=True) if pk is not None}


def write(
    notice: Notice,
    way: Way,
    outcome: Outcome,
    *,
    detail: str = "",
    subscription: Subscription | None = None,
) -> DeliveryAttempt:
    """Write an attempt down, and its next one when it failed for now; the last failure gives up."""
    now = clock.now()
    with transaction.atomic():
        if outcome is Outcome.FAILED:
            outcome = _plan_next(notice, way, subscription)
        return DeliveryAttempt.objects.create(
            notice=notice,
            person_id=notice.person_id,
            way=way,
            subscription=subscription,
            at=now,
            outcome=outcome,
            detail=detail[:300],
        )


def _plan_next(notice: Notice, way: Way, subscription: Subscription | None) -> Outcome:
    failed = DeliveryAttempt.objects.filter(
        notice=notice, way=way, subscription=subscription, outcome=Outcome.FAILED
    ).count()
    pause = rules.pause_after(failed + 1)
    if pause is None:
        return Outcome.GAVE_UP
    zone = timezone.get_default_timezone()
    at = rules.knock_at(clock.now() + pause, zone, is_urgent=notice.is_urgent)
    outbox.put(TOPICS[way], key=str(notice.pk), not_before=at)
    return Outcome.FAILED
