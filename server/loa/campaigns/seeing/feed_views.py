# SPDX-License-Identifier: AGPL-3.0-or-later
"""The month of a plan, and due dates for one's own calendar program."""

from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loa.campaigns import queries
from loa.campaigns.actions.calendars import end_calendar_address as end_address
from loa.campaigns.actions.calendars import renew_calendar_address as renew_address
from loa.campaigns.models import Inspection
from loa.campaigns.rollup import tally_of
from loa.campaigns.seeing import feed
from loa.campaigns.seeing.address import address_of, feed_url, reader_of
from loa.campaigns.seeing.months import first_of, month
from loa.campaigns.seeing.pages import narrowings, opened
from loa.config import clock
from loa.config.numbers import whole
from loa.people.http import AuthenticatedHttpRequest

CHOSEN_AT_MOST = 200  # activities that are taken into a calendar by hand


@require_GET
def plan_calendar(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show a month of due dates and inspections, and the address for one's own calendar."""
    page = opened(request, key)
    first = first_of(request.GET.get("thang", ""), page.today)
    shown = month(page.seen, page.rows, first, page.today)
    address = address_of(request.user)
    context = page.context(
        "plan_calendar",
        tally=tally_of(page.rows, page.today),
        narrowings=narrowings(page, "plan_calendar"),
        month=shown,
        before=page.address("plan_calendar", thang=shown.before),
        after=page.address("plan_calendar", thang=shown.after),
        feeds=[(_("Việc của tôi"), feed_url(address)), (_("Chiến dịch này"), feed_url(address, key))]
        if address
        else [],
    )
    return render(request, "campaigns/seeing/calendar.html", context)


def _back(request: AuthenticatedHttpRequest) -> HttpResponse:
    to = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, allowed_hosts=set(), require_https=False)
    return redirect(to if is_ours and to.startswith("/") else "campaigns:campaigns")


@require_POST
def renew_calendar_address(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Make a new secret address for one's own calendar; the one before ends."""
    renew_address(actor=request.user)
    messages.success(request, _("Đã tạo địa chỉ lịch. Địa chỉ trước đó, nếu có, không còn dùng."))
    return _back(request)


@require_POST
def end_calendar_address(request: AuthenticatedHttpRequest) -> HttpResponse:
    """End one's own secret address."""
    end_address(actor=request.user)
    messages.success(request, _("Đã bỏ địa chỉ lịch. Lịch ở điện thoại thôi cập nhật."))
    return _back(request)


def _answer(request: HttpRequest, content: bytes, name: str) -> HttpResponse:
    """Answer with a calendar; one that did not change since it was read is not sent again."""
    lines = [line for line in content.split(b"\r\n") if not line.startswith(b"DTSTAMP")]
    etag = f'"{sha256(b"".join(lines)).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@login_not_required
@require_GET
def own_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give a calendar program the due dates of its owner's posts, and his inspections."""
    return _answer(request, feed.own_calendar(reader_of(token), clock.now()), "viec-cua-toi")


@login_not_required
@require_GET
def campaign_feed(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """Give a calendar program the due dates of one campaign, as far as its owner sees it."""
    reader = reader_of(token)
    campaign = queries.campaign(reader, key)
    return _answer(request, feed.campaign_calendar(reader, campaign, clock.now()), key)


@require_GET
def chosen_calendar(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Give the due dates of the chosen activities as a file for one's calendar; without any, nothing happens."""
    page = opened(request, key)
    chosen = request.GET.getlist("chon")[:CHOSEN_AT_MOST]
    ids = [pk for pk in map(whole, chosen) if pk is not None]
    rows = page.seen.rows.filter(pk__in=ids, due__isnull=False)
    if not rows.exists():
        messages.error(request, _("Các đầu mối đã chọn không có hạn nào để đưa vào lịch."))
        return redirect("campaigns:activities", key)
    content = feed.calendar(page.campaign.title, rows, Inspection.objects.none(), clock.now())
    return _answer(request, content, f"{key}-{localdate(clock.now()):%Y-%m-%d}")
