# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a photo says of its time and place, held against its activity: hints for who verifies, never a verdict."""

import math
from datetime import timedelta

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.campaigns.models import Evidence

FAR = 30.0  # km from the campaign's area (its point) from which the distance is said
WRONG_CLOCK = timedelta(hours=12)  # a photo taken so long after it was sent has a wrong clock
EARTH = 6371.0  # km


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the distance of two places in km along the earth (degrees, WGS 84)."""
    one, other = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((other - one) / 2) ** 2 + math.cos(one) * math.cos(other) * (
        math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))


def _time_notes(evidence: Evidence) -> list[str]:
    taken, start = evidence.file.taken_at if evidence.file else None, evidence.activity.start
    if taken is None:
        return [_("Ảnh không ghi giờ chụp.")]
    if taken > evidence.added_at + WRONG_CLOCK:
        return [_("Ảnh ghi giờ chụp sau khi đã gửi: đồng hồ máy ảnh có thể sai.")]
    day = localdate(taken)
    if start is not None and day < start:
        said = f"{day.day:02d}/{day.month:02d}/{day.year}"
        return [_("Ảnh ghi ngày chụp %(day)s, trước khi việc bắt đầu.") % {"day": said}]
    return []


def _place_notes(evidence: Evidence) -> list[str]:
    file, area = evidence.file, evidence.area or evidence.activity.campaign.area
    if file is None or file.latitude is None or file.longitude is None:
        return [_("Ảnh không ghi nơi chụp.")]
    if area.latitude is None or area.longitude is None:
        return []
    away = distance(file.latitude, file.longitude, area.latitude, area.longitude)
    if away < FAR:
        return []
    return [_("Ảnh ghi nơi chụp cách %(area)s khoảng %(km)s km.") % {"area": area.name, "km": round(away)}]


def notes_of(evidence: Evidence) -> list[str]:
    """Return sentences about what a photo says of itself; none for evidence that is no photo.

    Reads the evidence's file, area, activity and the campaign's area: select them before.
    """
    if evidence.file is None or not evidence.file.is_photo:
        return []
    return _time_notes(evidence) + _place_notes(evidence)
