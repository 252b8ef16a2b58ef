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
    """Something that a person must look at: a refusal, a silent device, a broken chain."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="incidents")
    kind = models.CharField(max_length=40)  # a key of `sentences.INCIDENTS`
    reason = models.CharField(max_length=60, blank=True)
    details = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.reason}"
