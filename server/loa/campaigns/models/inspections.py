# SPDX-License-Identifier: AGPL-3.0-or-later
"""A dated visit or check by named people, and what they found."""

from django.db import models

from loa.campaigns.models.activities import Activity
from loa.campaigns.models.campaigns import Campaign
from loa.campaigns.models.evidence import StoredFile
from loa.campaigns.models.removal import Removable


class Inspection(Removable):
    """A visit: planned for a day, made on a day, signed off by somebody; the plan is all of a campaign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="inspections")
    title = models.CharField(max_length=300)
    planned_on = models.DateField()
    made_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    areas = models.ManyToManyField("areas.Area", blank=True, related_name="inspections")
    activities = models.ManyToManyField(Activity, blank=True, related_name="inspections")
    inspectors = models.ManyToManyField("people.Person", related_name="inspections")
    conclusion = models.TextField(blank=True)
    photos = models.ManyToManyField(StoredFile, blank=True, related_name="inspections")
    signed_off_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    signed_off_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["planned_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signed_off_at__isnull=True)
                | models.Q(signed_off_by__isnull=False, made_on__isnull=False),
                name="campaigns_inspection_signed_off_after_the_visit",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Finding(Removable):
    """What an inspection found: one post answers for putting it right by a day."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="findings")
    activity = models.ForeignKey(
        Activity, null=True, blank=True, on_delete=models.RESTRICT, related_name="findings"
    )
    text = models.CharField(max_length=1000)
    owner_post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="findings")
    due = models.DateField()
    photos = models.ManyToManyField(StoredFile, blank=True, related_name="findings")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    resolution = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["due", "id"]

    def __str__(self) -> str:
        return self.text[:100]
