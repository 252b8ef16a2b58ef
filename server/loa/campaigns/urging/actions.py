# SPDX-License-Identifier: AGPL-3.0-or-later
"""Urge: by itself as the days of a campaign say, or by hand; and set those days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.campaigns.actions.checks import Actors, PlanError, changed, prose, record, require_plan
from loa.campaigns.models import Activity, Campaign, Urge, UrgingDays
from loa.campaigns.models.urging import NOTE_LENGTH
from loa.campaigns.urging.queries import Addressee, addressees, chosen, days_of, sent_about
from loa.campaigns.urging.rules import BY_HAND, MOST_AFTER, MOST_BEFORE, Days, Sent, level_of, stage_of
from loa.campaigns.urging.telling import BATCH, tell
from loa.config import clock
from loa.config.errors import PermissionDeniedError
from loa.people.models import Person

PEOPLE = 100  # who are told in one transaction


@dataclass(frozen=True)
class Occasion:
    """One time that somebody is to be urged.

    Args:
        mark: names the occasion; the same one comes once for each activity.
    """

    activity: Activity
    to: Addressee
    stage: str
    mark: str
    by: Person | None = None
    note: str = ""


def _occasion(
    activity: Activity, chain: Sequence[Addressee], days: Days, sent: Sent, today: date
) -> Occasion | None:
    stage = stage_of(activity, today, days, sent)
    if stage is None or level_of(stage) >= len(chain):
        return None
    return Occasion(activity, chain[level_of(stage)], stage, mark=f"{activity.due}:{stage}")


@transaction.atomic
def urge_due(activities: Sequence[Activity], today: date) -> int:
    """Write down whom to urge about those of some activities whose day has come; return how many. Again does nothing.

    ``tell_urged`` tells them. A fixed number of queries for up to some hundred activities; they need what
    ``queries.watched`` selects.
    """
    days = days_of(one.campaign_id for one in activities)
    sent = sent_about(activities)
    open_to = addressees(activities, today)
    found = (
        _occasion(one, open_to[one.pk].chain, days[one.campaign_id], sent.get(one.pk, Sent()), today)
        for one in activities
    )
    occasions = [one for one in found if one is not None]
    _store(occasions, today)
    return len(occasions)


@transaction.atomic
def tell_urged(today: date) -> bool:
    """Tell some of those whom ``urge_due`` wrote down today; return whether there may be more."""
    untold = Urge.objects.filter(told_as="", on=today, by=None)
    people = list(untold.order_by("person").values_list("person", flat=True).distinct()[:PEOPLE])
    if people:
        tell(untold.filter(person__in=people), today)
    return bool(people)


def _store(occasions: Sequence[Occasion], today: date) -> None:
    """Store the occasions; what another process stored at the same moment is left to it."""
    now = clock.now()
    Urge.objects.bulk_create(
        [
            Urge(
                activity=one.activity,
                mark=one.mark,
                stage=one.stage,
                due=one.activity.due,
                post=one.to.post,
                person=one.to.person,
                by=one.by,
                note=one.note,
                on=today,
                at=now,
            )
            for one in occasions
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )


@dataclass(frozen=True)
class Done:
    """What urging by hand did."""

    people: int
    activities: int


@transaction.atomic
def urge_by_hand(*, actor: Person, activities: Sequence[Activity], note: str = "") -> Done:
    """Urge now about the chosen activities, with a note; those that are over or lead to nobody are left out.

    The same note to the same activity goes once a day, however often the button is pressed.

    Args:
        activities: with campaign, organisation and accountable post selected; none means that nothing happens.

    Raises:
        PermissionDeniedError: the actor may urge about none of them.
        PlanError: the note is too long.
    """
    note = prose(note, "note", NOTE_LENGTH)
    today = localdate(clock.now())
    found = chosen(actor, activities, today)
    if found.is_refused:
        raise PermissionDeniedError(
            _("Chỉ cấp trên, người đứng đầu ban chỉ đạo và người lập kế hoạch đôn đốc được việc này.")
        )
    ready = [line.activity for line in found.ready]
    word = sha256(note.encode()).hexdigest()[:16]
    mark = f"{BY_HAND}:{today}:{actor.pk}:{word}"
    known = set(Urge.objects.filter(activity__in=ready, mark=mark).values_list("activity", flat=True))
    occasions = [
        Occasion(line.activity, line.addressee, BY_HAND, mark, actor, note)
        for line in found.ready
        if line.addressee is not None and line.activity.pk not in known
    ]
    _store(occasions, today)
    tell(Urge.objects.filter(told_as="", by=actor, mark=mark), today)
    for one in occasions:
        record(actor, "urge", one.activity.campaign, one.activity, to=str(one.to.person), note=note)
    return Done(len({one.to.person.pk for one in occasions}), len(occasions))


@transaction.atomic
def set_urging_days(*, actor: Actors, campaign: Campaign, days: Days) -> UrgingDays:
    """Say when a campaign urges.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: a span is outside what is possible.
    """
    require_plan(actor, campaign.organisation)
    after = _spans(days.after, "after", 1, MOST_AFTER)
    [above] = _spans([days.escalate_after], "escalate_after", 1, MOST_AFTER)
    if after and above <= after[0]:
        text = _("Báo lên cấp trên phải sau lần nhắc đầu tiên: ghi nhiều hơn %(least)d ngày.")
        raise PlanError(text % {"least": after[0]}, field="escalate_after")
    values = {
        "is_on": days.is_on,
        "before": _spans(days.before, "before", 0, MOST_BEFORE),
        "after": after,
        "escalate_after": above,
    }
    before = days_of([campaign.pk])[campaign.pk]
    row, _made = UrgingDays.objects.update_or_create(campaign=campaign, defaults=values)
    old = {
        "is_on": before.is_on,
        "before": list(before.before),
        "after": list(before.after),
        "escalate_after": before.escalate_after,
    }
    record(actor, "set_urging_days", campaign, campaign, changed(old, values))
    return row


def _spans(counts: Iterable[int], field: str, least: int, most: int) -> list[int]:
    spans = sorted(set(counts), reverse=field == "before")
    if not all(least <= one <= most for one in spans):
        raise PlanError(
            _("Ghi số ngày từ %(least)d đến %(most)d.") % {"least": least, "most": most}, field=field
        )
    return spans
