# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages of a campaign's documents: the list, one document with its editor, its files."""

from datetime import timedelta

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loa.campaigns.queries import campaign as campaign_for
from loa.config import clock
from loa.config.errors import LoaError
from loa.jobs.queries import job
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.queries import may, require
from loa.people.rules import Permission
from loa.reports import actions, queries
from loa.reports.forms import DocumentForm
from loa.reports.kinds import document_name, period_at, period_name, span_of
from loa.reports.letterheads import proposed
from loa.reports.models import Document, Kind
from loa.reports.papers import MEDIA_TYPES, Format

EDIT = Permission.PLAN_EDIT
WHOLE = "ca-chien-dich"  # in an address: a document without a period


def period_in_address(document: Document) -> str:
    """Return how an address names a document's period."""
    return document.period or WHOLE


def _found(request: AuthenticatedHttpRequest, key: str, kind: str, period: str) -> Document:
    return queries.document(request.user, key, kind, "" if period == WHOLE else period)


@require_GET
def documents(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """List the documents that a campaign owes, with what is written and made."""
    campaign = campaign_for(request.user, key)
    lines = queries.lines_of(campaign, localdate(clock.now()))
    context = {
        "campaign": campaign,
        "lines": [(line, period_in_address(line.document)) for line in lines],
        "produced": sum(line.document.produced_at is not None for line in lines),
        "may_edit": may(request.user, EDIT, organisation=campaign.organisation),
    }
    return render(request, "reports/documents.html", context)


def document(request: AuthenticatedHttpRequest, key: str, kind: str, period: str) -> HttpResponse:
    """Write a document's sections and what stands around them, have its files made, see them."""
    found = _found(request, key, kind, period)
    given, organisation = posted(request), found.campaign.organisation
    if given is not None:
        require(request.user, EDIT, organisation=organisation)
    head = proposed(found.campaign, Kind(found.kind), localdate(clock.now()))
    form = DocumentForm(given, document=found, proposed=head)
    form.set_readable_only(is_so=not may(request.user, EDIT, organisation=organisation))
    if form.is_valid():
        try:
            _write(request, found, form)
        except LoaError as error:
            show_error(form, error)
        else:
            return redirect("reports:document", key, kind, period)
    return render(request, "reports/document.html", {**_context(request, found), "form": form})


def _write(request: AuthenticatedHttpRequest, found: Document, form: DocumentForm) -> None:
    """Keep what was typed; with the other button have the files made of it at once."""
    actions.write_document(actor=request.user, document=found, head=form.head(), texts=form.texts())
    if request.POST.get("then") == "produce":
        actions.request_document(actor=request.user, document=found)
    else:
        messages.success(request, _("Đã lưu lời văn."))


@require_GET
def files(request: AuthenticatedHttpRequest, key: str, kind: str, period: str) -> HttpResponse:
    """Show how far the making of a document is, then its files: the part of the page that renews itself."""
    found = _found(request, key, kind, period)
    return render(request, "reports/fragments/files.html", _context(request, found))


@require_GET
def download(
    request: AuthenticatedHttpRequest, key: str, kind: str, period: str, format_: str
) -> HttpResponse | FileResponse:
    """Give a file of a document as it was made last."""
    found = _found(request, key, kind, period)
    path = queries.file_of(found, format_)
    form = Format(format_)
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=queries.file_name(found, form),
        content_type=MEDIA_TYPES[form],
    )


def _context(request: AuthenticatedHttpRequest, found: Document) -> dict[str, object]:
    kind = Kind(found.kind)
    return {
        "campaign": found.campaign,
        "document": found,
        "name": document_name(kind, found.period),
        "period": period_in_address(found),
        "neighbours": _neighbours(kind, found.period),
        "job": job(queries.job_key(found)) if found.pk else None,
        "may_edit": may(request.user, EDIT, organisation=found.campaign.organisation),
    }


def _neighbours(kind: Kind, period: str) -> list[tuple[str, str]]:
    """Return the periods before and after one, each with its name; none where there are no periods."""
    span = span_of(kind, period)
    if span.first is None or span.last is None:
        return []
    beside = (span.first - timedelta(days=1), span.last + timedelta(days=1))
    return [(other, period_name(kind, other)) for other in (period_at(kind, day) for day in beside)]
