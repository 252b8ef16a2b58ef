# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who was urged about what, when; and when a campaign urges by itself."""

from django.db import models

from loa.campaigns.models.activities import Activity
from loa.campaigns.models.campaigns import Campaign
from loa.notices.models import DEDUPE_LENGTH

NOTE_LENGTH = 500  # characters


class UrgingDays(models.Model):
    """When a campaign urges, in days of work; a campaign without a row does as ``urging.rules.Days`` says."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="urging_days")
    is_on = models.BooleanField(default=True)
    before = models.JSONField(default=list)  # days of work before the due date, each one reminder
    after = models.JSONField(default=list)  # days of work after it
    escalate_after = models.PositiveSmallIntegerField()  # each such span, one post higher

    def __str__(self) -> str:
        return f"{self.campaign} {self.before} {self.after} {self.escalate_after}"


class Urge(models.Model):
    """One person was urged about one activity; ``mark`` names the occasion, which comes once."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="urges")
    mark = models.CharField(max_length=60)  # "2026-11-24:late_1", or "hand:" and what makes it one
    stage = models.CharField(max_length=12)  # "before_5", "late_1", "above_2", "hand"
    due = models.DateField(null=True)  # as it was then
    post = models.ForeignKey("people.Post", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    on = models.DateField()  # here, not in UTC
    at = models.DateTimeField()
    told_as = models.CharField(
        max_length=DEDUPE_LENGTH, blank=True
    )  # by which notices know it; "" is not told yet

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "mark"], name="campaigns_urge_once"),
        ]
        indexes = [
            models.Index(fields=["activity", "-at"], name="campaigns_urge_of_activity"),
            models.Index(
                fields=["on", "person"], name="campaigns_urge_untold", condition=models.Q(told_as="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mark} {self.person}"


class UrgingRun(models.Model):
    """How far the urging of a day has come, so that a restart goes on where it stopped."""

    day = models.DateField(unique=True)
    up_to = models.BigIntegerField(default=0)  # the last activity that was looked at
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.day)
