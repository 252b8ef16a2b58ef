# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tell people what became of work: that it is theirs, that it waits for them, what was said to it."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from loa.campaigns.actions.checks import Actors
from loa.campaigns.models import Activity, Campaign
from loa.campaigns.rules import Step
from loa.campaigns.waiting import verifiers_of
from loa.config import clock
from loa.notices.actions import Telling, tell_many
from loa.notices.models import Answer
from loa.people.models import Person
from loa.people.queries import holder, holders
from loa.ui.dates import full_date

ACCOUNTABLE = "campaigns.accountable"  # kinds of notices
TO_VERIFY = "campaigns.to_verify"
RETURNED = "campaigns.returned"
VERIFIED = "campaigns.verified"
NAMED = 10  # activities that one notice names; the others are counted
ANSWERS = (Answer.ACKNOWLEDGE, Answer.ANSWER, Answer.PASS_ON)


def _page(activity: Activity) -> str:
    return reverse("campaigns:activity", args=[activity.campaign.key, activity.pk])


def _line(activity: Activity) -> str:
    if activity.due is None:
        return activity.title
    return _("%(title)s, hạn %(day)s") % {"title": activity.title, "day": full_date(activity.due)}


def tell_accountable(actor: Actors, campaign: Campaign, activities: Iterable[Activity]) -> None:
    """Tell whoever holds the posts of activities that they answer for them now: one notice for each person.

    Nobody is told what he did himself, nor what the system did. Call it in the transaction of the change.
    """
    if not isinstance(actor, Person):
        return
    activities = list(activities)
    people = holders({one.accountable_post for one in activities}, localdate(clock.now()))
    theirs: dict[int, list[Activity]] = {}
    for one in activities:
        if one.accountable_post_id in people:
            theirs.setdefault(people[one.accountable_post_id].pk, []).append(one)
    by_id = {person.pk: person for person in people.values()}
    told = ((by_id[pk], rows) for pk, rows in theirs.items() if pk != actor.pk)
    tell_many([_accountable(actor, campaign, person, rows) for person, rows in told])


def _accountable(actor: Person, campaign: Campaign, person: Person, rows: list[Activity]) -> Telling:
    first = rows[0]
    lines = [_line(one) for one in rows[:NAMED]]
    if len(rows) > NAMED:
        lines.append(_("và %(count)d việc nữa") % {"count": len(rows) - NAMED})
    if len(rows) == 1:
        title = _("Việc của bạn: %(title)s") % {"title": first.title}
    else:
        words = {"count": len(rows), "title": campaign.title}
        title = _("%(count)d việc của bạn: %(title)s") % words
    said = _("%(name)s giao. Chiến dịch: %(title)s.") % {"name": actor.full_name, "title": campaign.title}
    everything = f"{reverse('campaigns:activities', args=[campaign.key])}"
    return Telling(
        to=(person,),
        kind=ACCOUNTABLE,
        title=title,
        body="\n".join([*lines, "", said]),
        url=_page(first) if len(rows) == 1 else everything,
        about=first if len(rows) == 1 else campaign,
        dedupe=f"{ACCOUNTABLE}:{first.pk}:{first.accountable_post_id}:{clock.now().isoformat()}",
        by=actor,
        answers=ANSWERS,
    )


def tell_step(actor: Actors, activity: Activity, step: Step) -> None:
    """Tell whom a step concerns: who may verify what was submitted; the head and the submitter what became of it.

    Call it in the transaction of the step.
    """
    if not isinstance(actor, Person):
        return
    make = {"submit": _submitted, "return": _returned, "verify": _verified}.get(step.name)
    if make is not None:
        tell_many([make(actor, activity)])


def _submitted(actor: Person, activity: Activity) -> Telling:
    to = [one.person for one in verifiers_of(activity, localdate(clock.now()))]
    answers = {"post": activity.accountable_post.title, "office": activity.organisation.name}
    body = _("%(name)s đã nộp kết quả.") % {"name": actor.full_name}
    return _about_step(
        actor,
        activity,
        TO_VERIFY,
        _("Chờ bạn kiểm tra: %(title)s") % {"title": activity.title},
        f"{body} {_('%(post)s, %(office)s chịu trách nhiệm.') % answers}",
        to,
    )


def _returned(actor: Person, activity: Activity) -> Telling:
    words = {"name": actor.full_name, "reason": activity.state_note}
    return _about_step(
        actor,
        activity,
        RETURNED,
        _("Bị trả lại: %(title)s") % {"title": activity.title},
        _("%(name)s trả lại: “%(reason)s”. Làm tiếp rồi nộp lại; minh chứng đã gửi vẫn còn.") % words,
        _doers(activity),
    )


def _verified(actor: Person, activity: Activity) -> Telling:
    at = localtime(activity.verified_at or clock.now())
    words = {"name": actor.full_name, "at": f"{at:%H:%M %d/%m/%Y}"}
    return _about_step(
        actor,
        activity,
        VERIFIED,
        _("Đã xác nhận xong: %(title)s") % {"title": activity.title},
        _("%(name)s xác nhận lúc %(at)s.") % words,
        _doers(activity),
    )


def _doers(activity: Activity) -> list[Person]:
    """Return who holds the accountable post, and who submitted."""
    head = holder(activity.accountable_post, localdate(clock.now()))
    people = {one.pk: one for one in (head, activity.submitted_by) if one is not None}
    return list(people.values())


def _about_step(
    actor: Person, activity: Activity, kind: str, title: str, body: str, to: list[Person]
) -> Telling:
    campaign = _("Chiến dịch: %(title)s.") % {"title": activity.campaign.title}
    return Telling(
        to=tuple(one for one in to if one.pk != actor.pk),
        kind=kind,
        title=title,
        body=f"{body}\n\n{campaign}",
        url=_page(activity),
        about=activity,
        dedupe=f"{kind}:{activity.pk}:{clock.now().isoformat()}",
        by=actor,
        answers=ANSWERS,
    )
