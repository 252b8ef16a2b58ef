# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign in, sign out, one's own account and password."""

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.config import clock
from loa.config.errors import LoaError
from loa.people import actions, throttle
from loa.people.demo import demo_sign_ins
from loa.people.forms import ChangePasswordForm, SignInForm
from loa.people.http import AuthenticatedHttpRequest, address_of, posted, show_error
from loa.people.models import Person
from loa.people.queries import grants_of, holdings_of_person


class WrongPasswordError(LoaError):
    """Nobody signs in with this name and password."""

    code = "wrong_password"
    status = 200  # the form comes back with its sentence


def _next_page(request: HttpRequest) -> str:
    """Return where to go after signing in: the page that was asked for, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return settings.LOGIN_REDIRECT_URL


def _check(request: HttpRequest, form: SignInForm) -> Person:
    """Return who signs in.

    Raises:
        TooManyAttemptsError: too many wrong passwords; this one was not looked at.
        WrongPasswordError: no such account, or not its password: both look the same.
    """
    username = form.cleaned_data["username"].strip().lower()
    throttle.attempt(username, address_of(request), clock.now())
    person = authenticate(request, username=username, password=form.cleaned_data["password"])
    if not isinstance(person, Person):
        raise WrongPasswordError(
            _("Tên đăng nhập hoặc mật khẩu chưa đúng. Gõ lại, hoặc hỏi người quản trị của cơ quan bạn.")
        )
    throttle.succeeded(username, address_of(request))
    return person


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or sign in and go where the reader wanted."""
    if request.user.is_authenticated:
        return redirect(_next_page(request))
    form = SignInForm(posted(request))
    status = 200
    if form.is_valid():
        try:
            login(request, _check(request, form))
            return redirect(_next_page(request))
        except LoaError as error:
            form.add_error(None, error.message)
            status = error.status
    context = {"form": form, "next": _next_page(request), "demo_sign_ins": demo_sign_ins()}
    return render(request, "people/sign_in.html", context, status=status)


@require_POST
def sign_out(request: AuthenticatedHttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("people:sign_in")


@require_GET
def account(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the reader what he may do, where, and which posts he holds."""
    today: date = localdate(clock.now())
    context = {"grants": grants_of(request.user), "holdings": holdings_of_person(request.user, today)}
    return render(request, "people/account.html", context)


def _change_password(request: AuthenticatedHttpRequest, old: str, new: str) -> None:
    """Change it; guesses at the old one count like those at signing in, for it opens the signing key too."""
    throttle.attempt(request.user.username, address_of(request), clock.now())
    try:
        actions.change_password(person=request.user, old_password=old, new_password=new)
    except LoaError as error:
        if error.field != "old_password":  # only the new one cannot be taken
            throttle.succeeded(request.user.username, address_of(request))
        raise
    throttle.succeeded(request.user.username, address_of(request))


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
