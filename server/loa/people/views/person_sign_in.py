# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings: what somebody signs in with, where he is signed in, his leave, and a new beginning."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from loa.config import clock
from loa.config.errors import LoaError
from loa.people import actions
from loa.people.absence import leaves_of
from loa.people.fresh import fresh_verification
from loa.people.http import AuthenticatedHttpRequest, show_error
from loa.people.listings import managed_person, session_lines
from loa.people.models import Outcome, Passkey, Person, Proposal, ProposalKind
from loa.people.queries import has_code_app, passkeys_of
from loa.people.security_forms import END_NAMES, EndLeaveForm, EndPasskeyForm, LeaveForm
from loa.people.views.guard import manages_settings


def _person(request: AuthenticatedHttpRequest, pk: int) -> Person:
    return managed_person(request.user, pk, localdate(clock.now()))


def _page(request: AuthenticatedHttpRequest, person: Person, leave_form: LeaveForm) -> HttpResponse:
    waiting = Proposal.objects.filter(
        kind=ProposalKind.RECOVERY, person=person, outcome=Outcome.WAITING
    ).select_related("proposed_by")
    context = {
        "person": person,
        "is_self": person == request.user,
        "passkeys": passkeys_of(person),
        "ended": Passkey.objects.filter(person=person, ended_at__isnull=False).order_by("-ended_at"),
        "end_reasons": END_NAMES.items(),
        "has_code_app": has_code_app(person),
        "lines": session_lines(person, request.session.session_key or ""),
        "leaves": leaves_of(person, localdate(clock.now())),
        "leave_form": leave_form,
        "recovery": waiting.first(),
    }
    return render(request, "people/person_sign_in.html", context)


@manages_settings
@never_cache
@require_GET
def person_sign_in(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show what somebody signs in with, where he is signed in, and his leave."""
    return _page(request, _person(request, pk), LeaveForm())


@manages_settings
@fresh_verification()
@require_POST
def end_persons_passkey(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """End a passkey of somebody: lost, retired or used by others."""
    found = _person(request, pk)
    form = EndPasskeyForm(request.POST, passkeys=passkeys_of(found))
    if form.is_valid():
        passkey = form.cleaned_data["passkey"]
        actions.end_passkey(actor=request.user, passkey=passkey, reason=form.cleaned_data["reason"])
        messages.success(
            request, _("Khóa %(name)s không mở được gì nữa, có hiệu lực ngay.") % {"name": passkey}
        )
    else:
        messages.error(request, _("Không tìm thấy khóa này, hoặc chưa chọn lý do. Chọn lại trong danh sách."))
    return redirect("people_settings:person_sign_in", pk)


@manages_settings
@fresh_verification()
@require_POST
def end_persons_sessions(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Sign somebody out in one place or everywhere; with the next request there he is out."""
    found = _person(request, pk)
    ended = actions.end_sessions(
        actor=request.user,
        person=found,
        label=request.POST.get("label", ""),
        keep=request.session.session_key or "",
    )
    messages.success(request, _("Đã đăng xuất %(count)s nơi.") % {"count": ended})
    return redirect("people_settings:person_sign_in", pk)


@manages_settings
@fresh_verification()
@require_POST
def propose_recovery(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Propose that somebody who has nothing left to sign in with begins anew."""
    found = _person(request, pk)
    actions.propose_recovery(actor=request.user, person=found)
    messages.success(
        request,
        _("Đã đề nghị cho %(name)s bắt đầu lại. Một người quản trị khác đồng ý thì có hiệu lực.")
        % {"name": found.full_name},
    )
    return redirect("people_settings:person_sign_in", pk)


@manages_settings
@require_POST
def record_persons_leave(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Record somebody's leave."""
    found = _person(request, pk)
    form = LeaveForm(request.POST)
    if form.is_valid():
        try:
            actions.record_leave(actor=request.user, person=found, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã ghi ngày nghỉ của %(name)s.") % {"name": found.full_name})
            return redirect("people_settings:person_sign_in", pk)
    return _page(request, found, form)


@manages_settings
@fresh_verification()
@require_POST
def end_persons_leave(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """End somebody's leave: he may sign again."""
    found = _person(request, pk)
    form = EndLeaveForm(request.POST, leaves=leaves_of(found, localdate(clock.now())))
    if form.is_valid():
        actions.end_leave(actor=request.user, leave=form.cleaned_data["leave"])
        messages.success(request, _("Đã kết thúc lần nghỉ."))
    else:
        messages.error(request, _("Không tìm thấy lần nghỉ này. Có thể đã kết thúc."))
    return redirect("people_settings:person_sign_in", pk)
