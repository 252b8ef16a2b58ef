# SPDX-License-Identifier: AGPL-3.0-or-later
"""Urge by hand about chosen activities, and set the days on which a campaign urges by itself."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from loa.campaigns import queries
from loa.campaigns.models import Activity
from loa.campaigns.seeing.pages import Opened, opened
from loa.campaigns.urging import actions
from loa.campaigns.urging.forms import NoteForm, UrgingDaysForm
from loa.campaigns.urging.queries import chosen, days_of
from loa.config.errors import LoaError
from loa.config.numbers import whole
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.rules import Permission

CHOSEN_AT_MOST = 200  # activities at once
either = require_http_methods(["GET", "POST"])


def _chosen_rows(page: Opened) -> list[Activity]:
    """Return the chosen activities that the reader sees, in the order of their due dates."""
    sent = page.request.POST if page.request.method == "POST" else page.request.GET
    found = (whole(pk) for pk in sent.getlist("chon")[:CHOSEN_AT_MOST])
    ids = [pk for pk in found if pk is not None]
    seen = Q(pk__in=page.seen.rows.order_by().values("pk")) | Q(campaign=page.campaign)
    rows = Activity.objects.filter(seen, pk__in=ids).order_by("due", "pk")
    return list(
        rows.select_related("campaign__organisation", "campaign__area", "organisation", "accountable_post")
    )


@either
def urge(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show who would be urged about the chosen activities and urge them; with nothing chosen nothing happens."""
    page = opened(request, key)
    rows = _chosen_rows(page)
    if not rows:
        messages.error(request, _("Chưa chọn việc nào. Chọn ở bảng đầu mối rồi đôn đốc."))
        return redirect("campaigns:activities", key)
    form = NoteForm(posted(request))
    if form.is_valid():
        try:
            done = actions.urge_by_hand(actor=request.user, activities=rows, note=form.cleaned_data["note"])
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _said(done))
            if len(rows) == 1:
                return redirect("campaigns:activity", rows[0].campaign.key, rows[0].pk)
            return redirect("campaigns:activities", key)
    found = chosen(request.user, rows, page.today)
    words = ngettext("Đôn đốc %(count)d người", "Đôn đốc %(count)d người", found.people)
    context = {
        "campaign": page.campaign,
        "chosen": found,
        "form": form,
        "words": words % {"count": found.people},
        "today": page.today,
    }
    return render(request, "campaigns/urging/urge.html", context)


def _said(done: actions.Done) -> str:
    if not done.activities:
        return _("Không đôn đốc thêm ai: lời nhắn này đã gửi hôm nay, hoặc không còn việc nào phải đôn đốc.")
    return _("Đã đôn đốc %(people)d người về %(count)d việc.") % {
        "people": done.people,
        "count": done.activities,
    }


@either
def urging_days(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Set when a campaign urges by itself."""
    campaign = queries.campaign(request.user, key, Permission.PLAN_EDIT)
    days = days_of([campaign.pk])[campaign.pk]
    form = UrgingDaysForm(
        posted(request),
        initial={
            "is_on": days.is_on,
            "before": days.before,
            "after": days.after,
            "escalate_after": days.escalate_after,
        },
    )
    if form.is_valid():
        try:
            actions.set_urging_days(actor=request.user, campaign=campaign, days=form.given())
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã lưu ngày đôn đốc."))
            return redirect("campaigns:phases", key)
    context = {
        "campaign": campaign,
        "form": form,
        "words": _("Ngày đôn đốc"),
        "save": _("Lưu ngày đôn đốc"),
        "hint": _(
            "Chỉ nhắc vào ngày làm việc, sau 7 giờ; ngày nghỉ, ngày lễ và Tết không nhắc và không tính. "
            "Chức danh chưa có người giữ thì nhắc chức danh cấp trên."
        ),
    }
    return render(request, "campaigns/entering/part_form.html", context)
