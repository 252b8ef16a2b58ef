# SPDX-License-Identifier: AGPL-3.0-or-later
"""Look for one photo among all that are stored, and say where the same picture is evidence twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from loa.campaigns import files
from loa.campaigns.fingerprints import ALIKE, likeness, meetings, small_grey
from loa.campaigns.models import Activity, Evidence, PhotoMatch, StoredFile
from loa.config import clock

if TYPE_CHECKING:
    from PIL import Image


def _grey(row: StoredFile) -> "Image.Image":
    from PIL import Image

    with Image.open(files.copy_path(row.sha256, "small"), formats=("JPEG",)) as image:
        return small_grey(image)


def compare(row: StoredFile) -> list[PhotoMatch]:
    """Store which other photos show the same picture as this one; again stores nothing new.

    Takes about half a millisecond for each photo that there is (``loa bench plan``).
    """
    others = StoredFile.objects.exclude(pk=row.pk).exclude(width=None).order_by("pk")
    new = bytes(row.fingerprint)
    grey = None
    found: list[tuple[int, float]] = []
    for pk, old in others.values_list("pk", "fingerprint").iterator(chunk_size=200):
        met = meetings(new, bytes(old))
        if met:
            grey = grey or _grey(row)
            like = likeness(grey, _grey(StoredFile.objects.get(pk=pk)), met)
            if like >= ALIKE:
                found.append((pk, like))
    return [_store(row.pk, pk, like) for pk, like in found]


@transaction.atomic
def _store(one: int, other: int, like: float) -> PhotoMatch:
    match, _made = PhotoMatch.objects.get_or_create(
        first_id=min(one, other),
        second_id=max(one, other),
        defaults={"likeness": round(like, 3), "found_at": clock.now()},
    )
    return match


@dataclass(frozen=True)
class Doubt:
    """A photo of an activity that is evidence elsewhere too: the same file, or the same picture cut anew."""

    evidence: Evidence
    other: Evidence  # of another activity, or another photo of the same one
    likeness: float  # 1 for the same file
    match: PhotoMatch | None  # None for the same file

    @property
    def is_open(self) -> bool:
        """Say whether nobody has looked at it yet; the same file stays open while both are there."""
        return self.match is None or self.match.cleared_at is None


def doubts_of(activities: Iterable[Activity], own: Iterable[Evidence] | None = None) -> list[Doubt]:
    """Return where photos of these activities are evidence elsewhere as well. Three queries.

    An activity and the one above that it carries out may share a photo: that is one piece of work.

    Args:
        own: the evidence of these activities with its files, where it was read already: one query less.
    """
    if own is None:
        own = Evidence.objects.filter(activity__in=list(activities)).select_related(
            "file", "activity__campaign"
        )
    own = [one for one in own if one.file is not None and one.file.is_photo]
    if not own:
        return []
    ids = {one.file_id for one in own}
    matches = list(PhotoMatch.objects.filter(Q(first__in=ids) | Q(second__in=ids)))
    beside: dict[int, list[tuple[int, PhotoMatch | None]]] = {pk: [(pk, None)] for pk in ids if pk}
    for match in matches:
        beside.setdefault(match.first_id, []).append((match.second_id, match))
        beside.setdefault(match.second_id, []).append((match.first_id, match))
    wanted = {pk for pairs in beside.values() for pk, _match in pairs}
    shown: dict[int, list[Evidence]] = {}
    rows = Evidence.objects.filter(file__in=wanted, activity__removal=None).select_related(
        "file", "activity__campaign", "activity__organisation", "area"
    )
    for row in rows:
        if row.file_id is not None:
            shown.setdefault(row.file_id, []).append(row)
    return [
        Doubt(one, other, match.likeness if match else 1.0, match)
        for one in own
        if one.file_id is not None
        for pk, match in beside[one.file_id]
        for other in shown.get(pk, [])
        if other.pk != one.pk and not _same_work(one.activity, other.activity)
    ]


def _same_work(one: Activity, other: Activity) -> bool:
    return one.pk != other.pk and (one.upper_id == other.pk or other.upper_id == one.pk)
