# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where one is signed in, and signing out elsewhere."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from loa.people import actions
from loa.people.http import AuthenticatedHttpRequest
from loa.people.listings import session_lines


@never_cache
@require_GET
def sessions(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List where the reader is signed in."""
    lines = session_lines(request.user, request.session.session_key or "")
    return render(request, "people/sessions.html", {"lines": lines, "others": len(lines) - 1})


@require_POST
def end_sessions(request: AuthenticatedHttpRequest) -> HttpResponse:
    """End one session of the reader, or all but this one: it only takes away, so nothing more is asked."""
    ended = actions.end_sessions(
        actor=request.user,
        person=request.user,
        label=request.POST.get("label", ""),
        keep=request.session.session_key or "",
    )
    messages.success(
        request,
        ngettext("Đã đăng xuất %(count)s nơi khác.", "Đã đăng xuất %(count)s nơi khác.", ended)
        % {"count": ended}
        if ended
        else _("Không còn nơi nào khác."),
    )
    return redirect("people:sessions")
