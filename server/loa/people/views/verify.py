# SPDX-License-Identifier: AGPL-3.0-or-later
"""Show again that it is you, before what is dangerous."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from loa.config import clock
from loa.config.errors import LoaError
from loa.people import actions, fresh, passkeys, throttle
from loa.people.http import AuthenticatedHttpRequest, address_of, posted, show_error
from loa.people.middleware import before_second_factor
from loa.people.queries import has_code_app, passkeys_of
from loa.people.second_factor import begin_challenge, take_challenge
from loa.people.security_forms import VerifyForm
from loa.people.views.answers import answers_script, next_page

PURPOSE = "verify"


@before_second_factor
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Ask for the passkey, or password and code, and lead back."""
    has_passkey, has_app = passkeys_of(request.user).exists(), has_code_app(request.user)
    form = VerifyForm(posted(request), with_code=has_passkey or has_app)
    if form.is_valid():
        try:
            _check(request, form)
            return redirect(next_page(request))
        except LoaError as error:
            show_error(form, error)
    context = {"form": form, "next": next_page(request), "has_passkey": has_passkey, "has_code_app": has_app}
    return render(request, "people/verify.html", context)


def _check(request: AuthenticatedHttpRequest, form: VerifyForm) -> None:
    """Note that the person of this session was verified.

    Raises:
        TooManyAttemptsError: too many wrong ones; this one was not looked at.
        PersonError: password or code is wrong; a code is looked at only after the right password.
    """
    throttle.attempt(request.user.username, address_of(request), clock.now())
    if not request.user.check_password(form.cleaned_data["password"]):
        raise actions.PersonError(_("Mật khẩu chưa đúng. Gõ lại."), field="password")
    if "code" in form.fields and not actions.check_second_factor(
        person=request.user, code=form.cleaned_data["code"]
    ):
        raise actions.PersonError(
            _("Mã chưa đúng hoặc đã dùng. Chờ mã mới hiện trên điện thoại rồi gõ lại."), field="code"
        )
    throttle.succeeded(request.user.username, address_of(request))
    fresh.mark(request)


@before_second_factor
@never_cache
@require_POST
@answers_script
def verify_passkey_options(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    """Say what to ask a passkey of the reader."""
    site = passkeys.site_of(request)
    known = passkeys_of(request.user).filter(rp_id=site.rp_id)
    return passkeys.assertion_options(site, begin_challenge(request, PURPOSE), known)


@before_second_factor
@never_cache
@require_POST
@answers_script
def verify_passkey(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    """Take a passkey's answer; it must be one of the reader's own."""
    challenge = take_challenge(request, PURPOSE)
    actions.use_passkey(
        given=passkeys.read_answer(request.body),
        site=passkeys.site_of(request),
        challenge=challenge,
        person=request.user,
    )
    fresh.mark(request)
    return {"next": next_page(request)}
