# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ``loa plan`` does: look at a file, tell every row, take the good ones, write the plan out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.campaigns.importing import catalogue
from loa.campaigns.importing.actions import take_rows
from loa.campaigns.importing.columns import (
    COLUMN_NAMES,
    Choice,
    Column,
    best_of,
    check_columns,
    mapped,
    propose,
    year_of,
)
from loa.campaigns.importing.export import to_xlsx
from loa.campaigns.importing.given import Row
from loa.campaigns.importing.reading import read_tables
from loa.campaigns.importing.reasons import FileReason, PlanFileError
from loa.campaigns.importing.rows import check
from loa.campaigns.models import Campaign, ImportRowState
from loa.config import clock
from loa.config.errors import NotFoundError


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for beside the file."""

    wishes: tuple[str, ...] = ()
    table: int | None = None  # from 1
    year: int | None = None
    new_phases: bool = False


@dataclass(frozen=True)
class Report:
    """Every row of a file as it was looked at, and what was added."""

    file: Path
    campaign: Campaign
    table: str
    names: tuple[str, ...]  # of the table's columns
    choice: Choice
    rows: tuple[Row, ...]
    imported: int = 0

    def _count(self, state: ImportRowState) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def accepted(self) -> int:
        return self._count(ImportRowState.ACCEPTED)

    @property
    def refused(self) -> int:
        return self._count(ImportRowState.REFUSED)

    def as_dict(self) -> dict[str, Any]:
        """Return the form for programs."""
        return {
            "file": str(self.file),
            "campaign": self.campaign.key,
            "table": self.table,
            "columns": {column.value: self.names[at] for column, at in self.choice.columns.items()},
            "accepted": self.accepted,
            "refused": self.refused,
            "sections": self._count(ImportRowState.SECTION),
            "imported": self.imported,
            "rows": [_row_as_dict(row) for row in self.rows],
        }

    def lines(self) -> Iterator[str]:
        """Yield the columns, then every row, for people."""
        for column, at in sorted(self.choice.columns.items(), key=lambda pair: pair[1]):
            yield f"{self.names[at]} → {COLUMN_NAMES[column]} ({column.value})"
        yield ""
        for row in self.rows:
            yield from _row_lines(row)
        yield ""

    def question(self) -> str:
        """Return what is asked before anything is added."""
        return _("Nhập %(count)s đầu mối vào %(campaign)s?") % {
            "count": self.accepted,
            "campaign": self.campaign,
        }

    def said(self) -> str:
        """Return the figures at the end."""
        figures = {"accepted": self.accepted, "refused": self.refused, "imported": self.imported}
        if self.imported:
            return _("Đã nhập %(imported)s đầu mối; từ chối %(refused)s dòng.") % figures
        return _("Nhận được %(accepted)s dòng, từ chối %(refused)s dòng. Chưa nhập dòng nào.") % figures


def _row_as_dict(row: Row) -> dict[str, Any]:
    shown: dict[str, Any] = {"row": row.number, "state": row.state.value, "fields": dict(row.fields)}
    if row.problems:
        shown |= {
            "code": row.problems[0].reason.value,
            "reason": row.problems[0].text,
            "reasons": [
                {"code": problem.reason.value, "field": problem.column, "text": problem.text}
                for problem in row.problems
            ],
        }
    return shown


def _row_lines(row: Row) -> Iterator[str]:
    if row.state == ImportRowState.SECTION:
        yield _("Dòng %(number)s: mục %(name)s") % {"number": row.number, "name": row.fields["title"]}
    elif row.state == ImportRowState.ACCEPTED:
        told = (
            f"{COLUMN_NAMES[Column(column)]}: {' / '.join(words.splitlines())}"
            for column, words in row.fields.items()
        )
        yield _("Dòng %(number)s: nhận. %(fields)s") % {"number": row.number, "fields": "; ".join(told)}
    for problem in row.problems:
        where = COLUMN_NAMES[Column(problem.column)] if problem.column else _("cả dòng")
        yield _("Dòng %(number)s: từ chối [%(code)s] %(where)s: %(why)s") % {
            "number": row.number,
            "code": problem.reason.value,
            "where": where,
            "why": problem.text,
        }


def campaign_of(key: str) -> Campaign:
    """Return a campaign by its key; whoever runs commands on the machine may.

    Raises:
        NotFoundError: there is none.
    """
    found = Campaign.objects.select_related("organisation", "area").filter(key=key).first()
    if found is None:
        keys = ", ".join(Campaign.objects.order_by("-pk").values_list("key", flat=True)[:10]) or "-"
        raise NotFoundError(_("Không có chiến dịch mã %(key)s. Có: %(keys)s.") % {"key": key, "keys": keys})
    return found


def look(file: Path, key: str, wanted: Wanted) -> Report:
    """Look at every row of a file; nothing is stored.

    Raises:
        NotFoundError: there is no such campaign.
        PlanFileError: the file cannot be read, or the columns are not clear.
    """
    campaign = campaign_of(key)
    tables = read_tables(file)
    proposals = [propose(table) for table in tables]
    if wanted.table is not None and wanted.table > len(tables):
        raise PlanFileError(FileReason.NO_SUCH_TABLE, number=wanted.table, count=len(tables))
    place = best_of(proposals) if wanted.table is None else wanted.table - 1
    proposal = proposals[place]
    columns = mapped(proposal, wanted.wishes)
    check_columns(columns)
    choice = Choice(place, columns, wanted.year or year_of(campaign), wanted.new_phases)
    names = catalogue.read(campaign, localdate(clock.now()))
    rows = check(tables[place], proposal.heading, choice, names)
    return Report(file, campaign, proposal.name, proposal.heading.names, choice, tuple(rows))


def take(report: Report) -> Report:
    """Add the accepted rows, all or none.

    Raises:
        PlanError: a row cannot be stored after all; nothing was added.
    """
    count = take_rows(actor=None, campaign=report.campaign, rows=report.rows, file_name=report.file.name)
    return replace(report, imported=count)


def export(key: str, output: Path) -> int:
    """Write a plan to a file; return how many activities it holds.

    Raises:
        NotFoundError: there is no such campaign.
    """
    campaign = campaign_of(key)
    output.write_bytes(to_xlsx(campaign))
    return campaign.activities.count()
