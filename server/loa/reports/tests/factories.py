# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents for tests."""

from hashlib import sha256
from typing import Any

from loa.campaigns.models import Campaign
from loa.config.home import write_private
from loa.reports.models import Document, Kind, Narrative
from loa.reports.queries import path_of


def make_document(campaign: Campaign, kind: Kind = Kind.PLAN, period: str = "", **fields: Any) -> Document:
    """Return a new document of a campaign, with nothing written in it."""
    return Document.objects.create(campaign=campaign, kind=kind, period=period, **fields)


def make_produced(campaign: Campaign, now: Any, content: bytes = b"PK", **fields: Any) -> Document:
    """Return a document whose two files are there, both with the same content."""
    name = sha256(content).hexdigest()
    path_of(name).parent.mkdir(parents=True, exist_ok=True)
    write_private(path_of(name), content)
    files = {"docx_sha256": name, "pdf_sha256": name, "produced_at": now, "produced_by": "Hậu"}
    return make_document(campaign, **{**files, **fields})


def make_narrative(document: Document, section: str, text: str, now: Any) -> Narrative:
    """Return what somebody wrote into one section."""
    return Narrative.objects.create(
        document=document, section=section, text=text, edited_at=now, edited_by="Hậu"
    )
