# SPDX-License-Identifier: AGPL-3.0-or-later
"""What shows that work was done: files by their content, photos, links, figures, deliveries."""

from django.db import models

from loa.campaigns.models.activities import Activity
from loa.campaigns.models.removal import Removable


class StoredFile(models.Model):
    """A file below ``uploads/plan``, named by its content; rows that show it keep the name that it came with."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()  # bytes
    media_type = models.CharField(max_length=100)  # by content, never as the sender calls it
    width = models.PositiveIntegerField(null=True)  # pixels, upright; of a photo
    height = models.PositiveIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)  # as the photo says: shown, never trusted alone
    latitude = models.FloatField(null=True)  # degrees, WGS 84; as the photo says
    longitude = models.FloatField(null=True)
    fingerprint = models.BinaryField(default=bytes)  # of a photo: hashes of it and of its crops
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def is_photo(self) -> bool:
        return self.width is not None


class EvidenceKind(models.TextChoices):
    PHOTO = "photo"
    FILE = "file"
    LINK = "link"
    FIGURES = "figures"
    DELIVERY = "delivery"


class Evidence(Removable):
    """One proof of an activity. ``amount`` is what it counts towards the planned quantity.

    A delivery's amount is asked of whoever recorded it (``campaigns.ports``) and never stored here.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=8, choices=EvidenceKind)
    note = models.CharField(max_length=500, blank=True)
    area = models.ForeignKey(
        "areas.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # where it was; within the campaign's area
    on = models.DateField(null=True, blank=True)  # the day that it shows, as its sender says
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence"
    )
    file_name = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=500, blank=True)
    source = models.CharField(max_length=40, blank=True)  # of a delivery: key of its port
    reference = models.CharField(max_length=120, blank=True)  # of a delivery: what its port knows it by
    identity = models.CharField(max_length=120, db_index=True)  # the same thing twice is counted once
    client_key = models.UUIDField(null=True, unique=True)  # made by the sender: sending again adds nothing
    added_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    added_by_name = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "identity"],
                condition=models.Q(removal__isnull=True),
                name="campaigns_evidence_once_per_activity",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | ~models.Q(kind="delivery"),
                name="campaigns_evidence_delivery_amount_is_computed",
            ),
        ]

    def __str__(self) -> str:
        return self.note or self.file_name or self.url or self.reference


class Figure(models.Model):
    """A figure that evidence brings for the reports ("Người dự" 120)."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=40)  # key in rules.MEASURES
    value = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evidence", "measure"], name="campaigns_figure_once_per_evidence")
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"


class PhotoMatch(models.Model):
    """Two photos that look like one picture; a person decides what it means."""

    first = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="matches")
    second = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="matched_by")
    likeness = models.FloatField()  # 0 to 1: how alike the matching parts are
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(
        null=True
    )  # somebody looked: two pictures after all, or as it should be
    cleared_by = models.CharField(max_length=200, blank=True)
    cleared_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="campaigns_photomatch_once")]

    def __str__(self) -> str:
        return f"{self.first} {self.second}"


class Upload(models.Model):
    """A photo or file on its way in; how much is there, the disk says."""

    client_key = models.UUIDField(primary_key=True)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()  # bytes that will come
    sha256 = models.CharField(max_length=64)  # of the whole, as the sender says; held to it at the end
    begun_by = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    begun_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
