# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of the lexicon: list, one word, taking it out; each shows what it would change before it does."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from loa.config.errors import LoaError, PermissionDeniedError
from loa.messages.links import own_address
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.voice.lexicon import actions, queries
from loa.voice.lexicon.effects import Change, Effect, effect_of
from loa.voice.lexicon.forms import WordForm, filled
from loa.voice.lexicon.queries import Choice, owner_name
from loa.voice.lexicon.rules import Owner, WordInput, check_word, input_of
from loa.voice.lexicon.telling import tell
from loa.voice.models import LexiconLevel, LexiconWord

ON_A_PAGE = 50


@require_GET
def index(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the words of one part of the lexicon, searched by form or reading."""
    offered = queries.choices(request.user)
    here = _choice(request, offered)
    search = request.GET.get("tim", "")[:100]
    found = Paginator(queries.words_of(here.owner, search), ON_A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "choices": offered,
        "here": here,
        "owner_name": owner_name(here.owner),
        "search": search,
        "page": found,
        "is_area": here.owner.area is not None,
        "query": urlencode({"pham-vi": here.code, "tim": search}),
    }
    return render(request, "voice/lexicon/index.html", context)


def _choice(request: AuthenticatedHttpRequest, offered: list[Choice]) -> Choice:
    code = request.GET.get("pham-vi", "")
    if code and all(one.code != code for one in offered):
        owner = queries.owner_at(request.user, code)
        return Choice(code, str(owner.area), owner, queries.may_change(request.user, owner))
    return next((one for one in offered if one.code == code), offered[0])


@require_http_methods(["GET", "POST"])
def add(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Add a word to one part of the lexicon."""
    code = request.GET.get("pham-vi", "")
    owner = queries.owner_at(request.user, code) if code else _first_owner(request)
    queries.require_change(request.user, owner)
    given = WordInput(request.GET.get("tu", ""), request.GET.get("doc", ""))
    form = WordForm(posted(request), initial=filled(given, request.GET.get("cau", "")))

    def save(word: WordInput) -> None:
        actions.add_word(actor=request.user, owner=owner, word=word)

    return _word_page(request, form, owner, None, save)


def _first_owner(request: AuthenticatedHttpRequest) -> Owner:
    """Return the first part that the reader may change.

    Raises:
        PermissionDeniedError: there is none.
    """
    for choice in queries.choices(request.user):
        if choice.may_change:
            return choice.owner
    raise PermissionDeniedError(_("Bạn chưa có quyền sửa từ điển nào. Hỏi người quản trị của cơ quan bạn."))


@require_http_methods(["GET", "POST"])
def word(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show a word, and change it."""
    stored = queries.word(request.user, pk)
    owner = queries.owner_of(stored)
    if request.method == "POST":
        queries.require_change(request.user, owner)
    form = WordForm(posted(request), initial=filled(input_of(stored)))

    def save(given: WordInput) -> None:
        actions.change_word(actor=request.user, word=stored, given=given)

    return _word_page(request, form, owner, stored, save)


@require_http_methods(["GET", "POST"])
def remove(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Ask whether a word shall go, with what it would change, and take it out."""
    stored = queries.word(request.user, pk)
    owner = queries.owner_of(stored)
    queries.require_change(request.user, owner)
    effect = effect_of(Change(owner, old=(input_of(stored),)))
    if request.method == "POST":
        actions.remove_word(actor=request.user, word=stored)
        tell(request, _("Đã xóa “%(written)s” khỏi từ điển.") % {"written": stored.written}, effect)
        return redirect(_list(owner))
    context = {"word": stored, "owner_name": owner_name(owner), "effect": effect, "back": _list(owner)}
    return render(request, "voice/lexicon/remove.html", context)


def _word_page(
    request: AuthenticatedHttpRequest,
    form: WordForm,
    owner: Owner,
    stored: LexiconWord | None,
    save: Callable[[WordInput], None],
) -> HttpResponse:
    effect: Effect | None = None
    if form.is_valid():
        try:
            given = check_word(form.given())
            effect = effect_of(Change(owner, new=(given,), old=(input_of(stored),) if stored else ()))
            # Nothing is saved before its effect was seen: first the page comes back with it.
            if not effect.released or request.POST.get("seen") == effect.key:
                save(given)
                tell(request, _saved_sentence(given), effect)
                return redirect(own_address(request, request.GET.get("tiep", ""), otherwise=_list(owner)))
        except LoaError as error:
            if isinstance(error, PermissionDeniedError):
                raise
            effect = None
            show_error(form, error)
    context = {
        "form": form,
        "word": stored,
        "owner_name": owner_name(owner),
        "scope": _scope(owner),
        "may_change": queries.may_change(request.user, owner),
        "is_of_message": owner.level == LexiconLevel.MESSAGE,
        "message": owner.message,
        "effect": effect,
        "back": own_address(request, request.GET.get("tiep", ""), otherwise=_list(owner)),
    }
    return render(request, "voice/lexicon/word.html", context, status=400 if form.errors else 200)


def _saved_sentence(given: WordInput) -> str:
    if not given.spoken:
        return _("Đã lưu: không đọc “%(written)s”.") % {"written": given.written}
    return _("Đã lưu: “%(written)s” đọc là “%(spoken)s”.") % {
        "written": given.written,
        "spoken": given.spoken,
    }


def _scope(owner: Owner) -> str:
    """Return how addresses name an owner."""
    return owner.area.code if owner.area is not None else queries.INSTALLATION


def _list(owner: Owner) -> str:
    if owner.message is not None:
        return reverse("voice:spoken", args=[owner.message.code])
    return f"{reverse('lexicon:index')}?{urlencode({'pham-vi': _scope(owner)})}"
