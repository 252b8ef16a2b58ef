# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people say to each other about a plan."""

from django.db import models

from loa.campaigns.models.activities import Activity
from loa.campaigns.models.campaigns import Campaign
from loa.campaigns.models.removal import Removable


class Comment(Removable):
    """A remark on a campaign or one of its activities; whoever is mentioned may see it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="comments")
    activity = models.ForeignKey(
        Activity, null=True, blank=True, on_delete=models.CASCADE, related_name="comments"
    )
    text = models.CharField(max_length=4000)
    author = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=200)  # as it was then
    mentions = models.ManyToManyField("people.Person", blank=True, related_name="mentioned_in")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:100]
