# SPDX-License-Identifier: AGPL-3.0-or-later
"""Making a document's files in the worker, each written in a child that ends. Twice does no harm."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from loa.audit import actions as audit
from loa.audit.actor import SYSTEM
from loa.campaigns import rollup
from loa.config import clock
from loa.config.home import write_private
from loa.jobs import actions as jobs
from loa.reports.models import Document
from loa.reports.papers import Format, paper_of, written_as
from loa.reports.queries import job_key, path_of
from loa.voice.jobs import reporter

# Of a hundred parts: how many are done when the data are read, and when the .docx is written.
READ, WRITTEN, ALL = 45, 60, 100


@task()
def produce(document_pk: int, requested_at: str, who: str) -> None:
    """Make both files of a document from its data as they are now, and keep them by their content."""
    document = _still_wanted(document_pk, requested_at)
    if document is None:
        return
    key = job_key(document)
    try:
        files = make_files(document, reporter(key))
    except Exception:
        jobs.fail(key, _("Chưa tạo được văn bản do lỗi của máy chủ. Lời văn vẫn được giữ; bấm Tạo lại."))
        raise
    old = {document.docx_sha256, document.pdf_sha256}
    kept = {format_: _keep(content) for format_, content in files.items()}
    with transaction.atomic():
        current = Document.objects.filter(pk=document.pk, requested_at=document.requested_at)
        changes = {"docx_sha256": kept[Format.DOCX], "pdf_sha256": kept[Format.PDF]}
        if not current.update(produced_at=clock.now(), produced_by=who, **changes):
            return
        audit.record(
            actor=SYSTEM,
            action="reports.produce",
            obj=document,
            details={"campaign": document.campaign_id, **changes},
            area_code=document.campaign.area.code,
        )
    _forget(old - set(kept.values()))
    jobs.finish(key)


def make_files(document: Document, report: Callable[[int, int], None]) -> dict[Format, bytes]:
    """Return both files of a document.

    Args:
        report: told how many of a hundred parts are done.

    Raises:
        WriteError: one could not be made.
    """
    paper = paper_of(
        document,
        clock.now(),
        _Counter(rollup.counted_activities(document.campaign).count(), 0, READ, report).one,
    )
    counter = _Counter(paper.row_count, READ, WRITTEN, report)
    docx = written_as(paper, Format.DOCX, counter.more)
    report(WRITTEN, ALL)
    pdf = written_as(paper, Format.PDF)
    return {Format.DOCX: docx, Format.PDF: pdf}


class _Counter:
    """Turns counted rows into parts of a hundred, between two marks."""

    def __init__(self, total: int, begins: int, ends: int, report: Callable[[int, int], None]) -> None:
        self._total, self._begins, self._ends, self._report = max(total, 1), begins, ends, report
        self._done = 0

    def one(self) -> None:
        self.more(1)

    def more(self, number: int) -> None:
        self._done = min(self._done + number, self._total)
        share = (self._ends - self._begins) * self._done // self._total
        self._report(self._begins + share, ALL)


def _still_wanted(pk: int, requested_at: str) -> Document | None:
    """Return the document unless it is gone, or a newer request replaced this one."""
    return (
        Document.objects.select_related(
            "campaign__organisation__area", "campaign__area", "campaign__steering_head"
        )
        .prefetch_related("narratives")
        .filter(pk=pk, requested_at=datetime.fromisoformat(requested_at))
        .first()
    )


def _keep(content: bytes) -> str:
    """Store a file by its content and return its hash."""
    name = sha256(content).hexdigest()
    path = path_of(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(path, content)
    return name


def _forget(names: set[str]) -> None:
    """Delete files that no document shows any more."""
    for name in names - {""}:
        used = Document.objects.filter(docx_sha256=name) | Document.objects.filter(pdf_sha256=name)
        if not used.exists():
            path_of(name).unlink(missing_ok=True)
