# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days as plans write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.campaigns.importing.dates import When, read_when
from loa.campaigns.importing.reasons import Reason, Refusal

D = date
READ = [
    ("15/4/2020", When(None, D(2020, 4, 15))),
    ("15.4.2020", When(None, D(2020, 4, 15))),
    ("15-04-2020", When(None, D(2020, 4, 15))),
    ("15/4/20", When(None, D(2020, 4, 15))),
    ("2020-04-15", When(None, D(2020, 4, 15))),
    ("15/4", When(None, D(2026, 4, 15))),
    ("ngày 15 tháng 4 năm 2020", When(None, D(2020, 4, 15))),
    ("Ngày 15/04/2020", When(None, D(2020, 4, 15))),
    ("trước 15/4/2020", When(None, D(2020, 4, 14), "trước 15/4/2020")),
    ("Trước ngày 01/3/2020", When(None, D(2020, 2, 29), "Trước ngày 01/3/2020")),
    ("đến hết 15/4/2020", When(None, D(2020, 4, 15), "đến hết 15/4/2020")),
    ("Chậm nhất ngày 15/4/2020", When(None, D(2020, 4, 15), "Chậm nhất ngày 15/4/2020")),
    ("từ 01/12/2019 đến 15/4/2020", When(D(2019, 12, 1), D(2020, 4, 15))),
    ("01/12/2019 - 15/4/2020", When(D(2019, 12, 1), D(2020, 4, 15))),
    ("01/3 – 15/4/2020", When(D(2020, 3, 1), D(2020, 4, 15))),
    ("10-15/4/2020", When(D(2020, 4, 10), D(2020, 4, 15))),
    ("Từ ngày 10 đến 15/4/2020", When(D(2020, 4, 10), D(2020, 4, 15))),
    ("sau 15/4/2020", When(D(2020, 4, 16), None, "sau 15/4/2020")),
    ("từ ngày 15/4/2020", When(D(2020, 4, 15), None, "từ ngày 15/4/2020")),
    ("8h00 ngày 15/4/2020", When(None, D(2020, 4, 15), "8h00 ngày 15/4/2020")),
    ("Quý I", When(D(2026, 1, 1), D(2026, 3, 31), "Quý I")),
    ("Quý II/2020", When(D(2020, 4, 1), D(2020, 6, 30), "Quý II/2020")),
    ("quý 4 năm 2020", When(D(2020, 10, 1), D(2020, 12, 31), "quý 4 năm 2020")),
    ("Quý III, IV/2020", When(D(2020, 7, 1), D(2020, 12, 31), "Quý III, IV/2020")),
    ("Tháng 2/2020", When(D(2020, 2, 1), D(2020, 2, 29), "Tháng 2/2020")),
    ("tháng 3-4/2020", When(D(2020, 3, 1), D(2020, 4, 30), "tháng 3-4/2020")),
    ("4/2020", When(D(2020, 4, 1), D(2020, 4, 30), "4/2020")),
    ("cuối tháng 4", When(D(2026, 4, 21), D(2026, 4, 30), "cuối tháng 4")),
    ("trước tháng 5/2020", When(None, D(2020, 4, 30), "trước tháng 5/2020")),
    ("6 tháng đầu năm 2020", When(D(2020, 1, 1), D(2020, 6, 30), "6 tháng đầu năm 2020")),
    ("Năm 2020", When(D(2020, 1, 1), D(2020, 12, 31), "Năm 2020")),
    ("thường xuyên", When(note="thường xuyên")),
    ("Hằng ngày", When(note="Hằng ngày")),
    ("", When()),
]
REFUSED = [
    ("31/02", Reason.NO_SUCH_DAY),
    ("31/02/2020", Reason.NO_SUCH_DAY),
    ("04/15/2020", Reason.NO_SUCH_DAY),
    ("tháng 13/2020", Reason.NO_SUCH_DAY),
    ("15/4/2020; 20/4/2020", Reason.TWO_DATES),
    ("15/4, 20/4, 25/4/2020", Reason.TWO_DATES),
    ("20/4/2020 - 15/4/2020", Reason.ENDS_BEFORE_START),
    ("15/4/2120", Reason.YEAR_OUT_OF_RANGE),
    ("43936", Reason.DATE_IS_NUMBER),
    ("sớm nhất", Reason.DATE_VAGUE),
    ("tuần 2 tháng 4", Reason.DATE_VAGUE),
    ("hôm nào đó", Reason.DATE_UNREADABLE),
    ("a" * 121, Reason.DATE_NOTE_TOO_LONG),
]


@pytest.mark.parametrize(("cell", "expected"), READ, ids=[cell for cell, _ in READ])
def test_it_reads_what_offices_write(cell: str, expected: When) -> None:
    assert read_when(cell, 2026) == expected


@pytest.mark.parametrize(("cell", "reason"), REFUSED, ids=[cell[:20] for cell, _ in REFUSED])
def test_it_refuses_what_is_no_day(cell: str, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        read_when(cell, 2026)
    assert refused.value.problem.reason == reason


@pytest.mark.parametrize("cell", ["15/4", "Quý I", "tháng 4", "trước 15/4"])
def test_without_a_year_nothing_is_guessed(cell: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_when(cell)
    assert refused.value.problem.reason == Reason.DATE_WITHOUT_YEAR


def test_a_day_that_is_in_no_year_is_refused_as_such_even_without_one() -> None:
    with pytest.raises(Refusal) as refused:
        read_when("31/02")
    assert refused.value.problem.reason == Reason.NO_SUCH_DAY


@given(
    st.text(alphabet="0123456789/-. trướcđếntừngàythángquýnămIV,;–", max_size=40), st.none() | st.just(2026)
)
def test_no_words_raise_anything_but_a_refusal(cell: str, year: int | None) -> None:
    try:
        when = read_when(cell, year)
    except Refusal:
        return
    assert when.start is None or when.due is None or when.start <= when.due


@given(st.dates(D(2000, 1, 1), D(2099, 12, 31)), st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d"]))
def test_every_day_written_out_is_read(day: date, form: str) -> None:
    assert read_when(day.strftime(form)) == When(None, day)
