# SPDX-License-Identifier: AGPL-3.0-or-later
"""One's own passkeys, phone and codes on paper."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.config.errors import LoaError
from loa.people import actions, codes, fresh, passkeys
from loa.people.fresh import fresh_verification
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.middleware import before_second_factor
from loa.people.models import Passkey, RecoveryCode
from loa.people.queries import has_code_app, passkeys_of
from loa.people.second_factor import begin_challenge, mark_shown, take_challenge, was_shown
from loa.people.security_forms import END_NAMES, EndPasskeyForm, PhoneCodeForm
from loa.people.views.answers import answers_script

PURPOSE = "add"


@before_second_factor
@never_cache
@require_GET
def security(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show what the reader signs in with, and what is missing."""
    context = {
        "passkeys": list(passkeys_of(request.user)),
        "ended": Passkey.objects.filter(person=request.user, ended_at__isnull=False).order_by("-ended_at"),
        "end_reasons": END_NAMES.items(),
        "has_code_app": has_code_app(request.user),
        "codes_left": RecoveryCode.objects.filter(person=request.user, used_at=None).count(),
        "is_led_here": settings.SECOND_FACTOR and not was_shown(request),
    }
    return render(request, "people/security.html", context)


@before_second_factor
@never_cache
@require_POST
@answers_script
def add_passkey_options(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    """Say what a new passkey must be."""
    fresh.require(request)
    site = passkeys.site_of(request)
    known = passkeys_of(request.user).filter(rp_id=site.rp_id)
    return passkeys.registration_options(request.user, site, begin_challenge(request, PURPOSE), known)


@before_second_factor
@never_cache
@require_POST
@answers_script
def add_passkey(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    """Take a new passkey."""
    challenge, site = take_challenge(request, PURPOSE), passkeys.site_of(request)
    fresh.require(request)
    registered = passkeys.check_registration(request.body, site, challenge)
    name = str(passkeys.read_answer(request.body).get("name", ""))
    added = actions.add_passkey(person=request.user, registered=registered, name=name, site=site)
    mark_shown(request)
    messages.success(request, _("Đã thêm khóa %(name)s. Lần sau đăng nhập bằng khóa này.") % {"name": added})
    return {"next": reverse("people:security")}


@fresh_verification()
@require_POST
def end_passkey(request: AuthenticatedHttpRequest) -> HttpResponse:
    """End one of the reader's passkeys: lost, retired or used by somebody else."""
    form = EndPasskeyForm(request.POST, passkeys=passkeys_of(request.user))
    if not form.is_valid():
        messages.error(request, _("Không tìm thấy khóa này, hoặc chưa chọn lý do. Chọn lại trong danh sách."))
        return redirect("people:security")
    passkey = form.cleaned_data["passkey"]
    actions.end_passkey(actor=request.user, passkey=passkey, reason=form.cleaned_data["reason"])
    messages.success(request, _("Khóa %(name)s không mở được gì nữa, có hiệu lực ngay.") % {"name": passkey})
    return redirect("people:security")


@before_second_factor
@sensitive_post_parameters("code")
@fresh_verification(reading=True)
@never_cache
@require_http_methods(["GET", "POST"])
def code_app(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the square that a phone reads, and take its first code."""
    form = PhoneCodeForm(posted(request))
    if form.is_valid():
        try:
            made = actions.confirm_code_app(person=request.user, code=form.cleaned_data["code"])
        except actions.PersonError as error:
            show_error(form, error)
        else:
            mark_shown(request)
            return _show_codes(request, made)
    if has_code_app(request.user):
        return redirect("people:security")
    secret = actions.begin_code_app(person=request.user)
    url = codes.setup_url(secret, request.user.username, f"Loa {request.get_host()}")
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {"form": form, "square": codes.setup_square(url), "secret": groups}
    return render(request, "people/code_app.html", context)


def _show_codes(request: AuthenticatedHttpRequest, made: list[str]) -> HttpResponse:
    return render(request, "people/recovery_codes.html", {"codes": made})


@fresh_verification()
@require_POST
def drop_code_app(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Take the phone out of use."""
    try:
        actions.drop_code_app(person=request.user, is_demanded=settings.SECOND_FACTOR)
    except LoaError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã bỏ điện thoại. Mã của máy đó không còn dùng được."))
    return redirect("people:security")


@before_second_factor
@fresh_verification()
@never_cache
@require_POST
def renew_recovery_codes(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show ten new codes on paper, once."""
    return _show_codes(request, actions.renew_recovery_codes(person=request.user))
