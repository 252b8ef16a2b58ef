# SPDX-License-Identifier: AGPL-3.0-or-later
"""A plan of 300 rows with every kind of bad row: each is refused for its own reason, and no good one is."""

from datetime import date
from pathlib import Path

import pytest

from loa.campaigns.importing import values
from loa.campaigns.importing.reasons import SENTENCES, Reason
from loa.campaigns.importing.tests.plans import HEAD, checked, good, make_offices, row_of, workbook
from loa.campaigns.models import ImportRowState
from loa.campaigns.tests.factories import make_activity

pytestmark = pytest.mark.django_db

# A kind of bad row: the code, and what is wrong in it.
BAD = [
    (Reason.MISSING_TITLE, good(title="")),
    (Reason.TITLE_TOO_LONG, good(title="Tuyên truyền " * 30)),
    (Reason.TITLE_WITHOUT_LETTERS, good(title="12.5 / 3")),
    (Reason.TOTAL_ROW, good(title="Tổng cộng", organisation="", due="", quantity="120")),
    (Reason.FOOTER_ROW, good(title="Nơi nhận: như trên", organisation="", due="")),
    (Reason.CELL_ERROR, good(title="#REF!")),
    (Reason.CELL_TOO_LONG, good(note="a" * 10_001)),
    (Reason.OLD_FONT, good(title="Tuyªn truyÒn §¹i héi §¶ng bé x· b»ng p¸n«")),
    (Reason.BROKEN_LETTERS, good(title="TuyÃªn truyá»n Äáº¡i há»™i")),
    (Reason.MISSING_OFFICE, good(organisation="")),
    (Reason.UNKNOWN_OFFICE, good(organisation="Phòng Văn hóa - Thông tấn")),
    (Reason.AMBIGUOUS_OFFICE, good(organisation="Tổ công nghệ số")),
    (Reason.TWO_HEADS, good(organisation="Phòng Văn hóa - Thông tin\nTrung tâm Truyền thông - Văn hóa")),
    (Reason.EVERYBODY, good(organisation="Các cơ quan, đơn vị, đoàn thể")),
    (Reason.OFFICE_WITHOUT_POST, good(organisation="Trạm Y tế")),
    (Reason.HEAD_UNCLEAR, good(organisation="Hội Nông dân")),
    (Reason.UNKNOWN_HEAD, good(head="Vụ trưởng")),
    (Reason.AMBIGUOUS_HEAD, good(organisation="", head="Tổ trưởng")),
    (Reason.HEAD_ELSEWHERE, good(head="Chủ tịch MTTQ")),
    (Reason.UNKNOWN_CONTRIBUTOR, good(contributors="Công an xã Mây")),
    (Reason.AMBIGUOUS_CONTRIBUTOR, good(contributors="Tổ công nghệ số")),
    (Reason.NO_SUCH_DAY, good(due="31/02")),
    (Reason.DATE_UNREADABLE, good(due="rằm tháng Giêng")),
    (Reason.DATE_VAGUE, good(due="trong thời gian tới")),
    (Reason.DATE_WITHOUT_YEAR, good(due="15/4")),
    (Reason.DATE_IS_NUMBER, good(due="43936")),
    (Reason.TWO_DATES, good(due="15/4/2020, 20/5/2020")),
    (Reason.YEAR_OUT_OF_RANGE, good(due="15/4/1920")),
    (Reason.ENDS_BEFORE_START, good(start="20/4/2020")),
    (Reason.DATE_NOTE_TOO_LONG, good(due="thường xuyên " * 12)),
    (Reason.QUANTITY_UNREADABLE, good(quantity="nhiều", unit="bài")),
    (Reason.QUANTITY_ZERO, good(quantity="0", unit="bài")),
    (Reason.QUANTITY_NEGATIVE, good(quantity="-3", unit="bài")),
    (Reason.QUANTITY_FRACTION, good(quantity="2,5", unit="bài")),
    (Reason.QUANTITY_TOO_LARGE, good(quantity="20.000.000", unit="bài")),
    (Reason.QUANTITY_RANGE, good(quantity="10 - 15", unit="bài")),
    (Reason.QUANTITY_PERCENT, good(quantity="100%")),
    (Reason.TWO_QUANTITIES, good(quantity="10 tin, 5 bài")),
    (Reason.UNIT_IS_NUMBER, good(quantity="5", unit="12")),
    (Reason.UNIT_TOO_LONG, good(quantity="5", unit="bài đăng trên trang thông tin điện tử của xã và huyện")),
    (Reason.TWO_UNITS, good(quantity="5 buổi", unit="bài")),
    (Reason.UNKNOWN_CHANNEL, good(channels="bồ câu đưa thư")),
    (Reason.UNKNOWN_AREA, good(areas="Thôn Mây Trắng")),
    (Reason.AMBIGUOUS_AREA, good(areas="Thôn Đồng Tâm")),
    (Reason.DISTRICT_ABOLISHED, good(areas="Huyện Đầm Hà")),
    (Reason.UNKNOWN_PHASE, good(phase="Giữa đại hội")),
    (Reason.UNKNOWN_MESSAGE, good(key_messages="Uống nước nhớ nguồn")),
    (Reason.AMBIGUOUS_MESSAGE, good(key_messages="Nội dung dự thảo Văn kiện")),
    (Reason.UNKNOWN_EVIDENCE, good(evidence="lời khen")),
    (Reason.PLACE_TOO_LONG, good(place="Nhà văn hóa " * 20)),
]


