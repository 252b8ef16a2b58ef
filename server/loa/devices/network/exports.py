# SPDX-License-Identifier: AGPL-3.0-or-later
"""The play log of a period for inspection, as .xlsx or CSV: what each device did at each due time, and its proof."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.campaigns.importing.export import FORMULA
from loa.config.errors import ConflictError
from loa.deliveries.models import Delivery
from loa.deliveries.queries import in_force
from loa.devices.network.rates import day_bounds
from loa.devices.sentences import reason
from loa.people.models import Person
from loa.people.queries import covered
from loa.people.rules import Permission
from loa.releases.models import Release
from loa.ui.dates import local
from loa.ui.states import STRENGTHS, state_of

MOST_ROWS = 5000  # written while somebody waits; a longer period is taken in parts
WIDTHS = (24, 20, 28, 22, 40, 20, 14, 34, 20, 20, 10, 12, 16, 16)


def rows_between(person: Person, first: date, last: date) -> QuerySet[Delivery]:
    """Return the log of devices that ``person`` sees, of the local days ``first`` to ``last``, by time.

    Raises:
        ConflictError: the period ends before it begins.
    """
    if last < first:
        raise ConflictError(_("Ngày cuối trước ngày đầu. Chọn lại khoảng ngày."), field="last")
    seen = covered(person, Permission.DEVICE_VIEW, field="village__path")
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    found = in_force().filter(seen, due_at__gte=start, due_at__lt=end)
    return found.select_related("village").order_by("due_at", "place_name", "pk")


def check_length(rows: QuerySet[Delivery]) -> int:
    """Return how many rows there are.

    Raises:
        ConflictError: more than are written while somebody waits.
    """
    count = rows.count()
    if count > MOST_ROWS:
        words = _("Khoảng này có hơn 5.000 dòng. Chọn khoảng ngắn hơn rồi xuất từng phần; sổ vẫn giữ đủ.")
        raise ConflictError(words, field="last")
    return count


def heading() -> list[str]:
    """Return the names of the columns."""
    return [
        _("Cụm loa"), _("Thôn"), _("Tin"), _("Loại tin"), _("Mã lượt"), _("Giờ phải phát"), _("Kết quả"),
        _("Lý do"), _("Bắt đầu"), _("Kết thúc"), _("Giây"), _("Mức tiếng, dB"), _("Độ chắc"), _("Số dòng của máy"),
    ]  # fmt: skip


def cells(rows: Iterable[Delivery]) -> Iterator[list[Any]]:
    """Yield the cells of each row, below the heading; times are local. One query besides the rows."""
    rows = list(rows)
    releases = Release.objects.filter(pk__in={row.release_id for row in rows}).select_related("revision")
    known = {release.pk: release for release in releases}
    for row in rows:
        release = known.get(row.release_id)
        yield [
            row.place_name,
            row.village.name,
            release.revision.title if release else "",
            str(state_of(release.priority_class).word) if release else "",
            str(row.placement_id),
            _time(row.due_at),
            str(state_of(row.outcome).word),
            reason(row.reason) if row.reason else "",
            _time(row.started_at),
            _time(row.ended_at),
            row.seconds,
            row.evidence.get("level_db"),
            str(STRENGTHS[row.proof if row.seconds else ""].word),
            row.sequence,
        ]


def _time(moment: datetime | None) -> datetime | None:
    return None if moment is None else local(moment).replace(tzinfo=None)


def _is_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith(FORMULA)


def to_csv(rows: Iterable[Delivery]) -> bytes:
    """Return the rows as CSV in UTF-8 with its mark; what a spreadsheet would calculate begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading())
    for row in cells(rows):
        writer.writerow(["'" + value if _is_formula(value) else value for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_xlsx(rows: Iterable[Delivery]) -> bytes:
    """Return the rows as a workbook; what a spreadsheet would calculate is marked as text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Sổ lượt phát"))
    sheet.freeze_panes = "A2"
    for at, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.append(heading())
    for row in cells(rows):
        sheet.append([_cell(WriteOnlyCell(sheet, value), value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(cell: Any, value: object) -> Any:
    if isinstance(value, datetime):
        cell.number_format = "dd/mm/yyyy hh:mm:ss"
    elif _is_formula(value):
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell
