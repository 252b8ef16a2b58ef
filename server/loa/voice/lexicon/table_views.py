# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lexicon as a table, out and in, and the place names of an area with how they are read."""

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from loa.config.errors import LoaError, NotFoundError
from loa.people.http import AuthenticatedHttpRequest
from loa.voice.lexicon import actions, queries, tables
from loa.voice.lexicon.effects import Change, Effect, effect_of
from loa.voice.lexicon.forms import TableForm
from loa.voice.lexicon.places import place_lines
from loa.voice.lexicon.queries import owner_name, words_of
from loa.voice.lexicon.rules import Owner, WordInput, identity
from loa.voice.lexicon.tables import TableError
from loa.voice.lexicon.telling import tell

SALT = "loa.voice.lexicon.table"
CHECKED_FOR = 3600  # seconds that a checked table may wait for its button


@require_http_methods(["GET", "POST"])
def import_table(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Check a table and show what it would change; then, by a second press, take it whole."""
    owner = queries.owner_at(request.user, code)
    queries.require_change(request.user, owner)
    context = {
        "owner_name": owner_name(owner),
        "scope": code,
        "form": TableForm(),
        "headings": tables.headings(),
    }
    if request.method != "POST":
        return render(request, "voice/lexicon/import.html", context)
    if "checked" in request.POST:
        return _take(request, owner, code)
    form = TableForm(request.POST, request.FILES)
    context["form"] = form
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(tables.SIZE_LIMIT + 1)
            words = tables.read_table(file.name or "", content, owner)
        except TableError as error:
            form.add_error("file", error.message)
            context["wrong_rows"] = error.rows
        else:
            return render(request, "voice/lexicon/import.html", context | _summary(owner, words))
    return render(request, "voice/lexicon/import.html", context, status=400)


def _summary(owner: Owner, words: list[WordInput]) -> dict[str, object]:
    known = tables.same_rows(words_of(owner))
    keys = [(identity(owner, word), word) for word in words]
    new = [word for key, word in keys if key not in known]
    changed = [word for key, word in keys if key in known and known[key] != word]
    return {
        "new": new,
        "changed": changed,
        "same": len(words) - len(new) - len(changed),
        "effect": effect_of(_change(owner, words)),
        "checked": signing.dumps([_row(word) for word in words], salt=SALT, compress=True),
    }


def _change(owner: Owner, words: list[WordInput]) -> Change:
    known = tables.same_rows(words_of(owner))
    old = [known[key] for word in words if (key := identity(owner, word)) in known]
    return Change(owner, new=tuple(words), old=tuple(old))


def _row(word: WordInput) -> list[object]:
    return [word.written, word.spoken, word.exact_case, list(word.left), list(word.right), word.note]


def _take(request: AuthenticatedHttpRequest, owner: Owner, code: str) -> HttpResponse:
    try:
        rows = signing.loads(request.POST["checked"], salt=SALT, max_age=CHECKED_FOR)
    except signing.BadSignature:
        messages.warning(request, _("Bảng đã kiểm tra quá lâu. Chọn lại tệp; từ điển chưa đổi."))
        return redirect("lexicon:import_table", code)
    words = [
        WordInput(written, spoken, exact, tuple(left), tuple(right), note)
        for written, spoken, exact, left, right, note in rows
    ]
    effect: Effect = effect_of(_change(owner, words))
    try:
        counts = actions.import_words(actor=request.user, owner=owner, words=words)
    except LoaError as error:
        messages.error(request, error.message)
        return redirect("lexicon:import_table", code)
    said = _("Đã nhập: %(added)s từ mới, %(changed)s từ đổi cách đọc, %(same)s từ vẫn như cũ.")
    tell(request, said % {"added": counts.added, "changed": counts.changed, "same": counts.same}, effect)
    return redirect(f"{reverse('lexicon:index')}?{urlencode({'pham-vi': code})}")


@require_GET
def export_table(request: AuthenticatedHttpRequest, code: str, kind: str) -> HttpResponse:
    """Give all words of one part of the lexicon as a table."""
    owner = queries.owner_at(request.user, code)
    words = queries.words_of(owner)
    if kind == "csv":
        response = HttpResponse(tables.to_csv(words), content_type=tables.CSV_TYPE)
    elif kind == "xlsx":
        response = HttpResponse(tables.to_xlsx(words), content_type=tables.XLSX_TYPE)
    else:
        raise NotFoundError(_("Không có dạng bảng này. Chọn .csv hoặc .xlsx."))
    response.headers["Content-Disposition"] = f'attachment; filename="tu-dien-doc-{code}.{kind}"'
    return response


@require_GET
def places(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """List the place names of an area with how each is read."""
    owner = queries.owner_at(request.user, code)
    if owner.area is None:
        raise NotFoundError(_("Chọn một xã hoặc một tỉnh để xem địa danh."))
    lines = place_lines(owner.area)
    context = {
        "owner_name": owner_name(owner),
        "area": owner.area,
        "lines": lines,
        "own_count": sum(line.word is not None for line in lines),
        "may_change": queries.may_change(request.user, owner),
        "scope": code,
    }
    return render(request, "voice/lexicon/places.html", context)
