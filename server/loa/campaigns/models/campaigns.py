# SPDX-License-Identifier: AGPL-3.0-or-later
"""A campaign and what stands at its top: grounds, objectives, phases, audiences, messages, budget."""

from dataclasses import dataclass
from typing import Any

from django.db import models

from loa.campaigns.models.removal import Removable


@dataclass(frozen=True)
class PlannedChannel:
    """A channel as a plan names it ("Hội nghị tuyên truyền từ Đảng bộ huyện …")."""

    key: str
    name: str


class Campaign(Removable):
    """A body of work around one event; one that took over an upper campaign hangs below it."""

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="campaigns"
    )
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="campaigns")
    upper = models.ForeignKey("self", null=True, blank=True, on_delete=models.RESTRICT, related_name="lower")
    lineage = models.CharField(
        max_length=200, blank=True, db_index=True, editable=False
    )  # "/12/45/": itself and above
    seen_above = models.JSONField(default=dict)  # phases and messages as last decided on: levels.SeenPart
    number = models.CharField(max_length=60, blank=True)  # of the plan's document ("05/KH-UBND")
    issued_on = models.DateField(null=True, blank=True)
    event_name = models.CharField(max_length=200)
    event_note = models.CharField(max_length=300, blank=True)
    event_on = models.DateField(null=True, blank=True)  # the day from which a copy counts its dates
    purpose = models.TextField(blank=True)  # "Mục đích, yêu cầu"
    channels = models.JSONField(default=list)  # [{"key", "name"}]: read through planned_channels
    steering_body = models.CharField(max_length=200, blank=True)
    steering_head = models.ForeignKey(
        "people.Post", null=True, blank=True, on_delete=models.PROTECT, related_name="steered_campaigns"
    )
    source_note = models.CharField(max_length=300, blank=True)  # where a sample's facts come from
    shifted_days = models.IntegerField(default=0)  # a sample's or copy's dates were moved by so many days
    is_sample = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new campaign then gets its lineage, which holds its own key."""
        super().save(*args, **kwargs)
        if not self.lineage:
            self.lineage = f"{self.upper.lineage if self.upper else '/'}{self.pk}/"
            super().save(update_fields=["lineage"])

    @property
    def planned_channels(self) -> list[PlannedChannel]:
        """Return the channels that the plan names, in its own words."""
        return [PlannedChannel(key=channel["key"], name=channel["name"]) for channel in self.channels]


class Part(Removable):
    """A part of a campaign, in an order."""

    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["order", "id"]


class LegalDocument(Part):
    """A document that the plan follows; numbers and dates of law change, so each citation can be edited."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="legal_documents")
    citation = models.CharField(max_length=500)  # as it stands in the plan's "Căn cứ"
    number = models.CharField(max_length=80, blank=True)  # "30/2020/NĐ-CP"
    issuer = models.CharField(max_length=200, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    in_force_from = models.DateField(null=True, blank=True)
    in_force_until = models.DateField(null=True, blank=True)
    link = models.URLField(max_length=500, blank=True)
    file = models.ForeignKey(
        "campaigns.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.citation


class Phase(Part):
    """Before, during or after; a phase whose dates nobody set has none, an open one has no end."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="phases")
    key = models.SlugField(max_length=20)
    name = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField()
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    is_open = models.BooleanField(default=False)  # begins on a day and goes on until somebody ends it

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
            models.CheckConstraint(
                condition=models.Q(is_open=False) | models.Q(end__isnull=True, start__isnull=False),
                name="campaigns_phase_open_has_a_start_and_no_end",
            ),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=models.Q(is_open=True, removal__isnull=True),
                name="campaigns_phase_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ObjectiveKind(models.TextChoices):
    """What an objective measures, from what is sent out to what changes (the OASIS steps)."""

    OUTPUT = "output"
    OUTTAKE = "outtake"
    OUTCOME = "outcome"


class Objective(Part):
    """What the campaign wants to reach, with a measure and a target."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="objectives")
    kind = models.CharField(max_length=8, choices=ObjectiveKind, default=ObjectiveKind.OUTPUT)
    text = models.CharField(max_length=300)
    measure = models.CharField(max_length=200)  # how it is measured ("số thôn được nghe ít nhất 3 lần")
    target = models.DecimalField(max_digits=14, decimal_places=2)
    unit = models.CharField(max_length=40)
    due = models.DateField(null=True, blank=True)
    is_counted = models.BooleanField(default=False)  # from the activities' counted quantity of this unit

    def __str__(self) -> str:
        return self.text


class Reading(Removable):
    """What somebody measured of an objective on a day."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="readings")
    on = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    source = models.CharField(max_length=300, blank=True)  # where the figure is from
    by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.on} {self.value}"


class Audience(Part):
    """Whom the campaign speaks to."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="audiences")
    name = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)  # people; none when nobody counted

    def __str__(self) -> str:
        return self.name


class MessagePriority(models.TextChoices):
    """How far up a key message stands; at most five are on top."""

    TOP = "top"
    NORMAL = "normal"
    LOW = "low"


class KeyMessage(Part):
    """One thing that people should know, and how often a village should hear it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="key_messages")
    phase = models.ForeignKey(
        Phase, null=True, blank=True, on_delete=models.RESTRICT, related_name="key_messages"
    )
    upper = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="lower"
    )  # of the campaign above, from which this one was taken over
    text = models.CharField(max_length=300)
    priority = models.CharField(max_length=6, choices=MessagePriority, default=MessagePriority.NORMAL)
    audiences = models.ManyToManyField(Audience, blank=True, related_name="key_messages")
    wanted_per_week = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # times per village over all channels; none when the plan is silent

    def __str__(self) -> str:
        return self.text


class WantedFrequency(models.Model):
    """How many times a week each village should meet a key message on one channel."""

    key_message = models.ForeignKey(KeyMessage, on_delete=models.CASCADE, related_name="frequencies")
    channel = models.CharField(max_length=40)
    per_week = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key_message", "channel"], name="campaigns_wantedfrequency_once_per_channel"
            ),
            models.CheckConstraint(
                condition=models.Q(per_week__gte=1), name="campaigns_wantedfrequency_at_least_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.per_week}"


class BudgetLine(Part):
    """Money for a campaign, in đồng."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="budget_lines")
    phase = models.ForeignKey(
        Phase, null=True, blank=True, on_delete=models.RESTRICT, related_name="budget_lines"
    )
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=200, blank=True)  # who pays ("ngân sách xã")
    planned = models.PositiveBigIntegerField()  # đồng
    spent = models.PositiveBigIntegerField(null=True, blank=True)  # đồng; none until somebody says

    def __str__(self) -> str:
        return self.name
