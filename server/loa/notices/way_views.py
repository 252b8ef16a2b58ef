# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the reader wants to be reached: his address, his browsers, and the script that shows a push."""

from functools import lru_cache
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.config.errors import LoaError
from loa.notices import actions, queries, vapid
from loa.notices.browsers import browser_name
from loa.notices.forms import SubscriptionForm, WaysForm
from loa.notices.models import Ways
from loa.people.http import AuthenticatedHttpRequest, posted, show_error

WORKER = Path(__file__).parent / "push_worker.js"


@require_http_methods(["GET", "POST"])
def ways(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show and choose how the reader is reached; the console is always one of the ways."""
    mine = queries.ways_of([request.user.pk])[request.user.pk].ways
    form = WaysForm(posted(request), initial=_initial(mine))
    status = 200
    if form.is_valid():
        try:
            chosen = actions.choose_ways(actor=request.user, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
            status = error.status
        else:
            messages.success(request, _saved(chosen))
            return redirect("notices:ways")
    elif form.is_bound:
        status = 400
    context = {
        "form": form,
        "ways": mine,
        "browsers": queries.subscriptions_of(request.user),
        "can_send_email": queries.can_send_email(),
        "push_key": vapid.public_key(),
    }
    return render(request, "notices/ways.html", context, status=status)


def _initial(mine: Ways) -> dict[str, str]:
    return {
        "email": mine.pending_email or mine.email,
        "email_use": mine.email_use,
        "push_use": mine.push_use,
    }


def _saved(chosen: Ways) -> str:
    if chosen.pending_email:
        return _("Đã lưu. Mở thư vừa gửi tới %(email)s để xác nhận địa chỉ.") % {
            "email": chosen.pending_email
        }
    return _("Đã lưu cách nhận thông báo.")


@require_http_methods(["GET", "POST"])
def confirm_email(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Ask the reader of the letter, who has signed in, whether this address is to be used."""
    token = (request.POST if request.method == "POST" else request.GET).get("ma", "")
    if request.method == "POST":
        chosen = actions.confirm_email(actor=request.user, token=token)
        messages.success(request, _("Từ nay Loa gửi thư tới %(email)s.") % {"email": chosen.email})
        return redirect("notices:ways")
    mine = queries.ways_of([request.user.pk])[request.user.pk].ways
    return render(request, "notices/confirm_email.html", {"ways": mine, "token": token})


@require_POST
def subscribe(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Let the reader's browser show notices; it sends what it got from its push service."""
    form = SubscriptionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Trình duyệt chưa cho đủ thông tin. Tải lại trang rồi bật lại."))
        return redirect("notices:ways")
    try:
        actions.subscribe(
            actor=request.user,
            browser=browser_name(request.headers.get("User-Agent", "")),
            **form.cleaned_data,
        )
    except LoaError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Trình duyệt này sẽ báo khi có thông báo."))
    return redirect("notices:ways")


@require_POST
def end_subscription(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Let one of the reader's browsers show no more notices."""
    actions.end_subscription(actor=request.user, pk=pk)
    messages.success(request, _("Trình duyệt đó không báo nữa."))
    return redirect("notices:ways")


@lru_cache(maxsize=1)
def _worker() -> bytes:
    return WORKER.read_bytes()


@login_not_required
@require_GET
def push_worker(request: HttpRequest) -> HttpResponse:
    """Give the script that shows pushes; it lies here because a worker rules over addresses below its own."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
