# SPDX-License-Identifier: AGPL-3.0-or-later
"""Placements, and the rules of when and how loud a zone may sound."""

import uuid

from django.db import models

from loa.releases.models import PriorityClass


class Placement(models.Model):
    """A release on a channel, in zones, at a time; nothing edits it but its cancellation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey("releases.Release", on_delete=models.PROTECT, related_name="placements")
    activation = models.ForeignKey(  # of a prepared emergency
        "releases.Activation", null=True, blank=True, on_delete=models.PROTECT, related_name="placements"
    )
    channel = models.CharField(max_length=40)  # key in loa.channels' registry
    zones = models.ManyToManyField("areas.Area", related_name="+")
    starts_at = models.DateTimeField(db_index=True)
    duration_ms = models.PositiveIntegerField()
    cut_off_s = models.PositiveIntegerField(default=300)  # not begun later than this after starts_at
    volume = models.PositiveSmallIntegerField(default=80)  # percent
    created_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    programme = models.ForeignKey(
        "airtime.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="placements"
    )
    programme_day = models.DateField(null=True, blank=True)  # the local day of the round that it belongs to
    programme_slot = models.PositiveSmallIntegerField(null=True, blank=True)  # from 0, in order of sounding

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "programme_day", "programme_slot"],
                condition=models.Q(cancelled_at__isnull=True),
                name="airtime_placement_slot_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M:%S} {self.channel}"


class ZoneGroup(models.Model):
    """A named group of villages: a zone that is no area of its own."""

    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="zone_groups")  # holds them
    name = models.CharField(max_length=80)
    villages = models.ManyToManyField("areas.Area", related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["area", "name"], name="airtime_zonegroup_name_once")]

    def __str__(self) -> str:
        return self.name


class Programme(models.Model):
    """A recurring round of messages in a zone; the worker makes its placements ahead of time."""

    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="programmes")
    group = models.ForeignKey(  # sounds in these villages alone; in the whole area when empty
        ZoneGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="programmes"
    )
    name = models.CharField(max_length=80)
    channel = models.CharField(max_length=40)  # key in loa.channels' registry
    recurrence = models.CharField(max_length=200)  # RRULE of RFC 5545, by local days
    first_day = models.DateField()  # local; where the recurrence begins to count
    time = models.TimeField()  # local, whole seconds
    per_round = models.PositiveSmallIntegerField(default=1)  # messages in one round
    messages = models.ManyToManyField("messages.Message", through="PlaylistEntry", related_name="programmes")
    jingle = models.ForeignKey(  # before the round
        "messages.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    chime = models.ForeignKey(  # before each message
        "messages.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    volume = models.PositiveSmallIntegerField(default=80)  # percent
    created_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # rounds made before are made anew
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["time", "name"]

    def __str__(self) -> str:
        return self.name


class PlaylistEntry(models.Model):
    """A message that takes its turn in a programme; what sounds is its release of the time."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="entries")
    message = models.ForeignKey("messages.Message", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "message"], name="airtime_playlistentry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.message_id}"


class AirtimeRule(models.Model):
    """Hours, minutes and volume allowed in a zone for a class."""

    zone = models.ForeignKey("areas.Area", on_delete=models.CASCADE, related_name="airtime_rules")
    priority_class = models.CharField(max_length=10, choices=PriorityClass)
    windows = models.JSONField()  # [["05:30", "06:30"], …] local time
    minutes_per_day = models.PositiveSmallIntegerField()
    volume_cap = models.PositiveSmallIntegerField(default=100)  # percent
    note = models.CharField(max_length=200, blank=True)  # "demo: mọi giờ"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "priority_class"], name="airtime_airtimerule_once"),
            models.CheckConstraint(
                condition=models.Q(volume_cap__lte=100), name="airtime_airtimerule_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.priority_class}"


class RulesList(models.Model):
    """A published, numbered, signed set of a commune's airtime rules."""

    commune = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="rules_lists")
    number = models.PositiveIntegerField()
    envelope = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "number"], name="airtime_ruleslist_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.number}"
