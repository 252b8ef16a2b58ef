# SPDX-License-Identifier: AGPL-3.0-or-later
"""The kinds of documents, their sections that people write, and the periods that reports are about."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.config.errors import LoaError
from loa.reports.models import Kind

Words = str | Promise
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


class ReportError(LoaError):
    """A document cannot be as it was asked for; ``field`` says where."""

    code = "report"


@dataclass(frozen=True)
class Section:
    """A place in a document where people write; ``hint`` says what belongs there."""

    key: str
    name: Words
    hint: Words = ""


KIND_NAMES: dict[Kind, Words] = {
    Kind.PLAN: gettext_lazy("Kế hoạch"),
    Kind.ASSIGNMENT: gettext_lazy("Phụ lục phân công"),
    Kind.WEEKLY: gettext_lazy("Báo cáo tuần"),
    Kind.MONTHLY: gettext_lazy("Báo cáo tháng"),
    Kind.FINAL: gettext_lazy("Báo cáo kết quả"),
}

_PLAN = (
    Section("opening", gettext_lazy("Câu mở đầu"), gettext_lazy("Đứng sau căn cứ, trước mục I.")),
    Section(
        "purpose", gettext_lazy("I. Mục đích, yêu cầu"), gettext_lazy("Để trống thì lấy lời của kế hoạch.")
    ),
    Section(
        "content",
        gettext_lazy("II. Nội dung"),
        gettext_lazy("Thông điệp, đối tượng, thời gian, kênh tự điền từ kế hoạch."),
    ),
    Section("budget", gettext_lazy("III. Kinh phí"), gettext_lazy("Bảng kinh phí tự điền từ kế hoạch.")),
    Section(
        "organisation",
        gettext_lazy("IV. Tổ chức thực hiện"),
        gettext_lazy("Việc của từng cơ quan tự điền từ đầu mối công việc."),
    ),
)
_REPORT = (
    Section(
        "direction",
        gettext_lazy("I. Công tác chỉ đạo, triển khai"),
        gettext_lazy("Văn bản đã ban hành, cuộc họp, phân công."),
    ),
    Section(
        "results",
        gettext_lazy("II. Kết quả thực hiện"),
        gettext_lazy("Lời dẫn; tiến độ, lượt phát và số liệu tự điền."),
    ),
    Section("strengths", gettext_lazy("III.1. Ưu điểm")),
    Section("limits", gettext_lazy("III.2. Tồn tại, hạn chế")),
    Section("causes", gettext_lazy("III.3. Nguyên nhân")),
    Section(
        "tasks",
        gettext_lazy("IV. Nhiệm vụ, giải pháp"),
        gettext_lazy("Đầu mối sắp đến hạn tự điền vào bảng."),
    ),
    Section("requests", gettext_lazy("V. Kiến nghị, đề xuất")),
)
SECTIONS: dict[Kind, tuple[Section, ...]] = {
    Kind.PLAN: _PLAN,
    Kind.ASSIGNMENT: (),
    Kind.WEEKLY: _REPORT,
    Kind.MONTHLY: _REPORT,
    Kind.FINAL: _REPORT,
}


@dataclass(frozen=True)
class Span:
    """The days that a report is about, both included; None is open."""

    first: date | None = None
    last: date | None = None

    @property
    def words(self) -> str:
        """Return the days as a document says them."""
        if self.first is None or self.last is None:
            return ""
        return f"từ ngày {self.first:%d/%m/%Y} đến ngày {self.last:%d/%m/%Y}"


def span_of(kind: Kind, period: str) -> Span:
    """Return the days of a period; the whole campaign for documents without one.

    Args:
        period: an ISO week ("2026-W47") of a weekly report, a month ("2026-11") of a monthly one.

    Raises:
        ReportError: it is not such a period.
    """
    if kind is Kind.WEEKLY and (found := _WEEK.fullmatch(period)):
        year, week = map(int, found.groups())
        if 1 <= week <= date(year, 12, 28).isocalendar().week and year >= 2000:
            first = date.fromisocalendar(year, week, 1)
            return Span(first, first + timedelta(days=6))
    if kind is Kind.MONTHLY and (found := _MONTH.fullmatch(period)):
        year, month = map(int, found.groups())
        if 1 <= month <= 12 and year >= 2000:
            return Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    if kind not in {Kind.WEEKLY, Kind.MONTHLY} and not period:
        return Span()
    raise ReportError(_wanted(kind), field="period")


def _wanted(kind: Kind) -> str:
    if kind is Kind.WEEKLY:
        return _("Không có tuần này. Ghi năm và tuần, ví dụ 2026-W47.")
    if kind is Kind.MONTHLY:
        return _("Không có tháng này. Ghi năm và tháng, ví dụ 2026-11.")
    return _("Văn bản này là của cả chiến dịch. Bỏ trống kỳ.")


def period_at(kind: Kind, day: date) -> str:
    """Return the period of a kind that a day lies in."""
    if kind is Kind.WEEKLY:
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day:%Y-%m}" if kind is Kind.MONTHLY else ""


def period_name(kind: Kind, period: str) -> str:
    """Return a period as people call it."""
    if kind is Kind.WEEKLY:
        year, _between, week = period.partition("-W")
        return _("tuần %(week)d năm %(year)s") % {"week": int(week), "year": year}
    if kind is Kind.MONTHLY:
        year, _between, month = period.partition("-")
        return _("tháng %(month)d năm %(year)s") % {"month": int(month), "year": year}
    return ""


def document_name(kind: Kind, period: str) -> Words:
    """Return what people call a document: "Báo cáo tuần 47 năm 2026"."""
    if not period:
        return KIND_NAMES[kind]
    return _("Báo cáo %(period)s") % {"period": period_name(kind, period)}


def kind_named(name: str) -> Kind:
    """Return the kind of a name in an address or command.

    Raises:
        ReportError: there is none.
    """
    if name not in Kind.values:
        raise ReportError(
            _("Không có loại văn bản %(name)s. Có: %(names)s.")
            % {"name": name, "names": ", ".join(Kind.values)},
            field="kind",
        )
    return Kind(name)
