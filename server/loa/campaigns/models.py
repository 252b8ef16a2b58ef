# SPDX-License-Identifier: AGPL-3.0-or-later
"""The plan: campaigns, phases, key messages and activities."""

from dataclasses import dataclass

from django.db import models


@dataclass(frozen=True)
class PlannedChannel:
    """A channel as a plan names it ("Hội nghị tuyên truyền từ Đảng bộ huyện …")."""

    key: str
    name: str


class Campaign(models.Model):
    """A body of work around one event."""

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="campaigns"
    )
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="campaigns")
    event_name = models.CharField(max_length=200)
    event_note = models.CharField(max_length=300, blank=True)
    legal_basis = models.JSONField(default=list)  # list of texts: documents that the plan follows
    channels = models.JSONField(default=list)  # [{"key", "name"}]: read through planned_channels
    steering_body = models.CharField(max_length=200, blank=True)
    steering_head = models.ForeignKey("people.Post", null=True, on_delete=models.PROTECT, related_name="+")
    source_note = models.CharField(max_length=300, blank=True)  # where a sample's facts come from
    shifted_days = models.IntegerField(default=0)  # a sample's dates were moved by so many days
    is_sample = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title

    @property
    def planned_channels(self) -> list[PlannedChannel]:
        """Return the channels that the plan names, in its own words."""
        return [PlannedChannel(key=channel["key"], name=channel["name"]) for channel in self.channels]


class Phase(models.Model):
    """Before, during or after; a phase whose dates nobody set has none."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="phases")
    key = models.SlugField(max_length=20)
    name = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField()
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="campaigns_phase_key_once"),
            models.CheckConstraint(
                condition=models.Q(start__isnull=True)
                | models.Q(end__isnull=True)
                | models.Q(end__gte=models.F("start")),
                name="campaigns_phase_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KeyMessage(models.Model):
    """One thing that people should know, and how often a village should hear it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="key_messages")
    phase = models.ForeignKey(
        Phase, null=True, blank=True, on_delete=models.PROTECT, related_name="key_messages"
    )
    text = models.CharField(max_length=300)
    order = models.PositiveSmallIntegerField(default=0)
    wanted_per_week = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # times per village; none when the plan is silent

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.text


class ActivityState(models.TextChoices):
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Activity(models.Model):
    """An item of work with exactly one accountable post: the column refuses none, a column holds no two."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="activities")
    phase = models.ForeignKey(
        Phase, null=True, blank=True, on_delete=models.PROTECT, related_name="activities"
    )
    title = models.CharField(max_length=300)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="activities"
    )
    accountable_post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="activities")
    channels = models.JSONField(default=list)  # channel keys of the plan ("loudspeaker", "portal")
    key_messages = models.ManyToManyField(KeyMessage, blank=True, related_name="activities")
    areas = models.ManyToManyField("areas.Area", blank=True, related_name="activities")
    start = models.DateField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, choices=ActivityState, default=ActivityState.PLANNED)

    def __str__(self) -> str:
        return self.title
