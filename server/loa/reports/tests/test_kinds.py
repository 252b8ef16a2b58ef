# SPDX-License-Identifier: AGPL-3.0-or-later
"""Periods of reports, the words of letterheads, lists and numbers, and the letters that are shipped."""

import tomllib
from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.reports.kinds import ReportError, Span, document_name, kind_named, period_at, span_of
from loa.reports.layout.tree import Letterhead, date_line, marked, number_line
from loa.reports.layout.values import FONTS, PARTY
from loa.reports.models import Kind
from loa.reports.wording import BLANK, grounds, listed, narrated, number

days = st.dates(min_value=date(2000, 1, 3), max_value=date(2100, 12, 31))


@given(days, st.sampled_from([Kind.WEEKLY, Kind.MONTHLY]))
def test_a_day_lies_in_its_period_and_periods_meet_without_a_gap(day: date, kind: Kind) -> None:
    span = span_of(kind, period_at(kind, day))
    assert span.first is not None
    assert span.last is not None
    assert span.first <= day <= span.last
    after = span_of(kind, period_at(kind, span.last + timedelta(days=1)))
    assert after.first == span.last + timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "period"),
    [
        (Kind.WEEKLY, "2026-W54"),
        (Kind.WEEKLY, "2026-W00"),
        (Kind.WEEKLY, "2026-11"),
        (Kind.WEEKLY, ""),
        (Kind.MONTHLY, "2026-13"),
        (Kind.MONTHLY, "0000-11"),
        (Kind.MONTHLY, "٢٠٢٦-11"),
        (Kind.FINAL, "2026-11"),
        (Kind.PLAN, "2026-W47"),
    ],
)
def test_what_is_no_period_of_a_kind_is_refused_with_an_example(kind: Kind, period: str) -> None:
    with pytest.raises(ReportError) as refused:
        span_of(kind, period)
    assert refused.value.field == "period"


def test_a_document_of_the_whole_campaign_has_no_days() -> None:
    assert span_of(Kind.FINAL, "") == Span(None, None)


def test_a_document_is_named_with_its_period() -> None:
    assert document_name(Kind.WEEKLY, "2026-W07") == "Báo cáo tuần 7 năm 2026"
    assert document_name(Kind.MONTHLY, "2026-11") == "Báo cáo tháng 11 năm 2026"
    assert str(document_name(Kind.FINAL, "")) == "Báo cáo kết quả"


def test_an_unknown_kind_names_those_that_there_are() -> None:
    with pytest.raises(ReportError, match="plan, assignment, weekly, monthly, final"):
        kind_named("poster")


@pytest.mark.parametrize(
    ("number", "line"),
    [
        ("5/KH-UBND", "Số: 05/KH-UBND"),
        ("05/KH-UBND", "Số: 05/KH-UBND"),
        ("123/BC-UBND", "Số: 123/BC-UBND"),
        ("/KH-UBND", "Số: " + "\u00a0" * 8 + "/KH-UBND"),
    ],
)
def test_a_number_below_ten_has_a_zero_and_is_blank_until_registered(number: str, line: str) -> None:
    assert number_line(Letterhead(("UBND",), "Đầm Hà", number=number)) == line


def test_the_partys_number_has_no_colon_and_a_dash() -> None:
    head = Letterhead(("Đảng ủy",), "Đầm Hà", number="5-KH/ĐU", style=PARTY)
    assert number_line(head) == "Số 05-KH/ĐU"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 3), "ngày 03 tháng 02 năm 2026"),
        (date(2026, 3, 10), "ngày 10 tháng 3 năm 2026"),
        (date(2026, 11, 9), "ngày 09 tháng 11 năm 2026"),
    ],
)
def test_days_below_ten_and_the_first_two_months_have_a_zero(day: date, words: str) -> None:
    assert date_line(Letterhead(("UBND",), "Đầm Hà", issued_on=day)) == f"Đầm Hà, {words}"


def test_receivers_get_their_marks_whatever_was_typed() -> None:
    assert marked(["- Đảng ủy;", " UBND tỉnh ", "", "Lưu: VT."]) == [
        "- Đảng ủy;",
        "- UBND tỉnh;",
        "- Lưu: VT.",
    ]


def test_lists_and_grounds_end_as_official_texts_do() -> None:
    assert [one.text for one in listed(["Một;", "Hai"])] == ["- Một;", "- Hai."]
    found = grounds(["Luật Báo chí", "Căn cứ Nghị định 30;"])
    assert [one.text for one in found] == ["Căn cứ Luật Báo chí;", "Căn cứ Nghị định 30."]
    assert all(one.is_ground for one in found)


def test_a_section_in_which_nobody_wrote_is_a_line_of_dots() -> None:
    assert [one.text for one in narrated(" \n ")] == [BLANK]
    assert [one.text for one in narrated("Một.\n\nHai.")] == ["Một.", "Hai."]


def test_numbers_have_points_and_a_comma_only_where_needed() -> None:
    assert [number(one) for one in (2067, 12.5, 0)] == ["2.067", "12,5", "0"]


def test_the_letters_are_those_that_were_taken_and_have_every_vietnamese_one() -> None:
    from PIL import ImageFont

    known = tomllib.loads((FONTS / "fonts.toml").read_text())["sha256"]
    assert {path.name: sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.ttf")} == known
    absent = chr(0xE123)
    for name in known:
        face = ImageFont.truetype(str(FONTS / name), 40)
        nothing = bytes(face.getmask(absent))
        assert [one for one in "ẨỖẾỆẵỡỹđƠƯễ…" if bytes(face.getmask(one)) == nothing] == []
