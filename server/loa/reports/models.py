# SPDX-License-Identifier: AGPL-3.0-or-later
"""Official documents of a campaign: what people write in them, and the files that were made last."""

from django.db import models


class Kind(models.TextChoices):
    PLAN = "plan"
    ASSIGNMENT = "assignment"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    FINAL = "final"


class Document(models.Model):
    """A document of one kind and period; what is blank is filled from the campaign when it is produced."""

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=10, choices=Kind)
    period = models.CharField(max_length=8, blank=True)  # "2026-W47", "2026-11"; none for the whole campaign
    number = models.CharField(max_length=60, blank=True)  # "05/KH-UBND"
    issued_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    parent = models.CharField(max_length=200, blank=True)  # the body above, in the letterhead
    issuer = models.CharField(max_length=200, blank=True)
    authority = models.CharField(max_length=200, blank=True)  # lines: "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"
    office = models.CharField(max_length=120, blank=True)
    signer = models.CharField(max_length=120, blank=True)
    recipients = models.TextField(blank=True)  # a line each
    requested_at = models.DateTimeField(null=True)
    produced_at = models.DateTimeField(null=True)
    produced_by = models.CharField(max_length=200, blank=True)
    docx_sha256 = models.CharField(max_length=64, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "period"], name="reports_document_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}".strip()


class Narrative(models.Model):
    """What people wrote into one section; figures are never typed."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="narratives")
    section = models.CharField(max_length=20)  # key in kinds.SECTIONS
    text = models.TextField()
    edited_at = models.DateTimeField()
    edited_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "section"], name="reports_narrative_once")]

    def __str__(self) -> str:
        return self.section
