# SPDX-License-Identifier: AGPL-3.0-or-later
"""Campaigns over several levels: what a lower campaign last saw of each activity above."""

from django.db import models

from loa.campaigns.models.activities import Activity
from loa.campaigns.models.campaigns import Campaign


class Takeover(models.Model):
    """What a lower campaign decided about an upper activity, and the state of it that it decided on.

    A proposal is the difference between ``seen`` and the upper activity as it is now: nothing is sent down,
    so a change above costs the same with one lower campaign and with three thousand.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="takeovers")
    upper_activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="takeovers")
    activity = models.ForeignKey(
        Activity, null=True, on_delete=models.SET_NULL, related_name="taken_over_as"
    )  # none: declined
    seen = models.JSONField(default=dict)  # read through levels.Seen
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "upper_activity"], name="campaigns_takeover_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.upper_activity}"
