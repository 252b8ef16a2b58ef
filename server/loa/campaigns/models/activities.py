# SPDX-License-Identifier: AGPL-3.0-or-later
"""An item of work with exactly one accountable post."""

from django.db import models

from loa.campaigns.models.campaigns import Campaign, KeyMessage, Phase
from loa.campaigns.models.removal import Removable


class ActivityState(models.TextChoices):
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Activity(Removable):
    """An item of work with exactly one accountable post: the column refuses none, a column holds no two."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="activities")
    phase = models.ForeignKey(
        Phase, null=True, blank=True, on_delete=models.RESTRICT, related_name="activities"
    )
    upper = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="lower"
    )  # of the campaign above, which this one carries out in its area
    title = models.CharField(max_length=300)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="activities"
    )  # that of the accountable post
    accountable_post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="activities")
    contributors = models.ManyToManyField(
        "people.Organisation", blank=True, related_name="contributed_activities"
    )
    channels = models.JSONField(default=list)  # channel keys of the plan ("loudspeaker", "portal")
    key_messages = models.ManyToManyField(KeyMessage, blank=True, related_name="activities")
    areas = models.ManyToManyField("areas.Area", blank=True, related_name="activities")
    needs = models.ManyToManyField(
        "self", blank=True, symmetrical=False, related_name="needed_by"
    )  # what must be done before; never in a circle
    start = models.DateField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    due_note = models.CharField(max_length=120, blank=True)  # as a plan says it: "thường xuyên", "Quý I"
    quantity = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    evidence_required = models.JSONField(default=list)  # values of EvidenceKind, each wanted at least once
    state = models.CharField(max_length=12, choices=ActivityState, default=ActivityState.PLANNED)
    submitted_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)
    state_note = models.CharField(max_length=500, blank=True)  # why it was returned or cancelled
    version = models.PositiveIntegerField(default=1)  # of what is planned: rises when that changes

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verified_by__isnull=True)
                | models.Q(submitted_by__isnull=True)
                | ~models.Q(verified_by=models.F("submitted_by")),
                name="campaigns_activity_verified_by_another",
            ),
            models.UniqueConstraint(
                fields=["campaign", "upper"],
                condition=models.Q(upper__isnull=False, removal__isnull=True),
                name="campaigns_activity_taken_over_once",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "state", "due"], name="campaigns_activity_standing"),
            models.Index(fields=["due", "state"], name="campaigns_activity_due"),
        ]

    def __str__(self) -> str:
        return self.title
