# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reports (Báo cáo) of a week, a month or the whole campaign: narrative by people, figures by the system."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loa.campaigns.models import ActivityState, Campaign
from loa.campaigns.rollup import Line, ObjectiveLine, Tally, UnitTotal
from loa.campaigns.words import MEASURES, STATE_NAMES
from loa.reach.rules import Sums
from loa.reports import wording
from loa.reports.figures import Airtime, Item
from loa.reports.kinds import KIND_NAMES, Span, period_name
from loa.reports.layout.tree import Annex, Block, Column, Heading, Paper, Paragraph, Row, Table
from loa.reports.letterheads import Head, letterhead, signature, style_of
from loa.reports.models import Kind
from loa.reports.wording import number


@dataclass(frozen=True)
class Facts:
    """Every figure of one report, as it was when it was asked."""

    today: date
    span: Span
    tally: Tally
    finished: int  # verified in the span
    organisations: list[Line]
    areas: list[Line]
    units: list[UnitTotal]
    measures: dict[str, Decimal]
    objectives: list[ObjectiveLine]
    airtime: Airtime
    reached: list[tuple[str, Sums]]
    coming: list[Item]


PROGRESS = (
    Column("STT", 1.6, "center"),
    Column("Đơn vị", 6),
    Column("Tổng số", 2, "right"),
    Column("Đã xong", 2, "right"),
    Column("Chờ kiểm tra", 2, "right"),
    Column("Đang làm", 2, "right"),
    Column("Chưa làm", 2, "right"),
    Column("Trễ hạn", 2, "right"),
)
UNITS = (
    Column("STT", 1.3, "center"),
    Column("Chỉ tiêu", 6),
    Column("Đơn vị tính", 3, "center"),
    Column("Kế hoạch", 3, "right"),
    Column("Thực hiện", 3, "right"),
)
REACHED = (
    Column("STT", 1.3, "center"),
    Column("Thông điệp", 7),
    Column("Thôn có thể đã nghe", 2.6, "right"),
    Column("Thôn chưa rõ", 2.2, "right"),
    Column("Thôn chưa được báo", 2.6, "right"),
)
COMING = (
    Column("STT", 1.5, "center"),
    Column("Nội dung công việc", 6),
    Column("Cơ quan chủ trì", 4),
    Column("Thời hạn", 3, "center"),
    Column("Lãnh đạo phụ trách", 4),
)
RESULTS = (
    Column("STT", 1.2, "center"),
    Column("Nội dung công việc", 6),
    Column("Cơ quan chủ trì", 3.4),
    Column("Lãnh đạo phụ trách", 3.4),
    Column("Thời hạn", 2.6, "center"),
    Column("Kế hoạch", 2.2, "right"),
    Column("Thực hiện", 2.2, "right"),
    Column("Trạng thái", 2.4, "center"),
)


def report_paper(
    campaign: Campaign,
    kind_and_period: tuple[Kind, str],
    head: Head,
    written: dict[str, str],
    facts: Facts,
    items: Iterable[Item],
) -> Paper:
    """Return a report: five parts, the figures by area as its first annex, every activity as its second."""
    kind, period = kind_and_period
    said = {key: wording.narrated(text) for key, text in written.items()}
    empty = wording.narrated("")
    blocks: list[Block] = [
        Heading(1, "I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI"),
        *said.get("direction", empty),
        Heading(1, "II. KẾT QUẢ THỰC HIỆN"),
        *said.get("results", empty),
        *_results(facts),
        Heading(1, "III. ĐÁNH GIÁ"),
        Heading(2, "1. Ưu điểm"),
        *said.get("strengths", empty),
        Heading(2, "2. Tồn tại, hạn chế"),
        *said.get("limits", empty),
        Heading(2, "3. Nguyên nhân"),
        *said.get("causes", empty),
        Heading(1, "IV. NHIỆM VỤ, GIẢI PHÁP"),
        *said.get("tasks", empty),
        *_coming(facts),
        Heading(1, "V. KIẾN NGHỊ, ĐỀ XUẤT"),
        *said.get("requests", empty),
    ]
    when = period_name(kind, period)
    subject = "Kết quả" if kind is Kind.FINAL else f"Kết quả {when}"
    title = f"{subject} {campaign.title[:1].lower()}{campaign.title[1:]}"
    return Paper(
        name="Báo cáo",
        subject=title,
        letterhead=letterhead(head, style_of(campaign.organisation)),
        blocks=blocks,
        signature=signature(head),
        annexes=_annexes(kind, facts, items, title),
    )


def _results(facts: Facts) -> list[Block]:
    blocks: list[Block] = [
        Heading(2, "1. Tiến độ công việc"),
        Paragraph(_progress(facts)),
        Table(PROGRESS, [*_tallies(facts.organisations), _total(facts.tally)]),
        Heading(2, "2. Phát loa"),
        Paragraph(_airtime(facts.airtime, facts.span)),
    ]
    if facts.reached:
        blocks.append(Table(REACHED, _reached(facts.reached)))
    blocks += [Heading(2, "3. Số liệu"), *_numbers(facts)]
    if facts.objectives:
        blocks += [Heading(2, "4. Mục tiêu"), *wording.listed(map(_objective, facts.objectives))]
    return blocks


