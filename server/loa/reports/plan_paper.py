# SPDX-License-Identifier: AGPL-3.0-or-later
"""The plan (Kế hoạch) and its assignment table (phụ lục phân công) as documents."""

from collections.abc import Iterable, Sequence

from loa.campaigns.models import Audience, Campaign, KeyMessage, Phase
from loa.reports import wording
from loa.reports.figures import Item
from loa.reports.layout.tree import Annex, Block, Column, Heading, Paper, Paragraph, Row, Table
from loa.reports.letterheads import Head, letterhead, signature, style_of
from loa.reports.wording import grounds, listed, narrated

ASSIGNMENT = (
    Column("STT", 1.3, "center"),
    Column("Nội dung công việc", 6),
    Column("Cơ quan chủ trì", 3.2),
    Column("Cơ quan phối hợp", 3.2),
    Column("Thời hạn", 2.6, "center"),
    Column("Sản phẩm", 2.4),
    Column("Lãnh đạo phụ trách", 3.2),
    Column("Ghi chú", 2),
)
BUDGET = (
    Column("STT", 1.2, "center"),
    Column("Nội dung", 6),
    Column("Nguồn", 4),
    Column("Kinh phí (đồng)", 3, "right"),
)


def plan_paper(campaign: Campaign, head: Head, written: dict[str, str], items: Sequence[Item]) -> Paper:
    """Return the plan of a campaign with its assignment table as the annex."""
    blocks: list[Block] = [
        *grounds(one.citation for one in campaign.legal_documents.all()),
        *narrated(written.get("opening", "") or _opening(campaign)),
        Heading(1, "I. MỤC ĐÍCH, YÊU CẦU"),
        *narrated(written.get("purpose", "") or campaign.purpose),
        *_objectives(campaign),
        Heading(1, "II. NỘI DUNG"),
        *narrated(written.get("content", "")),
        *_content(campaign),
        Heading(1, "III. KINH PHÍ"),
        *_budget(campaign, written.get("budget", "")),
        Heading(1, "IV. TỔ CHỨC THỰC HIỆN"),
        *narrated(written.get("organisation", "")),
        *_organisation(campaign, items),
    ]
    annex = assignment_annex(campaign, head, items)
    return Paper(
        name="Kế hoạch",
        subject=campaign.title,
        letterhead=letterhead(head, style_of(campaign.organisation)),
        blocks=blocks,
        signature=signature(head),
        annexes=[annex] if items else [],
    )


def assignment_paper(campaign: Campaign, head: Head, items: Sequence[Item]) -> Paper:
    """Return the assignment table alone, as it goes out with a plan that is issued already."""
    annex = assignment_annex(campaign, head, items)
    return Paper(name="Phụ lục phân công", subject=campaign.title, annexes=[annex])


def assignment_annex(campaign: Campaign, head: Head, items: Iterable[Item]) -> Annex:
    """Return who does what with whom until when, what comes out of it, and who answers for it."""
    rows: list[Row] = []
    phase, groups = "", 0
    for at, item in enumerate(items, start=1):
        name = item.activity.phase.name if item.activity.phase else "Cả chiến dịch"
        if name != phase:
            phase, groups = name, groups + 1
            rows.append(Row((f"{wording.roman(groups)}. {name}",)))
        rows.append(_assigned(at, item))
    issuer = " ".join(head.issuer.splitlines())
    number = head.number if head.number[:1].isdigit() else f"……{head.number}"
    dated = f" ngày {wording.day(head.issued_on)}" if head.issued_on else ""
    return Annex(
        title=f"Phân công thực hiện: {campaign.title}",
        blocks=[Table(ASSIGNMENT, rows, numbered=True)],
        note=f"(Kèm theo Kế hoạch số {number}{dated} của {issuer})",
        is_landscape=True,
    )


def _assigned(at: int, item: Item) -> Row:
    activity = item.activity
    return Row(
        (
            str(at),
            activity.title,
            activity.organisation.name,
            "; ".join(item.contributors),
            wording.due(activity),
            wording.product(activity),
            wording.leader(item),
            activity.note,
        )
    )


def _opening(campaign: Campaign) -> str:
    return f"{campaign.organisation.name} ban hành kế hoạch {campaign.title[:1].lower()}{campaign.title[1:]} như sau:"


def _objectives(campaign: Campaign) -> list[Block]:
    lines = [
        f"{one.text}: {wording.number(one.target)} {one.unit}"
        + (f", trước ngày {wording.day(one.due)}" if one.due else "")
        for one in campaign.objectives.all()
    ]
    return [Paragraph("Mục tiêu cụ thể:"), *listed(lines)] if lines else []


def _content(campaign: Campaign) -> list[Block]:
    """Return the parts of the plan that are there, numbered in the order that plans have."""
    parts = [
        ("Nội dung tuyên truyền", [_message(one) for one in campaign.key_messages.select_related("phase")]),
        ("Hình thức", [one.name for one in campaign.planned_channels]),
        ("Thời gian", [_phase(one) for one in campaign.phases.all()]),
        ("Địa điểm", [campaign.area.name]),
        ("Đối tượng", [_audience(one) for one in campaign.audiences.all()]),
    ]
    blocks: list[Block] = []
    for number, (name, lines) in enumerate((part for part in parts if part[1]), start=1):
        blocks += [Heading(2, f"{number}. {name}"), *listed(lines)]
    return blocks


def _message(message: KeyMessage) -> str:
    often = message.wanted_per_week
    return message.text + (f", mỗi thôn ít nhất {often} lần một tuần" if often else "")


def _phase(phase: Phase) -> str:
    if phase.start and phase.end:
        return f"{phase.name}: từ ngày {wording.day(phase.start)} đến ngày {wording.day(phase.end)}"
    if phase.start or phase.end:
        which = "từ" if phase.start else "đến"
        return f"{phase.name}: {which} ngày {wording.day(phase.start or phase.end)}"
    return phase.name


def _audience(audience: Audience) -> str:
    return f"{audience.name} ({audience.note})" if audience.note else audience.name


def _budget(campaign: Campaign, text: str) -> list[Block]:
    lines = list(campaign.budget_lines.all())
    if not lines:
        return list(narrated(text))
    total = sum(one.planned for one in lines)
    rows = [
        Row((str(at), one.name, one.source, wording.number(one.planned) if one.planned else ""))
        for at, one in enumerate(lines, start=1)
    ]
    if total:
        table = Table(BUDGET, [*rows, Row(("", "Tổng cộng", "", wording.number(total)))])
    else:  # who pays is known, how much is not
        table = Table(BUDGET[:-1], [Row(row.cells[:-1]) for row in rows])
    return [*narrated(text), table]


def _organisation(campaign: Campaign, items: Sequence[Item]) -> list[Block]:
    """Return who has how much to do; each item stands in the annex."""
    blocks: list[Block] = []
    if campaign.steering_body:
        head = campaign.steering_head
        led = f", đứng đầu là {wording.post_name(head)}" if head else ""
        blocks.append(Paragraph(f"{campaign.steering_body} chỉ đạo thực hiện kế hoạch này{led}."))
    counts: dict[str, int] = {}
    for item in items:
        counts[item.activity.organisation.name] = counts.get(item.activity.organisation.name, 0) + 1
    lines = [f"{name}: chủ trì {count} đầu mối công việc" for name, count in counts.items()]
    if lines:
        blocks += [
            Paragraph("Các cơ quan, đơn vị thực hiện theo Phụ lục phân công kèm theo kế hoạch này:"),
            *listed(lines),
        ]
    return blocks
