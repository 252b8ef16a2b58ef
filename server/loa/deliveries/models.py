# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ledger: one append-only row per delivery; confirmations of withdrawal beside it."""

from django.db import models


class ProofStrength(models.TextChoices):
    HEARD = "heard"  # 4
    RECORDED = "recorded"  # 3, by a device
    COUNTED = "counted"  # 2, with evidence
    STATED = "stated"  # 1


class Outcome(models.TextChoices):
    DELIVERED = "delivered"
    PARTIAL = "partial"
    STOPPED = "stopped"  # withdrawn in the middle
    REFUSED = "refused"
    MISSED = "missed"


class Delivery(models.Model):
    """A placement that happened, or did not, at one place, with its proof; an amending row corrects it."""

    placement_id = models.UUIDField(db_index=True)
    release_id = models.UUIDField(db_index=True)
    channel = models.CharField(max_length=40)
    place_key = models.CharField(max_length=64)  # device id, or the spot's key
    place_name = models.CharField(max_length=200)  # as it was called then
    village = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="deliveries")
    due_at = models.DateTimeField()
    due_date = models.DateField()  # in UTC; part of the key, for month partitions
    sequence = models.PositiveBigIntegerField()  # the place's own log number
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=60, blank=True)  # reason code of loa_protocol
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    proof = models.CharField(max_length=10, choices=ProofStrength)
    evidence = models.JSONField(default=dict)  # the play log row as it came
    recorded_at = models.DateTimeField()
    amends = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="amendments"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_key", "sequence", "due_date"], name="deliveries_delivery_once"
            ),
        ]
        indexes = [models.Index(fields=["village", "due_at"], name="deliveries_delivery_village")]

    def __str__(self) -> str:
        return f"{self.place_name} {self.due_at:%Y-%m-%d %H:%M:%S} {self.outcome}"


class StillOut(models.Model):
    """A place that may hold a withdrawn release, until it has confirmed that it stopped."""

    release_id = models.UUIDField(db_index=True)
    channel = models.CharField(max_length=40)
    place_key = models.CharField(max_length=64)
    place_name = models.CharField(max_length=200)
    village = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    silent_by = models.DateTimeField(null=True)  # at the latest silent then, even without news
    stopped_at = models.DateTimeField(null=True)  # as the place reports
    confirmed_at = models.DateTimeField(null=True)  # when we learned it
    confirmed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release_id", "channel", "place_key"], name="deliveries_stillout_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_name} {self.release_id}"
