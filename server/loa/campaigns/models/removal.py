# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was deleted and can be brought back: rows carry their removal; the usual manager leaves them out."""

from typing import ClassVar, Self, TypeVar

from django.db import models

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class PresentManager(models.Manager[_Row]):
    """The rows that nobody deleted. Joins over other tables must say so themselves: ``removal=None``."""

    def get_queryset(self) -> models.QuerySet[_Row]:
        return super().get_queryset().filter(removal=None)


class Removal(models.Model):
    """One deletion, of one thing with its parts; undone within 30 days, or its rows are purged with it."""

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="removals")
    object_type = models.CharField(max_length=40)  # "campaigns.activity"
    object_id = models.PositiveBigIntegerField()
    object_name = models.CharField(max_length=300)
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.object_name} {self.at:%Y-%m-%d}"


class Removable(models.Model):
    """A row that can be deleted and brought back."""

    removal = models.ForeignKey(
        Removal, null=True, blank=True, on_delete=models.CASCADE, related_name="+", editable=False
    )

    objects: ClassVar[PresentManager[Self]] = PresentManager()
    everything: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True
