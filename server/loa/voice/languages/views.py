# SPDX-License-Identifier: AGPL-3.0-or-later
"""Add and remove recordings in other languages; both lead back to the page of the spoken rendition."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from loa.config.errors import LoaError, PermissionDeniedError
from loa.messages.queries import message as message_of
from loa.messages.queries import newest
from loa.people.http import AuthenticatedHttpRequest, show_error
from loa.people.queries import require
from loa.people.rules import Permission
from loa.voice import pages
from loa.voice.languages import actions
from loa.voice.languages.queries import recording_of
from loa.voice.languages.rules import CODES, NAME_LIMIT
from loa.voice.storage import too_large
from loa.voice.uploads import LimitedUpload


class LanguageForm(forms.Form):
    """A language and a recording in it."""

    language = forms.CharField(
        label=_("Tiếng"),
        required=False,
        max_length=NAME_LIMIT * 4,
        help_text=_("Chọn trong danh sách hoặc gõ tên khác."),
        widget=forms.TextInput(attrs={"list": "cac-tieng", "autocomplete": "off"}),
    )
    recording = forms.FileField(
        label=_("Tệp bản ghi"),
        allow_empty_file=True,  # the action says it better
        help_text=_("MP3, WAV, M4A hoặc OGG, nhiều nhất 20 phút. Ai ghi âm thì không ký tin này."),
        widget=forms.FileInput(attrs={"accept": "audio/*,.mp3,.wav,.m4a,.ogg,.opus"}),
        error_messages={"required": _("Chưa chọn tệp. Chọn tệp MP3, WAV, M4A hoặc OGG.")},
    )
    suggested = tuple(CODES)


@csrf_exempt  # the upload handler must be set before the token is read; _take checks it
def add_language(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Take a recording in another language; who only opens the address is led to the page of the sound."""
    handler = LimitedUpload(request)
    request.upload_handlers = [handler]
    return _take(request, code, handler)


@csrf_protect
@require_http_methods(["GET", "POST"])
def _take(request: AuthenticatedHttpRequest, code: str, handler: LimitedUpload) -> HttpResponse:
    revision = newest(message_of(request.user, code))
    if request.method == "GET":
        return redirect("voice:spoken", code=code)
    require(request.user, Permission.MESSAGE_WRITE, organisation=revision.message.organisation)
    form = LanguageForm(request.POST, request.FILES)
    if handler.too_large:
        form.add_error("recording", too_large(handler.too_large).message)
    elif form.is_valid():
        try:
            actions.add_recording(
                actor=request.user,
                revision=revision,
                language=form.cleaned_data["language"],
                file=form.cleaned_data["recording"],
            )
        except LoaError as error:
            if isinstance(error, PermissionDeniedError):
                raise
            if error.field == "file":
                form.add_error("recording", error.message)
            else:
                show_error(form, error)
    if form.errors:
        return pages.spoken_page(request, revision, language_form=form, status=400)
    return redirect("voice:spoken", code=code)


@require_http_methods(["GET", "POST"])
def remove_language(request: AuthenticatedHttpRequest, code: str, pk: int) -> HttpResponse:
    """Take a recording away; who only opens the address is led to the page of the sound."""
    revision = newest(message_of(request.user, code))
    if request.method == "POST":
        require(request.user, Permission.MESSAGE_WRITE, organisation=revision.message.organisation)
        actions.remove_recording(actor=request.user, recording=recording_of(revision, pk))
    return redirect("voice:spoken", code=code)
