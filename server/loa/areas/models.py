# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tree of areas: province, commune, village (decision 10)."""

from typing import ClassVar

from django.db import models
from treebeard.mp_tree import MP_Node


class AreaKind(models.TextChoices):
    PROVINCE = "province"
    COMMUNE = "commune"
    VILLAGE = "village"


class Area(MP_Node):  # type: ignore[misc]  # treebeard has no types
    """A province, commune or village.

    Codes are official; a village's is its commune's and a number ("06895-03"). New nodes go in through
    ``areas.actions``, whose paths never move (``areas.tree``).
    """

    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=10, choices=AreaKind)
    name = models.CharField(max_length=120)  # "Xã Đầm Hà", "Thôn Đồng Sen"; NFC
    name_key = models.CharField(max_length=120, db_index=True)  # folded: case, tone marks, đ
    households = models.PositiveIntegerField(null=True, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)  # degrees, WGS 84
    longitude = models.FloatField(null=True, blank=True)
    outline = models.JSONField(null=True, blank=True)  # GeoJSON Polygon or MultiPolygon
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)  # invented for the demo; shown as "mẫu"

    objects: ClassVar[models.Manager["Area"]]  # treebeard's, for the type checker

    class Meta(MP_Node.Meta):  # type: ignore[misc]
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True) | models.Q(latitude__range=(-90, 90)),
                name="areas_area_latitude_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(longitude__isnull=True) | models.Q(longitude__range=(-180, 180)),
                name="areas_area_longitude_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name
