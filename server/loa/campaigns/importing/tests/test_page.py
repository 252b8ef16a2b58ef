# SPDX-License-Identifier: AGPL-3.0-or-later
"""docs/plan-import.md says what the code says."""

import re
from pathlib import Path

from loa.campaigns.importing.columns import COLUMN_NAMES, SYNONYMS, Column
from loa.campaigns.importing.reasons import FILE_SENTENCES, SENTENCES, FileReason, Reason

PAGE = Path(__file__).resolve().parents[5] / "docs" / "plan-import.md"


def _told(sentence: object) -> str:
    return re.sub(r"%\((\w+)\)s", r"‹\1›", str(sentence)).replace("‹near›", " …").replace("  ", " ")


def tables() -> list[str]:
    """Return the rows of the three tables as the page must have them."""
    rows = [
        f"| `{column}` | {COLUMN_NAMES[column]} | {', '.join(SYNONYMS[column][:4])} |" for column in Column
    ]
    rows += [f"| `{code}` | {_told(FILE_SENTENCES[code])} |" for code in FileReason]
    rows += [f"| `{code}` | {_told(SENTENCES[code])} |" for code in Reason]
    return rows


def test_the_page_lists_every_column_and_every_reason_as_the_code_has_it() -> None:
    listed = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert listed == tables()


def test_there_are_more_than_forty_kinds_of_bad_rows() -> None:
    assert len(Reason) > 40
