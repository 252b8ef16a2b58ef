# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for a signature, signing, returning, sending for release, withdrawing, and one's own key."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.config.errors import LoaError, NotFoundError
from loa.messages.links import message_page
from loa.messages.queries import message as message_of
from loa.messages.queries import newest
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import may, require
from loa.people.rules import Permission
from loa.releases import able, actions, pages, queries
from loa.releases.errors import BadRequestError
from loa.releases.forms import RequestForm, WithdrawalForm
from loa.releases.models import Release
from loa.releases.passkeys import signing_passkeys
from loa.releases.sending import send_page
from loa.releases.sentences import returned_sentence, sent_sentence
from loa.releases.signing import key_in_use
from loa.releases.standings import who_may_sign
from loa.voice.actions import mark_heard

ADD_SOURCE = "them-nguon"  # the button that leads to the sources and keeps what was chosen
HEAR = "nghe-thu"  # the button that leads to the sound and keeps what was chosen


@require_GET
def waiting(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List what waits for the reader's signature, and what he sent."""
    context = {
        "waiting": queries.waiting_for(request.user),
        "withdrawals": queries.withdrawals_waiting_for(request.user),
        "sent": queries.sent_by(request.user)[:20],
        "is_approver": queries.signs(request.user),
        "key": key_in_use(request.user),
        "passkeys": list(signing_passkeys(request.user)),
    }
    return render(request, "releases/waiting.html", context)


@require_GET
def release(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Show what people will hear if the reader signs."""
    return _release_page(request, pk)


@require_POST
def heard(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Note that the reader played the sound of this release to its end; also a partner's approver may."""
    mark_heard(actor=request.user, sound=queries.release(request.user, pk).sound)
    return redirect("releases:release", pk=pk) if "next" in request.POST else HttpResponse(status=204)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Sign with the reader's server-kept key; who only opens the address is led to the release."""
    found = queries.release(request.user, pk)
    if request.method == "GET":
        return redirect("releases:release", pk=pk)
    try:
        found = actions.sign_release(
            actor=request.user, release=found, password=request.POST.get("password", "")
        )
    except LoaError as error:
        return _release_page(request, pk, error=error)
    messages.success(request, pages.signed(found))
    return redirect("releases:release", pk=pk)


@require_http_methods(["GET", "POST"])
def return_release(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Give the request back with the typed reason; who only opens the address is led to the release."""
    found = queries.release(request.user, pk)
    if request.method == "GET":
        return redirect("releases:release", pk=pk)
    reason = request.POST.get("reason", "")
    try:
        actions.return_release(actor=request.user, release=found, reason=reason)
    except LoaError as error:
        return _release_page(request, pk, error=error, reason=reason)
    messages.success(request, returned_sentence(is_own=found.submitted_by_id == request.user.pk))
    return redirect("releases:release", pk=pk)


@require_http_methods(["GET", "POST"])
def submit(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Ask for the release of a message's newest revision."""
    message = message_of(request.user, code)
    require(request.user, Permission.MESSAGE_SUBMIT, organisation=message.organisation)
    revision = newest(message)
    kept = f"sending {code}"  # in the session: what was chosen before the reader went to hear it
    form = RequestForm(
        request.POST if request.method == "POST" else None,
        organisation=message.organisation,
        text=revision.text,
        chosen=request.GET or QueryDict(request.session.get(kept, "")),
        may_break_glass=may(request.user, Permission.BREAK_GLASS, organisation=message.organisation),
    )
    if HEAR in request.POST:
        request.session[kept] = form.answers_query()
        return redirect("voice:spoken", code=code)
    if ADD_SOURCE in request.POST:
        back = f"{request.path}?{form.answers_query()}"
        return redirect(f"{reverse('messages:edit', args=[code])}?{urlencode({'tiep': back})}#id_sources")
    if form.is_valid():
        try:
            sent = actions.submit_for_release(
                actor=request.user,
                revision=revision,
                zones=form.chosen,
                priority_class=form.cleaned_data["priority_class"],
                not_before=form.not_before,
                not_after=form.not_after,
                repeat_limit=form.cleaned_data["repeat_limit"],
                is_test=form.cleaned_data["is_test"],
                is_prepared=form.cleaned_data["is_prepared"],
                break_glass=form.cleaned_data.get("break_glass", ""),
            )
        except LoaError as error:
            field = {"not_after": "last_day", "not_before": "first_day"}.get(error.field, error.field)
            form.add_error(field if field in form.fields else None, error.message)
        else:
            request.session.pop(kept, None)
            messages.success(request, _sent(sent))
            return redirect("releases:release", pk=sent.pk)
    context = {"form": form, "page": send_page(message, request.user, form)}
    return render(request, "releases/submit.html", context, status=400 if form.errors else 200)


def _sent(release: Release) -> str:
    """Say what was sent and who can sign it."""
    needed = release.policy.threshold
    names = able.names_of(who_may_sign(release), needed)
    return sent_sentence(revision=release.revision.number, needed=needed, names=names)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def withdraw(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """End a release everywhere, or add the second signature to its end."""
    found = queries.release(request.user, pk)
    is_asked_already = queries.withdrawal_of(found) is not None
    posted = request.POST if request.method == "POST" else None
    is_alone = not queries.why_not_alone(request.user, found)
    form = WithdrawalForm(posted, is_asked_already=is_asked_already, may_break_glass=is_alone)
    status = 200
    if form.is_valid():
        password = form.cleaned_data["password"]
        try:
            if is_asked_already:
                order = actions.sign_withdrawal(actor=request.user, release=found, password=password)
            else:
                order = actions.withdraw(
                    actor=request.user,
                    release=found,
                    password=password,
                    reason=form.cleaned_data["reason"],
                    break_glass=form.cleaned_data["break_glass"].strip(),
                )
        except LoaError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
            status = error.status
        else:
            messages.success(request, pages.withdrawn(order))
            return redirect(message_page(found.revision.message.code))
    context = {"page": pages.withdraw_page(found, request.user), "form": form}
    return render(request, "releases/withdraw.html", context, status=status)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def key(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the reader's signing key, or make it."""
    if not queries.signs(request.user):
        require(request.user, Permission.RELEASE_SIGN)
    error: LoaError | None = None
    if request.method == "POST":
        try:
            actions.make_signing_key(person=request.user, password=request.POST.get("password", ""))
        except LoaError as refused:
            error = refused
        else:
            return redirect("releases:waiting")
    context = {"key": key_in_use(request.user), "error": error}
    return render(request, "releases/key.html", context, status=error.status if error else 200)


@require_POST
def review(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Say what the reader thinks of an emergency that somebody else handled alone."""
    found = queries.review(request.user, pk)
    finding = request.POST.get("finding", "")
    try:
        actions.review(actor=request.user, review=found, finding=finding)
    except BadRequestError as error:
        return _release_page(request, found.release_id, error=error)
    return redirect("releases:release", pk=found.release_id)


def _release_page(
    request: AuthenticatedHttpRequest, pk: UUID, *, error: LoaError | None = None, reason: str = ""
) -> HttpResponse:
    if isinstance(error, NotFoundError):
        raise error
    context = {"page": pages.release_page(pk, request.user), "error": error, "reason": reason}
    return render(request, "releases/release.html", context, status=error.status if error else 200)
