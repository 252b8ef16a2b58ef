# SPDX-License-Identifier: AGPL-3.0-or-later
"""docs/protocol.md says what the code does: the ladder, the reason codes, the subjects."""

import ast
from pathlib import Path
from typing import get_args

import loa_protocol
from loa_protocol.envelope import PAYLOAD_TYPES
from loa_protocol.ladder import LADDER_CLASSES, step
from loa_protocol.reasons import REASONS
from loa_protocol.reasons import table as reasons_table
from loa_protocol.wire import BEAT_SECONDS, Verb, device_subject, events_subject, look_subject

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
SOURCES = sorted(Path(loa_protocol.__file__).parent.glob("*.py"))


def table(name: str) -> list[list[str]]:
    """Rows of the marked table, without its two head lines."""
    lines = PAGE.split(f"<!-- {name} -->")[1].split(f"<!-- /{name} -->")[0].strip().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:1] + lines[2:]]


def test_the_pages_ladder_is_the_codes_ladder() -> None:
    head, *rows = table("ladder")
    assert head[1:] == list(LADDER_CLASSES)
    assert [row[0] for row in rows] == list(LADDER_CLASSES)
    for playing, *cells in rows:
        for arriving, cell in zip(LADDER_CLASSES, cells, strict=True):
            found = step(playing, arriving)  # type: ignore[arg-type]
            assert cell == ", ".join(part for part in found if part), (playing, arriving)


CHECKS_WITH_CODE = {"_check_unique", "_check_length"}  # they make a MalformedError with their first argument


def raised() -> dict[str, set[str]]:
    """Reason code -> names of the errors that are made with it, read from the sources."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            name = "MalformedError" if node.func.id in CHECKS_WITH_CODE else node.func.id
            code = node.args[0]
            if name.endswith("Error") and isinstance(code, ast.Constant):
                found.setdefault(str(code.value), set()).add(name)
    return found


def test_every_error_has_its_code_in_the_table_and_no_other() -> None:
    errors = {code: origin for code, (origin, _meaning) in REASONS.items() if origin.endswith("Error")}
    assert {code: {origin} for code, origin in errors.items()} == raised()


def test_the_page_holds_the_table() -> None:
    head, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in reasons_table().splitlines()
    )
    assert table("codes") == [head, *rows[1:]]


def test_the_page_names_every_payload_type_and_subject() -> None:
    for payload_type in PAYLOAD_TYPES:
        assert payload_type in PAGE or f"….{payload_type.split('.')[-1]}" in PAGE
    shown = {cell.split("`")[1] for cell in PAGE.splitlines() if cell.startswith("| `loa.")}
    made = {look_subject("i", "c"), events_subject("i", "c")}
    made |= {device_subject("i", "c", "d", verb) for verb in get_args(Verb)}
    assert {one.format(installation="i", commune="c", id="d") for one in shown} == made
    assert f"every {BEAT_SECONDS} s" in PAGE
