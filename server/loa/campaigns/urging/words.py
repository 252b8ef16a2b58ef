# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people are told when they are urged, in the language of the installation."""

from datetime import date

from django.utils.translation import gettext as _

from loa.campaigns.models import Activity, ActivityState
from loa.campaigns.rules import days_late
from loa.campaigns.urging.queries import Addressee, Addressees
from loa.campaigns.urging.rules import ABOVE
from loa.ui.dates import full_date


def standing_words(activity: Activity, today: date) -> str:
    """Return how an activity stands to its due date, in two or three words."""
    if activity.due is None:
        return _("Chưa ghi hạn")
    late = days_late(activity, today)
    if late:
        return _("Trễ %(count)d ngày") % {"count": late}
    left = (activity.due - today).days
    if left == 0:
        return _("Hạn hôm nay")
    return _("Còn %(count)d ngày") % {"count": left} if left > 0 else _("Đã qua hạn")


def title_of(activity: Activity, stage: str, today: date) -> str:
    """Return the title of a notice."""
    named = {"when": standing_words(activity, today), "what": activity.title}
    if activity.state == ActivityState.SUBMITTED:
        return _("%(when)s, chờ kiểm tra: %(what)s") % named
    if stage.startswith(ABOVE):
        return _("Việc cấp dưới. %(when)s: %(what)s") % named
    return _("%(when)s: %(what)s") % named


def body_of(activity: Activity, to: Addressee, found: Addressees, note: str = "") -> str:
    """Return the text of a notice: the note first, who answers, until when, and why this reader is told."""
    answers = _("%(post)s, %(office)s chịu trách nhiệm.") % {
        "post": activity.accountable_post.title,
        "office": activity.organisation.name,
    }
    parts = [answers]
    if activity.due is not None:
        parts.append(_("Hạn %(day)s.") % {"day": full_date(activity.due)})
    if activity.state == ActivityState.SUBMITTED:
        parts.append(_("Kết quả đã nộp, đang chờ kiểm tra."))
    elif found.is_vacant:
        parts.append(_("Chức danh này chưa có người giữ nên báo tới %(post)s.") % {"post": to.post.title})
    elif to.post.pk != activity.accountable_post_id:
        parts.append(_("Đã nhắc người chịu trách nhiệm mà chưa xong nên báo tới cấp trên."))
    parts.append(_("Chiến dịch: %(title)s.") % {"title": activity.campaign.title})
    return "\n\n".join(one for one in (note, " ".join(parts)) if one)
