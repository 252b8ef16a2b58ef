# SPDX-License-Identifier: AGPL-3.0-or-later
"""Devices, their enrolment, what they last said of themselves, and what was published for them."""

import uuid

from django.db import models


class DeviceState(models.TextChoices):
    ACTIVE = "active"
    RETIRED = "retired"


class Device(models.Model):
    """A loudspeaker cluster or board and the program on it; belongs to one commune, stands in one village."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    channel = models.CharField(max_length=40, default="loudspeaker")
    commune = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="devices")
    public_key = models.CharField(max_length=60, unique=True)  # nkey, "U…"
    is_test = models.BooleanField(default=False)
    test_since = models.DateTimeField(null=True, blank=True)  # when it was set to test after its enrolment
    state = models.CharField(max_length=10, choices=DeviceState, default=DeviceState.ACTIVE)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    log_up_to = models.PositiveBigIntegerField(default=0)  # its play rows up to this number are all stored
    log_hash = models.CharField(max_length=64, blank=True)  # of that row; empty when the chain begins anew
    replaces = models.OneToOneField(  # the machine that stood there before
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by"
    )

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """A device that asks to be let in; its code is compared by a person, at most 15 minutes long."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    public_key = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    version = models.CharField(max_length=40)
    address = models.GenericIPAddressField(
        null=True, blank=True
    )  # for the limit of requests from one address
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    refused_at = models.DateTimeField(null=True, blank=True)
    device = models.OneToOneField(
        Device, null=True, blank=True, on_delete=models.PROTECT, related_name="enrolment"
    )

    def __str__(self) -> str:
        return self.code


class DeviceStatus(models.Model):
    """What a device last said of itself; a table of its own because it is written often (in batches)."""

    device = models.OneToOneField(Device, primary_key=True, on_delete=models.CASCADE, related_name="status")
    last_seen = models.DateTimeField()
    version = models.CharField(max_length=40, blank=True)
    agenda_number = models.PositiveBigIntegerField(default=0)
    plays_until = models.DateTimeField(null=True)
    clock = models.CharField(max_length=8, default="unknown")
    clock_offset_ms = models.FloatField(null=True)
    volume = models.PositiveSmallIntegerField(null=True)
    playing_item = models.CharField(max_length=64, blank=True)
    playing_since = models.DateTimeField(null=True)
    output_level_db = models.FloatField(null=True)
    disk_free = models.BigIntegerField(null=True)  # bytes
    log_backlog = models.PositiveIntegerField(default=0)
    silent_since = models.DateTimeField(null=True)  # it says itself that nothing may sound, and why
    report = models.JSONField(default=dict)  # the whole heartbeat

    def __str__(self) -> str:
        return f"{self.device_id} {self.last_seen:%H:%M:%S}"


class Publication(models.Model):
    """One agenda published for a commune; its number never falls, a restore continues above what was seen."""

    commune = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveBigIntegerField()
    agenda = models.JSONField()  # loa_protocol.Agenda as its JSON says it
    targets = models.JSONField(default=dict)  # the other files: target path to SHA-256
    valid_until = models.DateTimeField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "number"], name="devices_publication_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.number}"


class Incident(models.Model):
    """Something that a person must look at: a refusal, a silent device, a broken chain.

    What ``lasts`` ends by itself: its row is closed when the device's own words, or their absence, say so.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="incidents")
    kind = models.CharField(max_length=40)  # a key of `sentences.INCIDENTS`
    reason = models.CharField(max_length=60, blank=True)
    details = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    lasts = models.BooleanField(default=False)  # a state, not an event
    ended_at = models.DateTimeField(null=True, blank=True)  # when that state was over
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)  # empty: it ended by itself

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "kind", "reason"],
                condition=models.Q(lasts=True, ended_at__isnull=True),
                name="devices_incident_lasts_once",
            )
        ]
        indexes = [models.Index(fields=["closed_at", "-opened_at"], name="devices_incident_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reason}"


class StepKind(models.TextChoices):
    TAKEN = "taken"
    NOTED = "noted"
    CLOSED = "closed"
    ENDED = "ended"  # by itself


class IncidentStep(models.Model):
    """One line of an incident's history: who did what; nobody where it ended by itself."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    who = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=StepKind)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.who}"


class Hearing(models.Model):
    """What a device's own microphone said of one item, the last time that it judged it."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="hearings")
    item = models.CharField(max_length=64)  # agenda item: a placement
    is_heard = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "item"], name="devices_hearing_once")]
        indexes = [models.Index(fields=["at"], name="devices_hearing_at")]

    def __str__(self) -> str:
        return f"{self.device_id} {self.item} {self.is_heard}"


class CommuneDay(models.Model):
    """How many of a commune's devices were heard of, counted once a minute; a local day."""

    commune = models.ForeignKey("areas.Area", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    minutes = models.PositiveIntegerField(default=0)  # in which somebody counted
    expected = models.PositiveIntegerField(default=0)  # device-minutes
    online = models.PositiveIntegerField(default=0)  # of them with news
    counted_at = models.DateTimeField()  # the last minute

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commune", "day"], name="devices_communeday_once")]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.day}"
