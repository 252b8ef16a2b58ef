# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages of documents read; getting one checks access as its campaign's does."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from loa.campaigns import queries as campaigns
from loa.campaigns.models import Campaign
from loa.config.errors import NotFoundError
from loa.config.numbers import whole
from loa.jobs.models import Job
from loa.jobs.queries import guard
from loa.people.models import Person
from loa.people.rules import Permission
from loa.reports.kinds import SECTIONS, Words, document_name, kind_named, period_at, span_of
from loa.reports.models import Document, Kind
from loa.reports.papers import Format

JOB = "reports.document"


@dataclass(frozen=True)
class Line:
    """One document as the list shows it, begun or not."""

    document: Document
    name: Words
    job: Job | None
    missing: int  # sections in which nobody wrote yet
    sections: int


def job_key(document: Document) -> str:
    """Return the name of the work that makes a document's files."""
    return f"{JOB}:{document.pk}"


@guard(JOB)
def may_follow(person: Person, rest: str) -> bool:
    """Say whether a person may see how far the making of a document is."""
    found = Document.objects.filter(pk=whole(rest) or 0).select_related("campaign")
    return any(campaigns.may_see(person, one.campaign) for one in found)


def document(
    person: Person, key: str, kind: str, period: str = "", permission: Permission = Permission.VIEW
) -> Document:
    """Return a document of a campaign, not stored yet where nobody began it; access is the campaign's.

    Raises:
        NotFoundError: the campaign is not there, or the person may not see it.
        PermissionDeniedError: the person sees it but lacks the permission.
        ReportError: there is no such kind or period.
    """
    campaign = campaigns.campaign(person, key, permission)
    return document_of(campaign, kind_named(kind), period)


def document_of(campaign: Campaign, kind: Kind, period: str) -> Document:
    """Return a document of a campaign, not stored yet where nobody began it. One query.

    Raises:
        ReportError: this kind has no such period.
    """
    span_of(kind, period)
    found = campaign.documents.filter(kind=kind, period=period).prefetch_related("narratives").first()
    if found is None:
        return Document(campaign=campaign, kind=kind, period=period)
    found.campaign = campaign
    return found


def lines_of(campaign: Campaign, today: date) -> list[Line]:
    """Return the documents that a campaign owes, with those of this week and month, and all begun. Three queries."""
    stored = {(one.kind, one.period): one for one in campaign.documents.prefetch_related("narratives")}
    wanted = [(kind.value, period_at(kind, today)) for kind in Kind]
    begun = sorted((one for one in stored if one not in wanted), key=lambda one: one[1], reverse=True)
    jobs = {job.key: job for job in Job.objects.filter(key__in=[job_key(one) for one in stored.values()])}
    return [
        _line(stored.get(one) or Document(campaign=campaign, kind=one[0], period=one[1]), jobs)
        for one in [*wanted, *begun]
    ]


def _line(document: Document, jobs: dict[str, Job]) -> Line:
    kind = Kind(document.kind)
    written = {row.section for row in document.narratives.all() if row.text} if document.pk else set()
    return Line(
        document=document,
        name=document_name(kind, document.period),
        job=jobs.get(job_key(document)) if document.pk else None,
        missing=sum(section.key not in written for section in SECTIONS[kind]),
        sections=len(SECTIONS[kind]),
    )


def file_of(document: Document, format_: str) -> Path:
    """Return where a document's file lies.

    Raises:
        NotFoundError: it was not produced, or in no such format.
    """
    sha256 = {Format.DOCX.value: document.docx_sha256, Format.PDF.value: document.pdf_sha256}.get(format_)
    path = path_of(sha256) if sha256 else None
    if path is None or not path.exists():
        raise NotFoundError(_("Văn bản này chưa được tạo. Mở trang văn bản và bấm Tạo văn bản."))
    return path


def path_of(sha256: str) -> Path:
    """Return where a file of this content lies."""
    return settings.HOME.uploads / "documents" / sha256[:2] / sha256


def file_name(document: Document, format_: Format) -> str:
    """Return the name under which people keep a document."""
    names = {
        Kind.PLAN: "ke-hoach",
        Kind.ASSIGNMENT: "phu-luc-phan-cong",
        Kind.WEEKLY: "bao-cao-tuan",
        Kind.MONTHLY: "bao-cao-thang",
        Kind.FINAL: "bao-cao-ket-qua",
    }
    parts = [names[Kind(document.kind)], document.period, document.campaign.key]
    return f"{'-'.join(part for part in parts if part)}.{format_}"
