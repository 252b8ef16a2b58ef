# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hear a sentence before anything is saved, and choose the voice of an area."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.areas.models import Area
from loa.areas.queries import communes_in
from loa.config.errors import LoaError, PermissionDeniedError
from loa.messages.queries import message as message_of
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.queries import access_area, areas_for, may
from loa.people.rules import Permission
from loa.voice import speech, trial
from loa.voice.lexicon import queries
from loa.voice.lexicon.forms import VoiceForm, WordForm
from loa.voice.lexicon.rules import Owner, check_word, entry_of, lower_first
from loa.voice.models import LexiconLevel
from loa.voice.voices import set_voice, voice_choices, voice_of
from loa_speech.lexicon import Lexicon
from loa_speech.voices import DEFAULT_VOICE

SENTENCE = gettext_lazy("Bà con chú ý: 7 giờ 30 sáng mai họp ở nhà văn hóa thôn.")


@require_POST
def hear(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Read a sentence aloud by a word that is not saved yet, or by a voice that is not chosen yet."""
    _require_a_writer(request)
    owner = _owner(request)
    area = _area(request, owner)
    try:
        lexicon = _lexicon(request, owner, area)
        voice = request.POST.get("voice") or (voice_of(area) if area is not None else "")
        if voice and voice not in speech.voices():
            raise trial.TrialError(_("Không có giọng này trên máy chủ. Chọn lại."))
        made = trial.hear(request.POST.get("sentence", ""), lexicon, voice)
    except LoaError as error:
        if isinstance(error, PermissionDeniedError):
            raise
        return render(request, "voice/lexicon/heard.html", {"error": error})
    context = {
        "trial": made,
        "url": reverse("lexicon:trial", args=[made.token]),
        "voice": speech.voice_name(voice),
    }
    return render(request, "voice/lexicon/heard.html", context)


def _require_a_writer(request: AuthenticatedHttpRequest) -> None:
    """Let those try a reading who could save one somewhere: it costs the machine a moment.

    Raises:
        PermissionDeniedError: the reader writes nowhere and manages nothing.
    """
    if not any(may(request.user, one) for one in (Permission.MESSAGE_WRITE, Permission.SETTINGS_MANAGE)):
        raise PermissionDeniedError(
            _("Bạn chưa có quyền nghe thử cách đọc. Hỏi người quản trị của cơ quan bạn.")
        )


def _owner(request: AuthenticatedHttpRequest) -> Owner:
    if code := request.GET.get("tin", ""):
        return Owner(message=message_of(request.user, code))
    if code := request.GET.get("pham-vi", ""):
        return queries.owner_at(request.user, code)
    return Owner()


def _area(request: AuthenticatedHttpRequest, owner: Owner) -> Area | None:
    """Return where the sentence would be read; the reader's first commune for words of all."""
    if owner.message is not None:
        area: Area = owner.message.organisation.area
        return area
    return owner.area or communes_in(areas_for(request.user, Permission.VIEW)).first()


def _lexicon(request: AuthenticatedHttpRequest, owner: Owner, area: Area | None) -> Lexicon:
    """Return the lexicon with the word that the form holds, if it holds one."""
    lexicon = queries.lexicon_of(area, owner.message) if area is not None else Lexicon()
    form = WordForm({**request.POST.dict(), "spoken": _spoken(request)})
    if not form.is_valid() or not form.cleaned_data["written"]:
        return lexicon
    word = check_word(form.given())
    # As the nearest of all: whoever tries it wants to hear this reading.
    return queries.joined(lexicon, [entry_of(LexiconLevel.MESSAGE, word)])


def _spoken(request: AuthenticatedHttpRequest) -> str:
    chosen = request.POST.get("spoken", "")
    return request.POST.get("typed", "").strip() or ("" if chosen.startswith("<") else chosen)


@require_GET
def trial_sound(request: AuthenticatedHttpRequest, token: str) -> HttpResponseBase:
    """Give the sound of a sentence that was tried a moment ago."""
    response = FileResponse(trial.sound_of(token).open("rb"), content_type="audio/ogg")
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


@require_http_methods(["GET", "POST"])
def voice(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Choose the voice in which an area's messages are read."""
    area = access_area(request.user, code, Permission.SETTINGS_MANAGE)
    offered = voice_choices()
    now = voice_of(area) or DEFAULT_VOICE
    form = VoiceForm(posted(request), voices=offered, initial={"voice": now, "sentence": SENTENCE})
    if form.is_valid():
        chosen = form.cleaned_data["voice"]
        try:
            set_voice(actor=request.user, area=area, voice=chosen)
        except LoaError as error:
            if isinstance(error, PermissionDeniedError):
                raise
            show_error(form, error)
        else:
            messages.success(
                request,
                _("Đã lưu: tin viết từ nay đọc bằng %(voice)s. Tin đã duyệt giữ tiếng cũ.")
                % {"voice": lower_first(speech.voice_name(chosen))},
            )
            return redirect("lexicon:voice", code)
    context = {"form": form, "area": area, "now": speech.voice_name(now), "scope": code}
    return render(request, "voice/lexicon/voice.html", context, status=400 if form.errors else 200)
