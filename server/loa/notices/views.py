# SPDX-License-Identifier: AGPL-3.0-or-later
"""One's own notices and what can be said to them; only a POST says anything."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.config.errors import LoaError
from loa.notices import actions, queries
from loa.notices.forms import WordsForm
from loa.notices.kinds import kind_to_show
from loa.notices.models import Answer, Notice
from loa.people.http import AuthenticatedHttpRequest, show_error
from loa.people.models import Person


@require_GET
def listing(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the reader's notices: first what he has said nothing to."""
    context = {
        "waiting": [_shown(one) for one in queries.open_notices(request.user)],
        "count": queries.count_open(request.user),
        "settled": [_shown(one) for one in queries.settled_notices(request.user)],
    }
    return render(request, "notices/listing.html", context)


def _shown(notice: Notice) -> dict[str, object]:
    """Return a notice with its kind and what can be said to it, for a template."""
    return {
        "notice": notice,
        "kind": kind_to_show(notice.kind),
        "may_answer": notice.allows(Answer.ANSWER),
        "may_pass_on": notice.allows(Answer.PASS_ON),
        "may_object": notice.allows(Answer.OBJECT),
    }


def _page(
    request: AuthenticatedHttpRequest,
    found: Notice,
    *,
    answer_form: WordsForm | None = None,
    object_form: WordsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_shown(found),
        "responses": found.responses.all(),
        "answer_form": answer_form or WordsForm(),
        "object_form": object_form or WordsForm(auto_id="object_%s"),
    }
    return render(request, "notices/notice.html", context, status=status)


@require_GET
def notice(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Show one notice; looking at it says nothing to anybody."""
    return _page(request, queries.access_notice(request.user, pk))


@require_POST
def acknowledge(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Say that it was received, and go back to where the button was."""
    found = queries.access_notice(request.user, pk)
    actions.acknowledge(actor=request.user, notice=found)
    messages.success(request, _("Đã ghi là bạn nhận: %(title)s") % {"title": found.title}, extra_tags="toast")
    return redirect("notices:listing")


@require_POST
def answer(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Answer in words."""
    found = queries.access_notice(request.user, pk)
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            actions.answer(actor=request.user, notice=found, text=form.cleaned_data["text"])
        except LoaError as error:
            show_error(form, error)
            return _page(request, found, answer_form=form, status=error.status)
        return redirect("notices:notice", pk)
    return _page(request, found, answer_form=form, status=400)


@require_POST
def object_to(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Object with a reason."""
    found = queries.access_notice(request.user, pk)
    form = WordsForm(request.POST, auto_id="object_%s")
    if form.is_valid():
        try:
            actions.object_to(actor=request.user, notice=found, text=form.cleaned_data["text"])
        except LoaError as error:
            show_error(form, error)
            return _page(request, found, object_form=form, status=error.status)
        return redirect("notices:notice", pk)
    return _page(request, found, object_form=form, status=400)


@require_http_methods(["GET", "POST"])
def pass_on(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Choose a colleague by name and pass the notice on."""
    found = queries.access_notice(request.user, pk)
    words = (request.POST if request.method == "POST" else request.GET).get("tim", "")
    error = None
    if request.method == "POST":
        try:
            to = _chosen(request)
            actions.pass_on(actor=request.user, notice=found, to=to, text=request.POST.get("text", ""))
        except LoaError as refused:
            error = refused
        else:
            done = _("Đã chuyển cho %(name)s.") % {"name": to.full_name}
            messages.success(request, done, extra_tags="toast")
            return redirect("notices:notice", pk)
    shown, count = queries.find_colleagues(request.user, words)
    context = {
        **_shown(found),
        "people": shown,
        "count": count,
        "words": words,
        "text": request.POST.get("text", ""),
        "error": error,
    }
    return render(request, "notices/pass_on.html", context, status=error.status if error else 200)


def _chosen(request: AuthenticatedHttpRequest) -> Person:
    """Return whom the reader chose.

    Raises:
        NobodyError: nobody, or no colleague.
    """
    chosen = request.POST.get("to", "")
    return queries.colleague(request.user, int(chosen) if chosen.isdecimal() else None)
