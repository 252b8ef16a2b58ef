# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each kind of reading has a table of its own: `kinds/<module of loa_speech.rules>.tsv`, a text and its reading."""

import csv
import inspect
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from loa_speech import rules
from loa_speech.reading import normalise

FOLDER = Path(__file__).parent / "kinds"
TRIED = (
    *rules.AT_DIGIT,
    *rules.AT_CAPITAL_FIRST,
    *rules.AT_CAPITAL,
    *rules.AT_SMALL,
    *rules.AT_WORD,
    *rules.AT_SIGN,
    *rules.AT_FOREIGN,
)
KINDS = sorted({rule.__module__.rsplit(".", 1)[1] for rule in TRIED} | {"abbreviations"})


@cache
def rows_of(kind: str) -> list[tuple[str, str]]:
    with (FOLDER / f"{kind}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["text"], row["reading"]) for row in rows]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_reads_its_table(kind: str) -> None:
    for text, reading in rows_of(kind):
        assert normalise(text).spoken == reading


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_has_read_is_not_read_otherwise_again(kind: str) -> None:
    for _, reading in rows_of(kind):
        assert normalise(reading).spoken == reading


def test_each_table_belongs_to_a_kind() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.tsv")) == KINDS


def test_each_rule_of_a_module_is_tried() -> None:
    for module in iter_modules(rules.__path__):
        for name, made in inspect.getmembers(
            import_module(f"{rules.__name__}.{module.name}"), inspect.isfunction
        ):
            reads = inspect.signature(made).return_annotation == rules.Said | None
            if reads and not name.startswith("_"):
                assert made in TRIED, name