def _progress(facts: Facts) -> str:
    tally = facts.tally
    share = f" ({wording.number(round(Decimal(tally.share * 100), 1))}%)" if tally.total else ""
    inside = f" Trong kỳ ({facts.span.words}) xong {number(facts.finished)} việc." if facts.span.words else ""
    undated = f" {number(tally.undated)} việc chưa ghi hạn." if tally.undated else ""
    return (
        f"Đến ngày {wording.day(facts.today)}, kế hoạch có {number(tally.total)} đầu mối công việc; "
        f"đã xong {number(tally.verified)}{share}, chờ kiểm tra {number(tally.submitted)}, "
        f"trễ hạn {number(tally.late)}.{inside}{undated}"
    )


def _airtime(found: Airtime, span: Span) -> str:
    when = f"Trong kỳ ({span.words})" if span.words else "Từ đầu chiến dịch"
    if not found.deliveries and not found.not_whole:
        return f"{when}, hệ thống chưa ghi nhận lượt phát loa nào."
    not_whole = f" {number(found.not_whole)} lượt không phát trọn." if found.not_whole else ""
    return (
        f"{when}, hệ thống ghi nhận {number(found.rounds)} lượt phát của {number(found.messages)} tin, "
        f"tổng thời lượng {number(found.minutes)} phút; các cụm loa phát trọn {number(found.deliveries)} lượt "
        f"ở {number(found.villages)} thôn.{not_whole}"
    )


def _numbers(facts: Facts) -> list[Block]:
    rows = [
        (f"{one.unit[:1].upper()}{one.unit[1:]}", one.unit, number(one.planned), number(one.counted))
        for one in facts.units
        if one.unit
    ]
    rows += [
        (str(MEASURES[key][0]), str(MEASURES[key][1]), "", number(value))
        for key, value in facts.measures.items()
        if key in MEASURES
    ]
    if not rows:
        return [Paragraph("Chưa có số liệu nào được nộp.")]
    return [Table(UNITS, [Row((str(at), *cells)) for at, cells in enumerate(rows, start=1)])]


def _objective(line: ObjectiveLine) -> str:
    goal = line.objective
    value = "chưa đo" if line.value is None else f"đạt {number(line.value)} {goal.unit}"
    share = f" ({number(round(Decimal(line.share * 100), 1))}%)" if line.share is not None else ""
    return f"{goal.text}: mục tiêu {number(goal.target)} {goal.unit}, {value}{share}"


def _reached(found: list[tuple[str, Sums]]) -> list[Row]:
    return [
        Row(
            (
                str(at),
                text,
                number(one.villages_could),
                number(one.villages_unknown),
                number(one.villages_not),
            )
        )
        for at, (text, one) in enumerate(found, start=1)
    ]


def _coming(facts: Facts) -> list[Block]:
    if not facts.coming:
        return []
    rows = [
        Row(
            (
                str(at),
                item.activity.title,
                item.activity.organisation.name,
                wording.due(item.activity),
                wording.leader(item),
            )
        )
        for at, item in enumerate(facts.coming, start=1)
    ]
    return [Paragraph("Các đầu mối đến hạn trong 31 ngày tới:"), Table(COMING, rows)]


def _counts(tally: Tally) -> tuple[str, ...]:
    working = tally.in_progress + tally.returned
    figures = (tally.total, tally.verified, tally.submitted, working, tally.planned, tally.late)
    return tuple(number(one) for one in figures)


def _tallies(lines: Iterable[Line]) -> list[Row]:
    return [Row((str(at), line.name, *_counts(line.tally))) for at, line in enumerate(lines, start=1)]


def _total(tally: Tally) -> Row:
    return Row(("", "Tổng cộng", *_counts(tally)))


def _annexes(kind: Kind, facts: Facts, items: Iterable[Item], title: str) -> list[Annex]:
    note = f"(Kèm theo {KIND_NAMES[kind]}, số liệu đến ngày {wording.day(facts.today)})"
    rows = [_result(at, item) for at, item in enumerate(items, start=1)]
    found = []
    if facts.areas:
        found.append(("Tiến độ theo địa bàn", Table(PROGRESS, _tallies(facts.areas)), False))
    if rows:
        found.append(("Kết quả từng đầu mối công việc", Table(RESULTS, rows, numbered=True), True))
    return [
        Annex(
            title=name,
            blocks=[table],
            number=wording.roman(at) if len(found) > 1 else "",
            note=note,
            is_landscape=is_wide,
        )
        for at, (name, table, is_wide) in enumerate(found, start=1)
    ]


def _result(at: int, item: Item) -> Row:
    activity, standing = item.activity, item.standing
    unit = f" {activity.unit}" if activity.unit else ""
    planned = "" if activity.quantity is None else f"{number(activity.quantity)}{unit}"
    counted = f"{number(standing.counted)}{unit}" if standing and standing.counted else ""
    return Row(
        (
            str(at),
            activity.title,
            activity.organisation.name,
            wording.leader(item),
            wording.due(activity),
            planned,
            counted,
            str(STATE_NAMES[ActivityState(activity.state)]),
        )
    )
