# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people are told when they are urged, in the language of the installation."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from loa.campaigns.models import Activity, ActivityState, Urge
from loa.campaigns.rules import days_late
from loa.campaigns.urging.queries import Addressees
from loa.campaigns.urging.rules import ABOVE
from loa.ui.dates import full_date


def standing_words(activity: Activity, today: date) -> str:
    """Return how an activity stands to its due date, in two or three words."""
    if activity.due is None:
        return _("Chưa ghi hạn")
    if activity.due < today and not days_late(activity, today):
        return _("Đã qua hạn")
    return day_words(activity.due, today)


def day_words(due: date, today: date) -> str:
    """Return how a due date lies to today, in two or three words."""
    left = (due - today).days
    if left < 0:
        return _("Trễ %(count)d ngày") % {"count": -left}
    return _("Còn %(count)d ngày") % {"count": left} if left else _("Hạn hôm nay")


def _plain_title(activity: Activity, today: date) -> str:
    named = {"when": standing_words(activity, today), "what": activity.title}
    if activity.state == ActivityState.SUBMITTED:
        return _("%(when)s, chờ kiểm tra: %(what)s") % named
    return _("%(when)s: %(what)s") % named


def title_of(urge: Urge, today: date) -> str:
    """Return the title of a notice."""
    title = _plain_title(urge.activity, today)
    is_below = urge.stage.startswith(ABOVE) and urge.post is not None
    if not is_below or urge.activity.state == ActivityState.SUBMITTED:
        return title
    return _("Việc cấp dưới. %(title)s") % {"title": title}


def body_of(urge: Urge, found: Addressees) -> str:
    """Return the text of a notice: the note first, who answers, until when, and why this reader is told.

    Args:
        urge: with activity, its campaign, organisation and post, the urged person and post.
        found: who can be urged about the activity.
    """
    activity = urge.activity
    answers = _("%(post)s, %(office)s chịu trách nhiệm.") % {
        "post": activity.accountable_post.title,
        "office": activity.organisation.name,
    }
    parts = [answers]
    if activity.due is not None:
        parts.append(_("Hạn %(day)s.") % {"day": full_date(activity.due)})
    parts += _reasons(urge, found)
    parts.append(_("Chiến dịch: %(title)s.") % {"title": activity.campaign.title})
    return "\n\n".join(one for one in (urge.note, " ".join(parts)) if one)


def _reasons(urge: Urge, found: Addressees) -> list[str]:
    """Return why this person is told and not the one who holds the accountable post."""
    post = urge.post.title if urge.post else ""
    reasons = []
    if urge.activity.state == ActivityState.SUBMITTED:
        reasons.append(_("Kết quả đã nộp, đang chờ kiểm tra."))
    elif urge.post is None and found.is_vacant:
        reasons.append(_("Chưa ai giữ chức danh này hay chức danh bên trên nên báo tới người lập kế hoạch."))
    elif urge.post is None:
        reasons.append(_("Đã nhắc người chịu trách nhiệm mà chưa xong, không còn cấp trên nào để báo."))
    elif found.is_vacant:
        reasons.append(_("Chức danh này chưa có người giữ nên báo tới %(post)s.") % {"post": post})
    elif urge.post_id != urge.activity.accountable_post_id:
        reasons.append(_("Đã nhắc người chịu trách nhiệm mà chưa xong nên báo tới cấp trên."))
    away = next((one.stands_in_for for one in found.chain if one.person.pk == urge.person_id), None)
    if away is not None:
        reasons.append(_("Bạn đang thay %(name)s, %(post)s.") % {"name": away.full_name, "post": post})
    return reasons


def title_of_list(first: Urge, count: int, *, is_below: bool) -> str:
    """Return the title of one notice about many activities of a campaign."""
    named = {"count": count, "campaign": first.activity.campaign.title}
    if first.by is not None:
        words = _("%(who)s đôn đốc %(count)d việc: %(campaign)s")
        return words % {"who": first.by.full_name, **named}
    if is_below:
        return _("%(count)d việc cấp dưới trễ hạn: %(campaign)s") % named
    return _("%(count)d việc đến hạn hoặc trễ hạn: %(campaign)s") % named


def body_of_list(first: Sequence[Urge], count: int, today: date, *, of_one_post: bool) -> str:
    """Return the text of one notice about many activities: the note, then the first ones, each in a line.

    Args:
        of_one_post: one post answers for all, so that no line needs to name it.
    """
    lines = [f"• {_list_line(one.activity, today, of_one_post=of_one_post)}" for one in first]
    if count > len(lines):
        lines.append(_("và %(count)d việc nữa") % {"count": count - len(lines)})
    return "\n\n".join(one for one in (first[0].note, "\n".join(lines)) if one)


def _list_line(activity: Activity, today: date, *, of_one_post: bool) -> str:
    title = _plain_title(activity, today)
    if of_one_post:
        return title
    answers = {"post": activity.accountable_post.title, "office": activity.organisation.name}
    return _("%(title)s (%(post)s, %(office)s)") % {"title": title, **answers}
