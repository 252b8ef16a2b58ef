# SPDX-License-Identifier: AGPL-3.0-or-later
"""The spoken rendition: how a text is read, its sound, a recording in its place, and who heard it."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.config.errors import LoaError
from loa.messages.links import own_address
from loa.messages.models import Revision
from loa.messages.queries import message as message_of
from loa.messages.queries import newest, organisations_to_write_for
from loa.messages.rules import TEXT_LIMIT
from loa.people.http import AuthenticatedHttpRequest
from loa.voice import actions, queries
from loa.voice.lexicon.queries import lexicon_for, lexicon_of
from loa.voice.pages import spoken_page
from loa.voice.storage import too_large
from loa.voice.uploads import LimitedUpload
from loa_speech.lexicon import Lexicon


class RecordingForm(forms.Form):
    """One file; what is in it is checked in the worker, never by its name."""

    file = forms.FileField(
        label=_("Tệp bản ghi"),
        help_text=_("MP3, WAV, M4A hoặc OGG."),
        allow_empty_file=True,  # the action says it better
        error_messages={"required": _("Chưa chọn tệp. Chọn tệp MP3, WAV, M4A hoặc OGG.")},
    )


@require_GET
def spoken(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Show how the newest revision is read and heard: a page, or its panel alone for a refresh."""
    return spoken_page(request, _revision(request, code))


@require_http_methods(["GET", "POST"])
def synthesise(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Ask for the machine's reading; who only opens the address is led to its page."""
    revision = _revision(request, code)
    if request.method == "GET":
        return redirect("voice:spoken", code=code)
    actions.request_spoken(actor=request.user, revision=revision)
    return _answer(request, revision)


@csrf_exempt  # the upload handler must be set before the token is read; _take checks it
def record(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Take an uploaded recording; who only opens the address is led to the page of the sound."""
    handler = LimitedUpload(request)
    request.upload_handlers = [handler]
    return _take(request, code, handler)


@csrf_protect
@require_http_methods(["GET", "POST"])
def _take(request: AuthenticatedHttpRequest, code: str, handler: LimitedUpload) -> HttpResponse:
    revision = _revision(request, code)
    if request.method == "GET":
        return redirect("voice:spoken", code=code)
    form = RecordingForm(request.POST, request.FILES)
    if handler.too_large:
        form.add_error("file", too_large(handler.too_large).message)
    elif form.is_valid():
        try:
            actions.attach_recording(actor=request.user, revision=revision, file=form.cleaned_data["file"])
        except LoaError as error:
            if error.field != "file":
                raise
            form.add_error("file", error.message)
    if form.errors:
        return spoken_page(request, revision, form=form, status=400)
    return _answer(request, revision)


@require_POST
def preview(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show how the words in an unsaved form would be read; nothing is stored."""
    text = request.POST.get("text", "")[: TEXT_LIMIT + 1]
    reading = queries.reading_of(text, _lexicon(request)) if text.strip() else None
    return render(request, "voice/preview.html", {"reading": reading})


def _lexicon(request: AuthenticatedHttpRequest) -> Lexicon | None:
    """Return the words by which the text in a form will be read: its message's, or its organisation's area's."""
    if code := request.POST.get("tin", ""):
        return lexicon_for(_revision(request, code))
    given = request.POST.get("organisation", "")
    chosen = organisations_to_write_for(request.user)
    organisation = chosen.filter(pk=int(given)).first() if given.isdecimal() and len(given) < 10 else None
    organisation = organisation or chosen.first()
    return lexicon_of(organisation.area) if organisation is not None else None


@require_POST
def heard(request: AuthenticatedHttpRequest, sha256: str) -> HttpResponse:
    """Note that the reader played a sound to its end."""
    actions.mark_heard(actor=request.user, sound=queries.sound_for(request.user, sha256))
    if "next" in request.POST:
        return redirect(own_address(request, request.POST["next"], otherwise="/"))
    return HttpResponse(status=204)


def _revision(request: AuthenticatedHttpRequest, code: str) -> Revision:
    return newest(message_of(request.user, code))


def _answer(request: AuthenticatedHttpRequest, revision: Revision) -> HttpResponse:
    if request.htmx:
        return spoken_page(request, revision)
    return redirect("voice:spoken", code=revision.message.code)
