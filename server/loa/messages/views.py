# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write and edit; the message's own page is the console's, because it joins all layers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from loa.config.errors import ConflictError, LoaError, PermissionDeniedError
from loa.config.numbers import whole
from loa.messages import actions, queries
from loa.messages.forms import MessageForm, form_for
from loa.messages.links import hearing_place, own_address
from loa.messages.models import Message, Revision
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import require
from loa.people.rules import Permission


@require_http_methods(["GET", "POST"])
def write(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Write a new message."""
    require(request.user, Permission.MESSAGE_WRITE)
    if request.method != "POST":
        chosen = [pk for pk in map(whole, request.GET.getlist("thong-diep")) if pk is not None]
        begun = {"title": request.GET.get("ten", ""), "text": request.GET.get("loi", "")}
        return _form_page(request, form_for(request.user, initial={"key_messages": chosen, **begun}), None)
    form = form_for(request.user, request.POST)
    if form.is_valid():
        try:
            message = actions.write_message(
                actor=request.user,
                organisation=form.cleaned_data["organisation"],
                title=form.cleaned_data["title"],
                text=form.cleaned_data["text"],
                sources=form.source_inputs,
                key_messages=form.cleaned_data["key_messages"],
                campaign=form.campaign,
            )
        except LoaError as error:
            _show(form, error)
        else:
            return redirect(hearing_place(message.code))
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
def edit(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Change the open revision of a message."""
    revision = _open_revision(request, code)
    if request.method != "POST":
        return _form_page(request, form_for(request.user, revision=revision), revision)
    form = form_for(request.user, request.POST, revision=revision)
    if form.is_valid():
        try:
            actions.edit_revision(
                actor=request.user,
                revision=revision,
                title=form.cleaned_data["title"],
                text=form.cleaned_data["text"],
                sources=form.source_inputs,
                key_messages=form.cleaned_data["key_messages"],
                campaign=form.campaign,
                seen_sha256=form.cleaned_data["seen"],
            )
        except LoaError as error:
            _show(form, error)
        else:
            return redirect(own_address(request, request.GET.get("tiep", ""), otherwise=hearing_place(code)))
    return _form_page(request, form, revision)


@require_POST
def new_revision(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Begin the next revision and open its form."""
    message = _message(request, code)
    actions.new_revision(actor=request.user, message=message)
    return redirect("messages:edit", code=code)


def _message(request: AuthenticatedHttpRequest, code: str) -> Message:
    message = queries.message(request.user, code)
    require(request.user, Permission.MESSAGE_WRITE, organisation=message.organisation)
    return message


def _open_revision(request: AuthenticatedHttpRequest, code: str) -> Revision:
    revision = queries.newest(_message(request, code))
    if revision.frozen_at is not None:
        raise ConflictError(actions.frozen_sentence(revision))
    return revision


def _show(form: MessageForm, error: LoaError) -> None:
    """Put an action's sentence beside its field; a missing permission is a page of its own."""
    if isinstance(error, PermissionDeniedError):
        raise error
    form.add_error(error.field if error.field in form.fields else None, error.message)


def _form_page(request: HttpRequest, form: MessageForm, revision: Revision | None) -> HttpResponse:
    context = {"form": form, "revision": revision, "message": revision.message if revision else None}
    return render(request, "messages/form.html", context, status=400 if form.errors else 200)
