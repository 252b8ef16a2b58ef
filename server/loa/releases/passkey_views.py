# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing and withdrawing with a passkey: what to ask it, and taking its answer. Pages call these by script."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from loa.config.errors import ConflictError, LoaError
from loa.messages.links import message_page
from loa.people.http import AuthenticatedHttpRequest
from loa.people.passkeys import read_answer, site_of
from loa.releases import actions, pages, passkeys, queries
from loa.releases.actions.change import refuse
from loa.releases.actions.withdraw import Order, draft
from loa.releases.errors import BadRequestError
from loa.releases.models import Release
from loa.releases.statements import unsigned_envelope, unsigned_withdrawal

P = ParamSpec("P")
Ask = Callable[Concatenate[AuthenticatedHttpRequest, P], dict[str, Any]]


def answers(view: Ask[P]) -> Callable[Concatenate[AuthenticatedHttpRequest, P], HttpResponse]:
    """Send what a view returns as JSON, and an error as its sentence under its status."""

    @wraps(view)
    def answered(request: AuthenticatedHttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return JsonResponse(view(request, *args, **kwargs))
        except LoaError as error:
            return JsonResponse({"error": error.message}, status=error.status)

    return answered


@never_cache
@require_POST
@answers
def sign_passkey_options(request: AuthenticatedHttpRequest, pk: UUID) -> dict[str, Any]:
    """Say what to ask a passkey: its signature over exactly this release."""
    found = queries.release(request.user, pk)
    refuse(queries.why_not_sign(request.user, found))
    return options_for(request, unsigned_envelope(found).pae())


@never_cache
@require_POST
@answers
def sign_passkey(request: AuthenticatedHttpRequest, pk: UUID) -> dict[str, Any]:
    """Take a passkey's signature over the release."""
    found = queries.release(request.user, pk)
    refuse(queries.why_not_sign(request.user, found))
    signer = answer_of(request, unsigned_envelope(found).pae())
    found = actions.sign_release_with(actor=request.user, release=found, signer=signer)
    messages.success(request, pages.signed(found))
    return {"next": reverse("releases:release", args=[pk])}


@never_cache
@require_POST
@answers
def withdraw_passkey_options(request: AuthenticatedHttpRequest, pk: UUID) -> dict[str, Any]:
    """Draft the order to withdraw with the typed reason, or take the one that waits, and say what to ask."""
    found = queries.release(request.user, pk)
    refuse(queries.why_not_withdraw(request.user, found))
    asked = queries.withdrawal_of(found)
    if asked is not None:
        return options_for(request, unsigned_withdrawal(asked).pae())
    words = typed(request)
    order = draft(
        actor=request.user, release=found, reason=words("reason"), break_glass=words("break_glass").strip()
    )
    request.session[_kept(pk)] = [order.reason, order.at.isoformat(), order.break_glass]
    return options_for(request, order.pae(found))


@never_cache
@require_POST
@answers
def withdraw_passkey(request: AuthenticatedHttpRequest, pk: UUID) -> dict[str, Any]:
    """Take a passkey's signature over the order that was drafted, or over the one that waits."""
    found = queries.release(request.user, pk)
    refuse(queries.why_not_withdraw(request.user, found))
    asked = queries.withdrawal_of(found)
    if asked is not None:
        signer = answer_of(request, unsigned_withdrawal(asked).pae())
        done = actions.sign_withdrawal_with(actor=request.user, release=found, signer=signer)
    else:
        order = _order(request, found)
        signer = answer_of(request, order.pae(found))
        done = actions.withdraw_with(actor=request.user, release=found, signer=signer, order=order)
    messages.success(request, pages.withdrawn(done))
    return {"next": message_page(found.revision.message.code)}


def _order(request: AuthenticatedHttpRequest, release: Release) -> Order:
    """Return the order that this session drafted, once."""
    reason, at, break_glass = request.session.pop(_kept(release.pk), ("", "", ""))
    moment = parse_datetime(at) if at else None
    if moment is None:
        raise BadRequestError(_("Lệnh thu hồi chưa soạn hoặc đã dùng. Bấm lại nút để soạn lệnh mới."))
    return Order(reason, moment, break_glass)


def _kept(pk: UUID) -> str:
    return f"withdrawing {pk}"


def typed(request: AuthenticatedHttpRequest) -> Callable[[str], str]:
    """Return what looks up a field of the form, which the script sends as JSON."""
    try:
        given = json.loads(request.body)
    except ValueError:
        given = {}
    fields = given if isinstance(given, dict) else {}
    return lambda name: str(fields.get(name, ""))


def options_for(request: AuthenticatedHttpRequest, pae: bytes) -> dict[str, Any]:
    """Say what to ask a passkey of the reader about an envelope.

    Raises:
        BadRequestError: he has none at this address.
    """
    options = passkeys.signing_options(request.user, site_of(request), pae)
    if not options["allowCredentials"]:
        raise BadRequestError(_("Bạn chưa có khóa truy cập ở địa chỉ này. Thêm khóa, rồi ký."))
    return options


def answer_of(request: AuthenticatedHttpRequest, pae: bytes) -> passkeys.Answer:
    """Take a passkey's answer about an envelope as a signer.

    Raises:
        PasskeyError, ConflictError: it cannot be taken.
    """
    given = read_answer(request.body)
    try:
        return passkeys.take_answer(request.user, site_of(request), pae, given)
    except (KeyError, TypeError) as error:
        raise ConflictError(_("Trình duyệt gửi thiếu phần của chữ ký. Chưa ký gì, bấm lại.")) from error
