# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes out on paper, measured: the .docx as LibreOffice lays it out, and our PDF of the same content."""

from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest

from loa.reports.layout.docx_writer import write_docx
from loa.reports.layout.metrics import width_mm
from loa.reports.layout.pdf import compile_pdf
from loa.reports.layout.tree import (
    Annex,
    Block,
    Column,
    Heading,
    Letterhead,
    Paper,
    Paragraph,
    Row,
    Signature,
    Table,
)
from loa.reports.layout.typst_writer import write_typst
from loa.reports.layout.values import PARTY
from loa.reports.tests.pages import Sheet, sheets
from tests.support.office import to_pdf

pytestmark = pytest.mark.office
LEFT, RIGHT, LOWEST = 30.0, 190.0, 277.0  # edges of the text on an upright page
NEAR = 0.6  # mm: letters have a little air beside them
WAYS = ("office", "typst")

LONG = "Tuyên truyền sâu rộng trong cán bộ, đảng viên và Nhân dân; kịp thời, đúng trọng tâm, trọng điểm. " * 6
BODY: list[Block] = [
    Paragraph("Căn cứ Luật Tổ chức chính quyền địa phương năm 2025;", is_ground=True),
    Heading(1, "I. MỤC ĐÍCH, YÊU CẦU"),
    Heading(2, "1. Mục đích"),
    *[Paragraph(LONG) for _ in range(9)],
    Heading(3, "a) Yêu cầu"),
    Paragraph(LONG),
]
TABLE = Table(
    [Column("STT", 1, "center"), Column("Nội dung công việc", 6), Column("Cơ quan chủ trì", 4)],
    [Row(("I. Trước đại hội",)), *[Row((str(at), "Phát loa <& 'Ẩn'>", "UBND xã")) for at in range(1, 61)]],
    numbered=True,
)
SIGNATURE = Signature(
    ("TM. Ủy ban nhân dân", "KT. Chủ tịch"), "Phó Chủ tịch", "Trần Thế Ước", ("Đảng ủy (b/c)", "Lưu: VT")
)
LETTERHEAD = Letterhead(
    ("Ủy ban nhân dân", "xã Đầm Hà"), "Đầm Hà", number="5/KH-UBND", issued_on=date(2026, 2, 3)
)
STATE_PAPER = Paper(
    "Kế hoạch",
    "Tuyên truyền Đại hội Đảng bộ xã Đầm Hà",
    LETTERHEAD,
    BODY,
    SIGNATURE,
    [
        Annex("Phân công", [TABLE], "I", "(Kèm theo Kế hoạch số 05/KH-UBND)", is_landscape=True),
        Annex("Số liệu", [TABLE], "II"),
    ],
)
PARTY_PAPER = Paper(
    "Kế hoạch",
    "tuyên truyền Đại hội",
    Letterhead(("Đảng ủy xã Đầm Hà",), "Đầm Hà", "Đảng bộ tỉnh Quảng Ninh", "-KH/ĐU", None, PARTY),
    BODY,
    Signature(("T/M Ban Thường vụ",), "Phó Bí thư", "Nguyễn Thị Hậu", ("Lưu: Văn phòng",)),
)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[Sheet]]:
    """Return the pages by document and way; LibreOffice starts once."""
    folder = tmp_path_factory.mktemp("documents")
    papers = {"state": STATE_PAPER, "party": PARTY_PAPER}
    files = []
    for name, paper in papers.items():
        (folder / f"{name}.docx").write_bytes(write_docx(paper))
        files.append(folder / f"{name}.docx")
        (folder / f"{name}-typst.pdf").write_bytes(compile_pdf(write_typst(paper)))
    to_pdf(files, folder)
    ways: dict[str, tuple[str, Path]] = {
        **{f"{name} office": (name, folder / f"{name}.pdf") for name in papers},
        **{f"{name} typst": (name, folder / f"{name}-typst.pdf") for name in papers},
    }
    return {(name, way.split()[1]): sheets(path) for way, (name, path) in ways.items()}


@pytest.fixture(params=WAYS)
def state(request: pytest.FixtureRequest, printed: dict[tuple[str, str], list[Sheet]]) -> list[Sheet]:
    return printed["state", request.param]


@pytest.fixture(params=WAYS)
def party(request: pytest.FixtureRequest, printed: dict[tuple[str, str], list[Sheet]]) -> list[Sheet]:
    return printed["party", request.param]


def test_paper_is_a4_and_a_wide_annex_lies_on_its_side(state: list[Sheet]) -> None:
    sizes = {(round(sheet.width), round(sheet.height)) for sheet in state}
    assert sizes == {(210, 297), (297, 210)}
    first = state[0]
    assert (first.width, first.height) == pytest.approx((210, 297), abs=0.2)


def test_margins_are_20_20_30_20(state: list[Sheet]) -> None:
    upright = [line for sheet in state[:2] for line in sheet.body]
    full = [line for line in upright if line.size == 14 and line.right > RIGHT - 2]
    assert len(full) > 20  # justified: both edges are met
    assert min(line.left for line in full) == pytest.approx(LEFT, abs=NEAR)
    assert {line.right == pytest.approx(RIGHT, abs=NEAR) for line in full} == {True}
    assert min(line.top for line in upright) >= 19.5
    assert max(line.top for line in upright) < LOWEST


