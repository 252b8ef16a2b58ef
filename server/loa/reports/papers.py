# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make a document of a campaign's data and of what people wrote, and write it as .docx and PDF."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum

from django.utils import translation
from django.utils.timezone import localdate

from loa.campaigns import rollup
from loa.reports import figures
from loa.reports.figures import Item
from loa.reports.kinds import Span, span_of
from loa.reports.layout.child import write
from loa.reports.layout.tree import Paper
from loa.reports.letterheads import head_of
from loa.reports.models import Document, Kind
from loa.reports.plan_paper import assignment_paper, plan_paper
from loa.reports.report_paper import Facts, report_paper


class Format(StrEnum):
    DOCX = "docx"
    PDF = "pdf"


MEDIA_TYPES = {
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
}


def paper_of(document: Document, now: datetime, on_item: Callable[[], None] | None = None) -> Paper:
    """Return the document as its data stand now, in Vietnamese.

    Args:
        on_item: called once for each activity that was read.
    """
    campaign, kind = document.campaign, Kind(document.kind)
    span, today = span_of(kind, document.period), localdate(now)
    written = {row.section: row.text for row in document.narratives.all() if row.text} if document.pk else {}
    with translation.override("vi"):
        head = head_of(document, today)
        with_standing = kind not in {Kind.PLAN, Kind.ASSIGNMENT}
        items = _told(figures.items(campaign, today, with_standing=with_standing), on_item)
        if kind is Kind.PLAN:
            return plan_paper(campaign, head, written, list(items))
        if kind is Kind.ASSIGNMENT:
            return assignment_paper(campaign, head, list(items))
        facts = facts_of(document, span, today, now)
        return report_paper(campaign, (kind, document.period), head, written, facts, items)


def facts_of(document: Document, span: Span, today: date, now: datetime) -> Facts:
    """Return every figure of a report. Some thirty queries, however large the campaign."""
    campaign = document.campaign
    units = rollup.figures(campaign)
    last = min(span.last, today) if span.last else today
    return Facts(
        today=today,
        span=span,
        tally=rollup.tally(campaign, today),
        finished=figures.finished(campaign, span),
        organisations=rollup.by_organisation(campaign, today),
        areas=rollup.by_area(campaign, today),
        units=units,
        measures=rollup.measures(campaign, since=span.first, until=span.last),
        objectives=rollup.objectives(campaign, units),
        airtime=figures.airtime(campaign, span),
        reached=figures.reached(campaign, span, now),
        coming=[] if document.kind == Kind.FINAL else figures.coming(campaign, last),
    )


def written_as(paper: Paper, format_: Format, on_rows: Callable[[int], None] | None = None) -> bytes:
    """Return the bytes of a file.

    Raises:
        WriteError: it could not be made.
    """
    return write(paper, format_.value, on_rows)


def _told(items: Iterable[Item], on_item: Callable[[], None] | None) -> Iterator[Item]:
    for item in items:
        if on_item is not None:
            on_item()
        yield item