def _plan(path: Path, activity_title: str) -> tuple[Path, dict[int, Reason]]:
    """Write 300 rows of which every sixth is bad; return the file and the reason of each bad row by its number."""
    bad = [
        *BAD,
        (Reason.NOTHING_ABOVE, good(contributors="-nt-")),
        (Reason.ALREADY_THERE, good(title=activity_title)),
        (Reason.HEADING_AGAIN, None),
        (Reason.REPEATED, good(title="Việc 0")),
    ]
    rows: list[list[str]] = [list(HEAD)]
    expected: dict[int, Reason] = {}
    for number in range(300):
        place, is_bad = divmod(number, 5)
        if is_bad == 4 and place < len(bad):
            reason, cells = bad[place]
            rows.append(list(HEAD) if cells is None else row_of(cells))
            expected[len(rows)] = reason
        else:
            rows.append(row_of(good(title=f"Việc {number}")))
    return workbook(path, rows), expected


def test_every_bad_row_of_three_hundred_is_named_with_its_reason(tmp_path: Path) -> None:
    made = make_offices()
    there = make_activity(
        made.campaign, made.posts["culture"], "Đã có rồi", due=date(2020, 4, 15), organisation=made.culture
    )
    path, expected = _plan(tmp_path / "ke-hoach.xlsx", there.title)
    rows = checked(path, made.campaign)
    assert len(rows) == 300
    assert len(set(expected.values())) >= 40
    refused = {row.number: {problem.reason for problem in row.problems} for row in rows if row.problems}
    assert refused == {number: {reason} for number, reason in expected.items()}
    assert {row.number for row in rows if row.state == ImportRowState.ACCEPTED} == (
        set(range(2, 302)) - set(expected)
    )
    for row in rows:
        assert all(problem.text and "%(" not in problem.text for problem in row.problems)


def test_each_reason_has_a_sentence_and_a_test() -> None:
    assert set(SENTENCES) == set(Reason)
    elsewhere = {
        Reason.UNPRINTABLE,  # a workbook cannot hold them
        Reason.PHASE_CONFLICT,  # needs a section above
        Reason.NOTE_TOO_LONG,  # longer than a cell may be, unless groups are added
        Reason.NOTHING_ABOVE, Reason.ALREADY_THERE, Reason.HEADING_AGAIN, Reason.REPEATED,
    }  # fmt: skip
    assert {reason for reason, _cells in BAD} | elsewhere == set(Reason)


def test_one_pass_names_all_that_is_wrong_with_a_row(tmp_path: Path) -> None:
    made = make_offices()
    cells = good(title="", due="31/02/2020", channels="bồ câu đưa thư")
    [row] = checked(workbook(tmp_path / "k.xlsx", [HEAD, row_of(cells)]), made.campaign)
    assert [(problem.reason, problem.column) for problem in row.problems] == [
        (Reason.MISSING_TITLE, "title"),
        (Reason.NO_SUCH_DAY, "due"),
        (Reason.UNKNOWN_CHANNEL, "channels"),
    ]


def test_an_unknown_office_is_refused_with_the_names_that_are_near(tmp_path: Path) -> None:
    made = make_offices()
    cells = good(organisation="Phong Van hoa - Thông tinn")
    [row] = checked(workbook(tmp_path / "k.xlsx", [HEAD, row_of(cells)]), made.campaign)
    assert row.given is None
    assert "Phòng Văn hóa - Thông tin" in row.problems[0].text


def test_control_signs_are_refused() -> None:
    with pytest.raises(Exception, match="unprintable"):
        values.check_letters("Treo\x07 cờ")


FULL = good(
    head="Trưởng phòng",
    contributors="Trung tâm Truyền thông - Văn hóa, Hội Nông dân; các ngành liên quan",
    due="Quý I/2020",
    quantity="1.200 lượt",
    channels="loa phát thanh, website; treo cờ, băng rôn",
    areas="Thôn 1, Thôn 2",
    place="Nhà văn hóa xã",
    key_messages="Nội dung dự thảo Văn kiện Đại hội Đảng bộ tỉnh",
    evidence="ảnh, báo cáo",
    phase="Trước đại hội",
    note="Làm sớm",
)


def test_an_accepted_row_is_told_with_every_field(tmp_path: Path) -> None:
    made = make_offices()
    [row] = checked(workbook(tmp_path / "k.xlsx", [HEAD, row_of(FULL)]), made.campaign)
    assert row.problems == ()
    assert dict(row.fields) == {
        "title": "Treo băng rôn tại trung tâm xã",
        "phase": "Trước đại hội",
        "organisation": "Phòng Văn hóa - Thông tin",
        "head": "Trưởng phòng",
        "contributors": "Trung tâm Truyền thông - Văn hóa; Hội Nông dân",
        "start": "01/01/2020",
        "due": "31/03/2020",
        "due_note": "Quý I/2020",
        "quantity": "1200",
        "unit": "lượt",
        "channels": "loa phát thanh; cổng thông tin; treo cờ, băng rôn",
        "areas": "Thôn 1; Thôn 2",
        "place": "Nhà văn hóa xã",
        "key_messages": "Nội dung dự thảo Văn kiện Đại hội Đảng bộ tỉnh",
        "evidence": "ảnh; tệp",
        "note": "Làm sớm\nPhối hợp: các ngành liên quan",
    }
