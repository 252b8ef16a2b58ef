# SPDX-License-Identifier: AGPL-3.0-or-later
"""One's own account and password."""

from datetime import date

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from loa.config import clock
from loa.config.errors import LoaError
from loa.people import actions, throttle
from loa.people.absence import leaves_of
from loa.people.forms import ChangePasswordForm
from loa.people.http import AuthenticatedHttpRequest, address_of, posted, show_error
from loa.people.middleware import before_second_factor
from loa.people.queries import grants_of, holdings_of_person


@require_GET
def account(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the reader what he may do, where, and which posts he holds."""
    today: date = localdate(clock.now())
    context = {
        "grants": grants_of(request.user),
        "holdings": holdings_of_person(request.user, today),
        "leave": leaves_of(request.user, today).first(),
        "today": today,
    }
    return render(request, "people/account.html", context)


def _change_password(request: AuthenticatedHttpRequest, old: str, new: str) -> None:
    """Change it; guesses at the old one count like those at signing in, for it opens the signing key too."""
    throttle.attempt(request.user.username, address_of(request), clock.now())
    try:
        actions.change_password(
            person=request.user,
            old_password=old,
            new_password=new,
            keep_session=request.session.session_key or "",
        )
    except LoaError as error:
        if error.field != "old_password":  # only the new one cannot be taken
            throttle.succeeded(request.user.username, address_of(request))
        raise
    throttle.succeeded(request.user.username, address_of(request))


@before_second_factor
@sensitive_post_parameters()
@never_cache
def change_password(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Change one's own password; other sessions of the account end, this one goes on."""
    form = ChangePasswordForm(posted(request))
    if form.is_valid():
        try:
            _change_password(request, form.cleaned_data["old_password"], form.cleaned_data["new_password"])
        except LoaError as error:
            show_error(form, error)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(
                request, _("Đã đổi mật khẩu. Máy khác đang dùng tài khoản này phải đăng nhập lại.")
            )
            return redirect("people:account")
    return render(request, "people/change_password.html", {"form": form})
