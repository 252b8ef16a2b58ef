# SPDX-License-Identifier: AGPL-3.0-or-later
"""A text says itself until when it is true: "ngày mai" today alone, a date until that date."""

from datetime import date

import pytest

from loa.releases.named_days import last_day_named

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "day", "words"),
    [
        ("Ngày mai 7 giờ, mời bà con họp thôn.", TODAY, "Ngày mai"),
        ("Tối nay cắt điện từ 19 giờ.", TODAY, "Tối nay"),
        ("Ngày mai, 25/11/2026, họp thôn.", TODAY, "Ngày mai"),
        ("Họp ngày 26/11 tại nhà văn hóa.", date(2026, 11, 26), "ngày 26/11"),
        ("Lấy ý kiến từ 20/11 đến 30/11/2026.", date(2026, 11, 30), "30/11/2026"),
        ("Lấy ý kiến ngày 25-28/11.", date(2026, 11, 28), "ngày 25-28/11"),
        ("Họp ngày 5 tháng 12 năm 2026.", date(2026, 12, 5), "ngày 5 tháng 12 năm 2026"),
        ("Tết dương lịch ngày 1/1.", date(2027, 1, 1), "ngày 1/1"),
    ],
)
def test_the_day_is_read_from_the_words(text: str, day: date, words: str) -> None:
    found = last_day_named(text, TODAY)
    assert found is not None
    assert (found.day, found.words) == (day, words)


@pytest.mark.parametrize(
    "text",
    [
        "Nhà văn hóa mở cửa cho mọi người.",
        "Nghị quyết ngày 15/3/2026 của Hội đồng nhân dân.",
        "Trực 24/7, gọi 0912345678.",
        "Công văn số 12/2026.",
        "Trước ngày 31/11.",  # no such day
        "Chị Mai họp lớp.",
    ],
)
def test_what_names_no_day_ahead_says_nothing(text: str) -> None:
    assert last_day_named(text, TODAY) is None
