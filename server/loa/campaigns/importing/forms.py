# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody chooses of a file: the file itself, then what each of its columns says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.campaigns.importing.columns import COLUMN_NAMES, Choice, Column, letter
from loa.campaigns.importing.dates import FIRST_YEAR, LAST_YEAR
from loa.campaigns.importing.packages import SIZE_LIMIT
from loa.campaigns.models import PlanImport
from loa.config.errors import LoaError
from loa.people.plain_forms import PlainForm

SAMPLES = 3  # cells shown of each column


class ChoiceError(LoaError):
    """What was chosen cannot be."""

    code = "bad_choice"


class PlanFileForm(PlainForm):
    """The file of a plan."""

    file = forms.FileField(
        label=gettext_lazy("Tệp kế hoạch"),
        allow_empty_file=True,
        help_text=gettext_lazy("Tệp .docx có bảng, hoặc .xlsx; nhiều nhất %(limit)s MB và 10.000 dòng.")
        % {"limit": SIZE_LIMIT // 1024 // 1024},
        error_messages={"required": gettext_lazy("Chưa chọn tệp. Chọn tệp .docx hoặc .xlsx.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.xlsx"}),
    )


@dataclass(frozen=True)
class ColumnLine:
    """One column of the file with what it may say."""

    name: str  # of its select
    letter: str
    heading: str
    samples: list[str]
    chosen: str  # a ``Column``, "" for none

    @property
    def options(self) -> list[tuple[str, str | Promise, bool]]:
        """Return value, words and whether it is chosen."""
        choices = [("", _("không dùng")), *((column.value, COLUMN_NAMES[column]) for column in Column)]
        return [(value, words, value == self.chosen) for value, words in choices]


@dataclass(frozen=True)
class TableLink:
    """A table of the file that can be chosen instead."""

    name: str
    rows: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class ColumnsPage:
    """What the page of columns shows of one table."""

    table: int
    tables: list[TableLink]
    lines: list[ColumnLine]
    year: str
    new_phases: bool


def table_chosen(plan_import: PlanImport, wanted: str) -> int:
    """Return which table is looked at: the one that the address names (from 1), else the one chosen."""
    number = int(wanted) - 1 if wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else -1
    return number if 0 <= number < len(plan_import.tables) else int(plan_import.choice["table"])


def columns_page(plan_import: PlanImport, wanted: str, sent: Mapping[str, str] | None = None) -> ColumnsPage:
    """Return the columns of a table as they were sent, chosen before, or proposed."""
    at = table_chosen(plan_import, wanted)
    table, choice = plan_import.tables[at], plan_import.choice
    columns = choice["columns"] if at == choice["table"] else table["columns"]
    by_place = {place: column for column, place in columns.items()}
    lines = [
        ColumnLine(
            name=f"cot-{place}",
            letter=letter(place),
            heading=heading,
            samples=_samples(table, place),
            chosen=by_place.get(place, "") if sent is None else sent.get(f"cot-{place}", ""),
        )
        for place, heading in enumerate(table["names"])
    ]
    year = str(choice["year"] or "") if sent is None else sent.get("year", "")
    tables = [
        TableLink(one["name"], one["rows"], f"?cot=1&bang={place}", place == at + 1)
        for place, one in enumerate(plan_import.tables, start=1)
    ]
    return ColumnsPage(
        at, tables, lines, year, bool(choice["new_phases"] if sent is None else sent.get("new_phases"))
    )


def _samples(table: Mapping[str, Any], place: int) -> list[str]:
    cells = (row[place + 1] for row in table["first_rows"] if place + 1 < len(row))
    return list(dict.fromkeys(cell for cell in cells if cell))[:SAMPLES]


def choice_of(plan_import: PlanImport, sent: Mapping[str, str]) -> Choice:
    """Return what was sent as a choice.

    Raises:
        ChoiceError: two columns say the same, or the year is none.
    """
    at = table_chosen(plan_import, sent.get("bang", ""))
    columns: dict[Column, int] = {}
    for place, heading in enumerate(plan_import.tables[at]["names"]):
        value = sent.get(f"cot-{place}", "")
        if value not in {column.value for column in Column}:
            continue
        column = Column(value)
        if column in columns:
            raise ChoiceError(
                _("Hai cột cùng là %(what)s. Giữ một, cột “%(heading)s” chọn khác.")
                % {"what": COLUMN_NAMES[column], "heading": heading}
            )
        columns[column] = place
    year = sent.get("year", "").strip()
    if year and not (
        year.isascii() and year.isdigit() and len(year) == 4 and FIRST_YEAR <= int(year) <= LAST_YEAR
    ):
        raise ChoiceError(_("Năm chưa đúng. Ghi bốn chữ số, ví dụ 2026."))
    return Choice(at, columns, int(year) if year else None, bool(sent.get("new_phases")))
