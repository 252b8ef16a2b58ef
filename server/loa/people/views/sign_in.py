# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign in: a passkey, or a password and then a second factor; sign out."""

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from loa.config import clock
from loa.config.errors import LoaError
from loa.people import actions, passkeys, throttle
from loa.people.demo import demo_sign_ins
from loa.people.forms import SignInForm
from loa.people.http import AuthenticatedHttpRequest, address_of, posted
from loa.people.middleware import before_second_factor
from loa.people.models import Person
from loa.people.queries import has_code_app, has_second_factor, passkeys_of
from loa.people.second_factor import (
    begin_challenge,
    begin_pending,
    end_pending,
    mark_shown,
    pending,
    take_challenge,
)
from loa.people.security_forms import CodeForm
from loa.people.views.answers import answers_script, next_page

PURPOSE = "sign-in"


class WrongPasswordError(LoaError):
    """Nobody signs in with this name and password, or this code."""

    code = "wrong_password"
    status = 200  # the form comes back with its sentence


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
    return person


def _after_password(request: HttpRequest, person: Person) -> HttpResponse:
    """Sign in who has no second factor; ask the others for theirs, whatever the installation demands."""
    if has_second_factor(person):
        # Failures are forgotten only after the second factor, or a known password would buy endless codes.
        begin_pending(request, person)
        return redirect(f"{reverse('people:sign_in_code')}?{urlencode({'next': next_page(request)})}")
    throttle.succeeded(person.username, address_of(request))
    login(request, person)
    return redirect(next_page(request))


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or sign in and go where the reader wanted."""
    if request.user.is_authenticated:
        return redirect(next_page(request))
    form = SignInForm(posted(request))
    status = 200
    if form.is_valid():
        try:
            return _after_password(request, _check(request, form))
        except LoaError as error:
            form.add_error(None, error.message)
            status = error.status
    context = {"form": form, "next": next_page(request), "demo_sign_ins": demo_sign_ins()}
    return render(request, "people/sign_in.html", context, status=status)


@login_not_required
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor after a right password."""
    person = pending(request)
    if person is None:
        return redirect("people:sign_in")
    form = CodeForm(posted(request))
    status = 200
    if form.is_valid():
        try:
            _check_code(request, person, form.cleaned_data["code"])
            return redirect(next_page(request))
        except LoaError as error:
            form.add_error("code", error.message)
            status = error.status
    context = {
        "form": form,
        "next": next_page(request),
        "who": person,
        "has_passkey": passkeys_of(person).exists(),
        "has_code_app": has_code_app(person),
    }
    return render(request, "people/sign_in_code.html", context, status=status)


def _check_code(request: HttpRequest, person: Person, code: str) -> None:
    """Sign in whose password was right with his code.

    Raises:
        TooManyAttemptsError: too many wrong codes; this one was not looked at.
        WrongPasswordError: it is not his, or was used before.
    """
    throttle.attempt(person.username, address_of(request), clock.now())
    if not actions.check_second_factor(person=person, code=code):
        raise WrongPasswordError(_("Mã chưa đúng hoặc đã dùng. Chờ mã mới hiện trên điện thoại rồi gõ lại."))
    throttle.succeeded(person.username, address_of(request))
    _enter(request, person)


def _enter(request: HttpRequest, person: Person) -> None:
    end_pending(request)
    login(request, person)
    mark_shown(request)


@login_not_required
@never_cache
@require_POST
@answers_script
def sign_in_passkey_options(request: HttpRequest) -> dict[str, Any]:
    """Say what to ask a passkey: one of whose password was right, or any that the browser finds."""
    site, person = passkeys.site_of(request), pending(request)
    known = passkeys_of(person).filter(rp_id=site.rp_id) if person else ()
    return passkeys.assertion_options(site, begin_challenge(request, PURPOSE), known)


@login_not_required
@never_cache
@require_POST
@answers_script
def sign_in_passkey(request: HttpRequest) -> dict[str, Any]:
    """Sign in with what a passkey answered; it verified its person, so it is both factors."""
    challenge = take_challenge(request, PURPOSE)
    passkey = actions.use_passkey(
        given=passkeys.read_answer(request.body), site=passkeys.site_of(request), challenge=challenge
    )
    _enter(request, passkey.person)
    return {"next": next_page(request)}


@before_second_factor
@require_POST
def sign_out(request: AuthenticatedHttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("people:sign_in")