def test_every_letter_is_times_new_roman_or_its_metric_twin(state: list[Sheet], party: list[Sheet]) -> None:
    fonts = {font for sheet in [*state, *party] for line in sheet.lines for font in line.fonts}
    assert {font.partition("-")[0] for font in fonts} <= {"LiberationSerif", "TimesNewRomanPSMT"}


def test_body_is_14_points_with_a_first_line_of_12_7_millimetres(state: list[Sheet]) -> None:
    [first, *_more] = [line for line in state[0].lines if line.text.startswith("Tuyên truyền sâu rộng")]
    assert (first.size, first.left) == (14, pytest.approx(LEFT + 12.7, abs=NEAR))
    second = state[0].lines[state[0].lines.index(first) + 1]
    assert second.left == pytest.approx(LEFT, abs=NEAR)
    assert second.top - first.top == pytest.approx(14 * 1.149 * 1.15 * 25.4 / 72, abs=0.15)


def test_the_letterhead_has_its_sizes_and_drawn_rules(state: list[Sheet]) -> None:
    first = state[0]
    nation, motto = (
        first.line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        first.line("Độc lập - Tự do - Hạnh phúc"),
    )
    assert (nation.size, nation.is_bold, motto.size, motto.is_bold) == (13, True, 14, True)
    under_motto = next(rule for rule in first.rules if rule[0] > 90 and rule[2] < 60)
    long = width_mm("Độc lập - Tự do - Hạnh phúc", 14)
    assert under_motto[1] - under_motto[0] == pytest.approx(long, abs=0.5)
    dated = first.line("ngày 03 tháng 02 năm 2026")
    assert "Số: 05/KH-UBND" in dated.text
    name, subject = first.line("KẾ HOẠCH"), first.line("Tuyên truyền Đại hội Đảng bộ xã")
    assert (name.size, name.is_bold, subject.size, subject.is_bold) == (14, True, 14, True)
    middle = (LEFT + RIGHT) / 2
    assert (name.left + name.right) / 2 == pytest.approx(middle, abs=1)


def test_headings_are_bold_but_for_the_third_and_grounds_are_italic(state: list[Sheet]) -> None:
    first = state[0]
    assert first.line("I. MỤC ĐÍCH").is_bold
    assert first.line("1. Mục đích").is_bold
    third = next(line for sheet in state for line in sheet.lines if line.text.startswith("a) Yêu cầu"))
    assert not third.is_bold
    assert first.line("Căn cứ Luật").is_italic


def test_pages_are_numbered_in_the_middle_of_the_top_but_for_the_first_and_annexes_anew(
    state: list[Sheet],
) -> None:
    numbers = [sheet.number.text if sheet.number else "" for sheet in state]
    begins = [at for at, number in enumerate(numbers) if not number]
    assert len(begins) == 3  # the plan, and each annex
    for start, end in zip(begins, [*begins[1:], len(state)], strict=True):
        assert numbers[start:end] == ["", *map(str, range(2, end - start + 1))]
        assert end - start > 1
    second = state[1].number
    assert second is not None
    assert second.size == 14
    assert (second.left + second.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=1)


def test_the_head_of_a_table_stands_on_each_of_its_pages(state: list[Sheet]) -> None:
    with_rows = [sheet for sheet in state if any("Phát loa <& 'Ẩn'>" in line.text for line in sheet.lines)]
    assert len(with_rows) > 3
    for sheet in with_rows:
        assert sheet.line("Nội dung công việc").is_bold


def test_the_signature_stands_in_the_right_half_never_alone(state: list[Sheet], party: list[Sheet]) -> None:
    for pages, signer in ((state, "Trần Thế Ước"), (party, "Nguyễn Thị Hậu")):
        sheet = next(one for one in pages if any(signer in line.text for line in one.lines))
        assert sheet.line(signer).left > 105
        assert sheet.body[0].text != sheet.line("Nơi nhận:").text


def test_the_partys_letterhead_follows_its_own_rule(party: list[Sheet]) -> None:
    first = party[0]
    assert first.line("ĐẢNG CỘNG SẢN VIỆT NAM").size == 15
    assert first.line("ĐẢNG ỦY XÃ ĐẦM HÀ").is_bold
    assert first.line("KẾ HOẠCH").size == 16
    assert first.line("-----")
    assert not any("CỘNG HÒA" in line.text or "Độc lập" in line.text for line in first.lines)
    assert "-KH/ĐU" in first.line("Số ").text


def test_headings_are_words_own_and_numbers_are_text() -> None:
    document = docx.Document(BytesIO(write_docx(STATE_PAPER)))
    found = {one.text: one.style.name for one in document.paragraphs if one.text and one.style is not None}
    assert found["I. MỤC ĐÍCH, YÊU CẦU"] == "Heading 1"
    assert (found["1. Mục đích"], found["a) Yêu cầu"]) == ("Heading 2", "Heading 3")
    body = document.element.body.xml
    assert "<w:numPr>" not in body
    assert body.count("<w:tblHeader/>") == 4  # two rows of each table's head


def test_the_font_is_named_for_the_letters_of_every_script() -> None:
    styles = docx.Document(BytesIO(write_docx(STATE_PAPER))).styles.element.xml
    named = 'w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"'
    assert styles.count(named) > 10
    assert "asciiTheme" not in styles.partition('w:styleId="Heading1"')[2].partition("</w:style>")[0]
