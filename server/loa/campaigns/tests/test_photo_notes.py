# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from loa.areas.models import Area
from loa.campaigns.models import Activity, Campaign, Evidence, StoredFile
from loa.campaigns.photo_notes import distance, notes_of

SENT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def evidence(**file: Any) -> Evidence:
    """Return a photo of work that began on 20 November in a commune at 21.3 north; no row is stored."""
    area = Area(name="Xã Đầm Hà", latitude=21.3452, longitude=107.601)
    activity = Activity(campaign=Campaign(area=area), start=date(2026, 11, 20))
    values = {"width": 800, "taken_at": SENT, "latitude": 21.34, "longitude": 107.6, **file}
    return Evidence(activity=activity, file=StoredFile(**values), added_at=SENT)


def test_a_photo_that_fits_its_work_needs_no_word() -> None:
    assert notes_of(evidence()) == []


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ({"taken_at": None}, "Ảnh không ghi giờ chụp."),
        ({"taken_at": SENT + timedelta(days=1)}, "đồng hồ máy ảnh có thể sai"),
        ({"taken_at": datetime(2026, 11, 19, 16, 59, tzinfo=UTC)}, "19/11/2026, trước khi việc bắt đầu"),
        ({"latitude": None}, "Ảnh không ghi nơi chụp."),
        ({"latitude": 21.0278, "longitude": 105.8342}, "cách Xã Đầm Hà khoảng 187 km"),
    ],
)
def test_what_does_not_fit_is_said(file: dict[str, Any], sentence: str) -> None:
    [note] = notes_of(evidence(**file))
    assert sentence in note


def test_midnight_is_that_of_viet_nam() -> None:
    assert notes_of(evidence(taken_at=datetime(2026, 11, 19, 17, 1, tzinfo=UTC))) == []


def test_what_is_no_photo_has_no_notes() -> None:
    assert notes_of(evidence(width=None)) == []


def test_distances_are_those_of_the_map() -> None:
    assert distance(21.0278, 105.8342, 10.7769, 106.7009) == pytest.approx(1143, abs=3)  # Hà Nội, Sài Gòn
    assert distance(1, 2, 1, 2) == 0
