# SPDX-License-Identifier: AGPL-3.0-or-later
"""The log of state changes: entries, and the hash-chained segments that seal them (decision 8)."""

from django.db import models


class Entry(models.Model):
    """One state change, written in the transaction of the action that made it; actors are text, no key."""

    at = models.DateTimeField()
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=80)  # "releases.sign_release"
    object_type = models.CharField(max_length=80)  # "releases.release"
    object_id = models.CharField(max_length=80)
    object_name = models.CharField(max_length=300)
    area_code = models.CharField(max_length=32, blank=True)
    details = models.JSONField(default=dict)
    segment = models.ForeignKey("Segment", null=True, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField(null=True)  # within its segment

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "position"], name="audit_entry_one_place_in_segment"),
        ]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_entry_object"),
            models.Index(fields=["segment", "id"], name="audit_entry_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_name}"


class Segment(models.Model):
    """A sealed run of entries; ``head`` covers its entries and the head before it."""

    number = models.PositiveBigIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)
    head = models.CharField(max_length=64)
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.number} {self.head[:12]}"
