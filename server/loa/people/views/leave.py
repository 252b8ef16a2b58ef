# SPDX-License-Identifier: AGPL-3.0-or-later
"""One's own leave."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loa.config import clock
from loa.config.errors import LoaError
from loa.people import actions
from loa.people.absence import leaves_of
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.security_forms import EndLeaveForm, LeaveForm


@require_http_methods(["GET", "POST"])
def leave(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the reader's leave, and record days on which he does not sign."""
    today = localdate(clock.now())
    form = LeaveForm(posted(request), initial={"first_day": today})
    if form.is_valid():
        try:
            actions.record_leave(actor=request.user, person=request.user, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã ghi ngày nghỉ. Trong những ngày đó bạn không ký tin."))
            return redirect("people:leave")
    context = {"form": form, "leaves": leaves_of(request.user, today), "today": today}
    return render(request, "people/leave.html", context)


@require_POST
def end_leave(request: AuthenticatedHttpRequest) -> HttpResponse:
    """End one's own leave."""
    form = EndLeaveForm(request.POST, leaves=leaves_of(request.user, localdate(clock.now())))
    if not form.is_valid():
        messages.error(request, _("Không tìm thấy lần nghỉ này. Có thể đã kết thúc."))
        return redirect("people:leave")
    actions.end_leave(actor=request.user, leave=form.cleaned_data["leave"])
    messages.success(request, _("Đã kết thúc lần nghỉ."))
    return redirect("people:leave")
