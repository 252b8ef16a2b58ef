# SPDX-License-Identifier: AGPL-3.0-or-later
"""A plan as .xlsx: one row for each activity, in columns that the import reads again without asking."""

import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.areas.folding import printable
from loa.campaigns.importing import catalogue
from loa.campaigns.importing.columns import COLUMN_NAMES, Column
from loa.campaigns.models import Activity, Campaign, EvidenceKind
from loa.campaigns.queries import activities_of
from loa.campaigns.words import CHANNEL_NAMES, EVIDENCE_NAMES
from loa.config import clock

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate
_WIDTHS = {
    Column.NUMBER: 6, Column.TITLE: 60, Column.ORGANISATION: 32, Column.HEAD: 28, Column.CONTRIBUTORS: 32,
    Column.KEY_MESSAGES: 40, Column.NOTE: 40,
}  # fmt: skip
_WRAPPED = frozenset({Column.TITLE, Column.KEY_MESSAGES, Column.NOTE})
EXPORTED = tuple(column for column in Column if column is not Column.PRODUCT)


def rows_of(campaign: Campaign, today: date) -> Iterator[tuple[Any, ...]]:
    """Yield the rows below the heading, as ``EXPORTED`` orders them; a fixed number of queries."""
    names = catalogue.read(campaign, today)
    found = activities_of(campaign).prefetch_related("contributors__area", "areas", "key_messages")
    for number, activity in enumerate(found, start=1):
        cells = _cells(names, activity)
        yield (number, *(cells.get(column, "") for column in EXPORTED[1:]))


def _cells(names: catalogue.Catalogue, activity: Activity) -> dict[Column, Any]:
    post, office = activity.accountable_post, activity.accountable_post.organisation
    return {
        Column.PHASE: activity.phase.name if activity.phase else "",
        Column.TITLE: activity.title,
        Column.ORGANISATION: names.office_names.get(office.pk, office.name),
        Column.HEAD: names.post_names.get(post.pk, post.title),
        Column.CONTRIBUTORS: "; ".join(
            names.office_names.get(one.pk, one.name) for one in activity.contributors.all()
        ),
        Column.START: activity.start or "",
        Column.DUE: activity.due or "",
        Column.DUE_NOTE: activity.due_note,
        Column.QUANTITY: activity.quantity or "",
        Column.UNIT: activity.unit,
        Column.CHANNELS: "; ".join(str(CHANNEL_NAMES.get(key, key)) for key in activity.channels),
        Column.AREAS: "; ".join(names.area_names.get(one.pk, one.name) for one in activity.areas.all()),
        Column.PLACE: activity.place,
        Column.KEY_MESSAGES: "\n".join(one.text for one in activity.key_messages.all()),
        Column.EVIDENCE: "; ".join(
            str(EVIDENCE_NAMES[EvidenceKind(kind)]) for kind in activity.evidence_required
        ),
        Column.NOTE: activity.note,
    }


def to_xlsx(campaign: Campaign, *, report: Callable[[int], None] = lambda _done: None) -> bytes:
    """Return the plan; a cell that a spreadsheet would calculate is marked as text.

    Args:
        report: told after each row how many there are.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Kế hoạch"))
    sheet.freeze_panes = "D2"
    for at, column in enumerate(EXPORTED, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(column, 18)
    heading = [WriteOnlyCell(sheet, str(COLUMN_NAMES[column])) for column in EXPORTED]
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    for cell in heading:
        cell.font = bold
    sheet.append(heading)
    for number, row in enumerate(rows_of(campaign, localdate(clock.now())), start=1):
        sheet.append([_cell(sheet, *pair, wrapped) for pair in zip(EXPORTED, row, strict=True)])
        report(number)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, column: Column, value: Any, wrapped: Any) -> Any:
    """Return a cell; a plain value where nothing has to be said of it, which costs much less."""
    from openpyxl.cell import WriteOnlyCell

    value = printable(value) if isinstance(value, str) else value
    is_formula = isinstance(value, str) and value.startswith(FORMULA)
    if not (is_formula or isinstance(value, date) or column in _WRAPPED):
        return value
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    elif column in _WRAPPED:
        cell.alignment = wrapped
    if is_formula:
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell
