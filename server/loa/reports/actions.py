# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write in a document, and have its files made."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.campaigns.actions.checks import (
    Actors,
    changed,
    name_of,
    prose,
    require_plan,
    text,
    values_of,
)
from loa.config import clock
from loa.jobs import actions as jobs
from loa.reports.jobs import produce
from loa.reports.kinds import SECTIONS, ReportError, document_name
from loa.reports.models import Document, Kind, Narrative
from loa.reports.queries import job_key

TEXT_LENGTH = 20_000  # characters of one section


@dataclass(frozen=True, kw_only=True)
class HeadInput:
    """What stands around the content where it differs from what is proposed; blank takes the proposal."""

    number: str = ""
    issued_on: date | None = None
    place: str = ""
    parent: str = ""
    issuer: str = ""
    authority: str = ""
    office: str = ""
    signer: str = ""
    recipients: str = ""


_LINES = {"issuer": 200, "authority": 200, "recipients": 2000}  # of several lines
_WORDS = {"number": 60, "place": 120, "parent": 200, "office": 120, "signer": 120}
_HEAD = tuple(field.name for field in fields(HeadInput))


def write_document(
    *, actor: Actors, document: Document, head: HeadInput | None = None, texts: Mapping[str, str]
) -> Document:
    """Keep what somebody wrote in a document; sections that are not named stay as they are.

    Args:
        document: as ``queries.document`` gives it, stored or not.
        head: what stands around the content; left as it is without one.
        texts: by key of a section; an empty one takes the section's text away.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: a text is too long.
        ReportError: there is no such section.
    """
    campaign = document.campaign
    require_plan(actor, campaign.organisation)
    known = {section.key for section in SECTIONS[Kind(document.kind)]}
    if unknown := set(texts) - known:
        raise ReportError(_("Văn bản này không có phần %(name)s.") % {"name": ", ".join(sorted(unknown))})
    clean = {key: prose(value, key, TEXT_LENGTH) for key, value in texts.items()}
    with transaction.atomic():
        stored = _stored(document)
        before = values_of(stored, _HEAD)
        if head is not None:
            _take_head(stored, head)
        changes = changed(before, values_of(stored, _HEAD))
        written = sorted(key for key, value in clean.items() if _write(stored, key, value, name_of(actor)))
        if changes or written:
            _record(actor, "write_document", stored, changes=changes, sections=written)
    return stored


def request_document(*, actor: Actors, document: Document) -> Document:
    """Have the worker make both files of a document; asking again while it works begins anew.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
    """
    campaign = document.campaign
    require_plan(actor, campaign.organisation)
    with transaction.atomic():
        stored = _stored(document)
        stored.requested_at = clock.now()
        stored.save(update_fields=["requested_at"])
        name = document_name(Kind(stored.kind), stored.period)
        jobs.begin(job_key(stored), _("Đang tạo %(name)s") % {"name": name}, total=100)
        _record(actor, "request_document", stored)
        produce.enqueue(stored.pk, stored.requested_at.isoformat(), name_of(actor))
    return stored


def _record(actor: Actors, action: str, document: Document, **details: object) -> None:
    about = {"campaign": document.campaign_id, "kind": document.kind, "period": document.period}
    audit.record(
        actor=actor,
        action=f"reports.{action}",
        obj=document,
        details={**about, **details},
        area_code=document.campaign.area.code,
    )


def _stored(document: Document) -> Document:
    """Return the document's row, locked; it is made the first time."""
    campaign = document.campaign
    Document.objects.get_or_create(campaign=campaign, kind=document.kind, period=document.period)
    found = Document.objects.select_for_update().get(
        campaign=campaign, kind=document.kind, period=document.period
    )
    found.campaign = campaign
    return found


def _take_head(document: Document, head: HeadInput) -> None:
    for name, length in _WORDS.items():
        setattr(document, name, text(getattr(head, name), name, length))
    for name, length in _LINES.items():
        setattr(document, name, prose(getattr(head, name), name, length))
    document.issued_on = head.issued_on
    document.save(update_fields=list(_HEAD))


def _write(document: Document, section: str, value: str, who: str) -> bool:
    """Keep one section's text and say whether it changed."""
    row = document.narratives.filter(section=section).first()
    if (row.text if row else "") == value:
        return False
    Narrative.objects.update_or_create(
        document=document,
        section=section,
        defaults={"text": value, "edited_at": clock.now(), "edited_by": who},
    )
    return True
