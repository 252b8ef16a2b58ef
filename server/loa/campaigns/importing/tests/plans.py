# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plans as offices send them, made in memory, and the offices that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from loa.areas.tests.factories import make_village, make_villages
from loa.campaigns.importing import catalogue
from loa.campaigns.importing.columns import Choice, Column, best_of, propose
from loa.campaigns.importing.given import Row
from loa.campaigns.importing.reading import read_tables
from loa.campaigns.importing.rows import check
from loa.campaigns.models import Campaign
from loa.campaigns.tests.factories import make_campaign, make_key_message, make_phase
from loa.people.models import Organisation, OrganisationKind, Post
from loa.people.tests.factories import Cast, make_cast, make_organisation, make_post

TODAY = date(2026, 11, 24)
HEAD = (
    "STT", "Nội dung công việc", "Cơ quan chủ trì", "Chức danh", "Cơ quan phối hợp", "Bắt đầu", "Thời hạn",
    "Số lượng", "Đơn vị tính", "Kênh", "Địa bàn", "Địa điểm", "Thông điệp", "Minh chứng", "Giai đoạn", "Ghi chú",
)  # fmt: skip
COLUMNS = (
    Column.NUMBER, Column.TITLE, Column.ORGANISATION, Column.HEAD, Column.CONTRIBUTORS, Column.START, Column.DUE,
    Column.QUANTITY, Column.UNIT, Column.CHANNELS, Column.AREAS, Column.PLACE, Column.KEY_MESSAGES,
    Column.EVIDENCE, Column.PHASE, Column.NOTE,
)  # fmt: skip


@dataclass(frozen=True)
class Offices:
    """A commune with the offices of the sample plan, and its campaign."""

    cast: Cast
    culture: Organisation  # one post
    media: Organisation  # one post
    front: Organisation  # head and deputy
    twins: Organisation  # two posts of equal rank
    empty: Organisation  # no post
    posts: dict[str, Post]
    campaign: Campaign


def make_offices() -> Offices:
    """Make them; two villages of the commune share a name, and so do two offices."""
    cast = make_cast()
    commune = cast.organisation

    def office(name: str, parent: Organisation = commune) -> Organisation:
        parent.refresh_from_db()
        return make_organisation(cast.commune, name, parent=parent, kind=OrganisationKind.OFFICE)

    culture, media = office("Phòng Văn hóa - Thông tin"), office("Trung tâm Truyền thông - Văn hóa")
    front = office("Cơ quan Khối MTTQ và các tổ chức chính trị - xã hội")
    twins, empty = office("Hội Nông dân"), office("Trạm Y tế")
    same = (office("Tổ công nghệ số"), office("Tổ công nghệ số"))
    posts = {
        "culture": make_post(culture, "Trưởng phòng"),
        "media": make_post(media, "Giám đốc"),
        "front": make_post(front, "Chủ tịch MTTQ"),
        "twin": make_post(twins, "Phó Chủ tịch Hội"),
    }
    make_post(front, "Phó Chủ tịch MTTQ", reports_to=posts["front"])
    make_post(twins, "Ủy viên Thường vụ")
    for one in same:
        make_post(one, "Tổ trưởng")
    campaign = make_campaign(cast.organisation, key="dai-hoi", event_on=date(2020, 5, 20))
    make_phase(campaign, "truoc", date(2019, 12, 1), date(2020, 4, 15), name="Trước đại hội")
    make_phase(campaign, "trong", date(2020, 5, 20), date(2020, 5, 22), name="Trong đại hội")
    make_key_message(campaign, "Nội dung dự thảo Văn kiện Đại hội Đảng bộ huyện")
    make_key_message(campaign, "Nội dung dự thảo Văn kiện Đại hội Đảng bộ tỉnh")
    make_villages(cast.commune, 3)
    make_village(cast.commune, 8, "Thôn Đồng Tâm")
    make_village(cast.commune, 9, "Thôn Đồng Tâm")
    return Offices(cast, culture, media, front, twins, empty, posts, campaign)


def good(**cells: str) -> dict[Column, str]:
    """Return a row of work with some cells changed, by column."""
    row = {
        Column.TITLE: "Treo băng rôn tại trung tâm xã",
        Column.ORGANISATION: "Phòng Văn hóa - Thông tin",
        Column.DUE: "15/4/2020",
    }
    return row | {Column(name): value for name, value in cells.items()}


def row_of(cells: dict[Column, str]) -> list[str]:
    """Return the cells in the order of ``HEAD``."""
    return [cells.get(column, "") for column in COLUMNS]


def workbook(path: Path, rows: Sequence[Sequence[Any]], merges: Sequence[str] = ()) -> Path:
    """Write an .xlsx with these rows and merged blocks ("A1:B2")."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value not in (None, ""):
                cell = sheet.cell(number, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    for block in merges:
        sheet.merge_cells(block)
    book.save(path)
    return path


def document(
    path: Path, rows: Sequence[Sequence[str]], merges: Sequence[tuple[int, int, int, int]] = ()
) -> Path:
    """Write a .docx with a table below a title; merges are top, left, bottom, right from 0."""
    from docx import Document

    made = Document()
    made.add_paragraph("KẾ HOẠCH TUYÊN TRUYỀN")
    table = made.add_table(len(rows), max(len(row) for row in rows))
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            table.cell(number, column).text = value
    for top, left, bottom, right in merges:
        words = table.cell(top, left).text
        table.cell(top, left).merge(table.cell(bottom, right)).text = words
    made.save(str(path))
    return path


def checked(
    path: Path, campaign: Campaign, *, year: int | None = None, new_phases: bool = False
) -> list[Row]:
    """Return the rows of a file as the console and the command come to them."""
    tables = read_tables(path)
    proposals = [propose(table) for table in tables]
    best = best_of(proposals)
    choice = Choice(best, proposals[best].columns, year, new_phases)
    return check(tables[best], proposals[best].heading, choice, catalogue.read(campaign, TODAY))
