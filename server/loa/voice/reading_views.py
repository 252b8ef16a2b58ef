# SPDX-License-Identifier: AGPL-3.0-or-later
"""One place of a message: which rule read it, other readings, and what the machine asks."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from loa.config.errors import LoaError
from loa.messages.links import own_address
from loa.messages.models import Revision
from loa.messages.queries import may_write, newest
from loa.messages.queries import message as message_of
from loa.people.http import AuthenticatedHttpRequest
from loa.voice import answers, queries
from loa.voice.lexicon.queries import may_change, owner_name, require_change
from loa.voice.lexicon.rules import BadWordError, Owner
from loa.voice.models import LexiconWord
from loa.voice.questions import around, rule_name, stretch_at
from loa_speech.reading import Reading, Stretch

HERE, MESSAGE, AREA = "cho", "tin", "dia-ban"  # how far a chosen reading holds
OTHER = "<khac>"  # typed instead of chosen; no reading looks so


@dataclass(frozen=True)
class Place:
    """One stretch as its page shows it."""

    number: int
    source: str
    spoken: str
    rule: str
    is_sure: bool
    choices: tuple[str, ...]
    before: str
    after: str
    count: int  # places of the same form in the text

    @property
    def context(self) -> str:
        """Return a sentence to try the reading in."""
        return f"{self.before}{self.source}{self.after}".strip(" …")


def _place(reading: Reading, number: int, stretch: Stretch) -> Place:
    source, spoken = stretch.source.strip(), stretch.spoken.strip()
    before, after = around(reading, stretch)
    return Place(
        number=number,
        source=source,
        spoken=spoken,
        rule=rule_name(stretch.rule),
        is_sure=stretch.sure,
        choices=tuple(dict.fromkeys((spoken, *stretch.alternatives))),
        before=before,
        after=after,
        count=sum(one.source.strip() == source for one in reading.stretches),
    )


@require_http_methods(["GET", "POST"])
def stretch(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Show one place of the newest revision with its readings, and take another one for it."""
    revision = _revision(request, code)
    if request.method == "POST":
        require_change(request.user, Owner(message=revision.message))
    number = _number(request)
    if number is None:
        return redirect("voice:spoken", code=code)
    reading = queries.reading_for(revision)
    source = request.POST.get("source") if request.method == "POST" else None
    place = _place(reading, number, stretch_at(reading, number, source))
    if request.method != "POST":
        return _page(request, revision, place)
    try:
        spoken = _chosen(request)
        if request.POST.get("where") == AREA:
            return redirect(_lexicon_address(request, revision, place, spoken))
        answers.read_so(
            actor=request.user,
            revision=revision,
            number=number,
            source=place.source,
            spoken=spoken,
            everywhere=request.POST.get("where") == MESSAGE or place.count == 1,
        )
    except BadWordError as error:
        return _page(request, revision, place, error)
    messages.success(request, _said(place.source, spoken))
    return _back(request, code)


@require_http_methods(["GET", "POST"])
def answer(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Take the writer's answer to one question; who only opens the address is led to all of them."""
    revision = _revision(request, code)
    if request.method == "POST":
        require_change(request.user, Owner(message=revision.message))
        number, spoken = _number(request), request.POST.get("spoken", "")
        if number is not None and "spoken" in request.POST:
            source = request.POST.get("source", "")
            answers.answer(actor=request.user, revision=revision, number=number, source=source, spoken=spoken)
            messages.success(request, _said(source, spoken))
    return _back(request, code)


@require_http_methods(["GET", "POST"])
def accept_all(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Take the machine's proposals for all that it asked; who only opens the address is led to them."""
    revision = _revision(request, code)
    if request.method == "POST":
        require_change(request.user, Owner(message=revision.message))
        sources = request.POST.getlist("source")
        if sources:
            count = answers.accept_all(actor=request.user, revision=revision, sources=sources)
            words = ngettext(
                "Đã ghi: %(count)s chỗ đọc như máy đề nghị.",
                "Đã ghi: %(count)s chỗ đọc như máy đề nghị.",
                count,
            )
            messages.success(request, words % {"count": count})
    return _back(request, code)


def _revision(request: AuthenticatedHttpRequest, code: str) -> Revision:
    return newest(message_of(request.user, code))


def _number(request: AuthenticatedHttpRequest) -> int | None:
    given = (request.POST if request.method == "POST" else request.GET).get("doan", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else None


def _chosen(request: AuthenticatedHttpRequest) -> str:
    """Return the typed words when there are some, else what was chosen.

    Raises:
        BadWordError: nothing was chosen, or another reading without a word of it.
    """
    typed = request.POST.get("typed", "").strip()
    chosen = request.POST.get("spoken", OTHER)
    if not typed and chosen == OTHER:
        raise BadWordError(_("Chưa ghi cách đọc. Ghi vào ô này, hoặc chọn một cách ở trên."), field="typed")
    return typed or chosen


def _said(source: str, spoken: str) -> str:
    if not spoken:
        return _("Đã ghi: không đọc “%(source)s”.") % {"source": source}
    return _("Đã ghi: “%(source)s” đọc là “%(spoken)s”.") % {"source": source, "spoken": spoken}


def _lexicon_address(request: AuthenticatedHttpRequest, revision: Revision, place: Place, spoken: str) -> str:
    """Return the form of a new word for the whole area, filled with what was chosen."""
    query = {
        "pham-vi": revision.message.organisation.area.code,
        "tu": place.source,
        "doc": spoken,
        "cau": place.context,
        "tiep": _next(request, revision.message.code),
    }
    return f"{reverse('lexicon:add')}?{urlencode(query)}"


def _next(request: AuthenticatedHttpRequest, code: str) -> str:
    spoken_page = reverse("voice:spoken", args=[code])
    return own_address(request, request.POST.get("next", ""), otherwise=spoken_page)


def _back(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    return redirect(_next(request, code))


def _page(
    request: AuthenticatedHttpRequest, revision: Revision, place: Place, error: LoaError | None = None
) -> HttpResponse:
    message = revision.message
    area = Owner(area=message.organisation.area)
    came_from = request.htmx.current_url_abs_path if request.htmx else None
    context = {
        "place": place,
        "revision": revision,
        "message": message,
        "error": error,
        "typed": request.POST.get("typed", ""),
        "next": request.POST.get("next") or came_from or reverse("voice:spoken", args=[message.code]),
        "may_change": revision.frozen_at is None and may_write(request.user, message),
        "may_change_area": may_change(request.user, area),
        "area_name": owner_name(area),
        "own_words": list(LexiconWord.objects.filter(message=message, written=place.source)),
        "lexicon_url": _lexicon_address(request, revision, place, place.spoken),
        "here": HERE,
        "everywhere": MESSAGE,
        "area": AREA,
        "other": OTHER,
    }
    template = "voice/stretch_form.html" if request.htmx else "voice/stretch.html"
    return render(request, template, context, status=error.status if error else 200)
