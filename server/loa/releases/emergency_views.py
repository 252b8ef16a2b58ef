# SPDX-License-Identifier: AGPL-3.0-or-later
"""Emergencies that were released ahead: the list of them, and the one tap that lets one sound now."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.config import clock
from loa.config.errors import LoaError
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.queries import may
from loa.people.rules import Permission
from loa.releases import actions, queries
from loa.releases.actions.activate import ActivationOrder, draft_activation, why_not_activate
from loa.releases.actions.change import refuse
from loa.releases.errors import BadRequestError
from loa.releases.library import TEMPLATES
from loa.releases.models import Release, ReleaseState
from loa.releases.passkey_views import answer_of, answers, options_for, typed
from loa.releases.passkeys import signing_passkeys
from loa.releases.signing import key_in_use


class ActivationForm(forms.Form):
    """Why it sounds now, and the password that opens a server-kept key; the action checks both."""

    reason = forms.CharField(
        label=gettext_lazy("Vì sao phát ngay"),
        initial=gettext_lazy("Tình huống khẩn cấp tại địa bàn"),  # one tap is enough
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    password = forms.CharField(
        label=gettext_lazy("Mật khẩu của bạn"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@require_GET
def emergencies(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the prepared emergencies in force, and the library of texts to prepare others from."""
    prepared = queries.releases_for(request.user).filter(
        is_prepared=True, state=ReleaseState.RELEASED, not_after__gt=clock.now()
    )
    context = {
        "prepared": prepared,
        "templates": TEMPLATES,
        "may_write": may(request.user, Permission.MESSAGE_WRITE),
        "may_activate": may(request.user, Permission.RELEASE_EMERGENCY),
    }
    return render(request, "releases/emergencies.html", context)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def activate(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Let a prepared emergency sound now."""
    found = queries.release(request.user, pk)
    form, status = ActivationForm(posted(request)), 200
    if form.is_valid():
        try:
            actions.activate(actor=request.user, release=found, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
            status = error.status
        else:
            return _done(request, found)
    context = {
        "release": found,
        "form": form,
        "why_not": why_not_activate(request.user, found),
        "has_key": key_in_use(request.user) is not None,
        "has_passkey": signing_passkeys(request.user).exists(),
        "activations": found.activations.select_related("person").order_by("-at")[:10],
    }
    return render(request, "releases/activate.html", context, status=status)


@never_cache
@require_POST
@answers
def activate_passkey_options(request: AuthenticatedHttpRequest, pk: UUID) -> dict[str, Any]:
    """Draft the order with the typed reason, and say what to ask a passkey."""
    found = queries.release(request.user, pk)
    order = draft_activation(actor=request.user, release=found, reason=typed(request)("reason"))
    request.session[_kept(pk)] = [str(order.id), order.reason, order.at.isoformat()]
    return options_for(request, order.envelope(found).pae())


@never_cache
@require_POST
@answers
def activate_passkey(request: AuthenticatedHttpRequest, pk: UUID) -> dict[str, Any]:
    """Take a passkey's signature over the order that was drafted."""
    found = queries.release(request.user, pk)
    refuse(why_not_activate(request.user, found))
    kept, reason, at = request.session.pop(_kept(pk), ("", "", ""))
    moment = parse_datetime(at) if at else None
    if moment is None:
        raise BadRequestError(_("Lệnh phát chưa soạn hoặc đã dùng. Bấm lại nút để soạn lệnh mới."))
    order = ActivationOrder(UUID(kept), reason, moment)
    signer = answer_of(request, order.envelope(found).pae())
    actions.activate_with(actor=request.user, release=found, signer=signer, order=order)
    _done(request, found)
    return {"next": reverse("releases:activate", args=[pk])}


def _done(request: AuthenticatedHttpRequest, release: Release) -> HttpResponse:
    messages.success(request, _("Đang phát ở mọi nơi của tin này. Phát lại trong một giờ tới."))
    return redirect("releases:activate", pk=release.pk)


def _kept(pk: UUID) -> str:
    return f"activating {pk}"
