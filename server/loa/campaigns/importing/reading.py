# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a file to its tables."""

from pathlib import Path

from loa.campaigns.importing.documents import read_document
from loa.campaigns.importing.grid import Table
from loa.campaigns.importing.packages import kind_of
from loa.campaigns.importing.reasons import FileReason, PlanFileError
from loa.campaigns.importing.workbooks import read_workbook


def read_tables(path: Path) -> list[Table]:
    """Return every table of a .docx or .xlsx.

    Raises:
        PlanFileError: it is neither, not safe to open, broken, or holds no table.
    """
    tables = read_workbook(path) if kind_of(path) == "xlsx" else read_document(path)
    if not tables:
        raise PlanFileError(FileReason.NO_TABLE)
    return tables
