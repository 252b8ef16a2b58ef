# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the documents name exists: files, functions, tests, other pages; decision records have no holes."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "server" / "loa"
PACKAGES = {
    "loa": APPS,
    "loa_protocol": ROOT / "protocol" / "loa_protocol",
    "loa_speech": ROOT / "speech" / "loa_speech",
    "loa_device": ROOT / "device" / "loa_device",
}
INVENTED = "boards"  # the app that the page on channels adds
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *DECISIONS,
]
QUOTED = re.compile(r"`([^`\s]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
PLACE = re.compile(r"[\w-]+(/[\w.-]+)+/?|[\w-]+\.py")
NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
PERMISSION = re.compile(r' = "(\w+\.\w+)"')


@cache
def names_in(file: Path) -> frozenset[str]:
    """Every name that a file defines or imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name for one in node.names}
    return frozenset(found)


@cache
def file_names() -> frozenset[str]:
    """The name of every file in the project's folders."""
    folders = ["protocol", "speech", "device", "server", "tests", "scripts", "bench", "deploy"]
    return frozenset(path.name for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())


def find(place: str) -> Path | None:
    """Return the file or folder that a page means: from the root, from an app, or in an app's templates."""
    app = place.partition("/")[0]
    for base in (ROOT, APPS, APPS / app / "templates", APPS / app / "static"):
        if (base / place).exists():
            return base / place
    return None


def is_ours(place: str) -> bool:
    """Whether a place with slashes begins in this project; ``db/`` and ``/media/`` lie elsewhere."""
    first = place.partition("/")[0]
    return (ROOT / first).is_dir() or (APPS / first).is_dir()


def has_name(dotted: str) -> bool:
    """Say whether ``package.module.name`` leads to something."""
    first, *rest = dotted.split(".")
    folder = PACKAGES.get(first, APPS / first)
    for number, part in enumerate(rest):
        if (folder / part).is_dir():
            folder /= part
            continue
        file = folder / f"{part}.py"
        if file.exists():
            return names_in(file).issuperset(rest[number + 1 :])
        return names_in(folder / "__init__.py").issuperset(rest[number:])
    return True


def is_true(quoted: str) -> bool:
    """Say whether what a page quotes exists, where it is the name of something of ours."""
    place, _, test = quoted.partition("::")
    if test:
        file = find(place)
        return file is not None and test in names_in(file)
    if quoted in file_names() or INVENTED in place.split("/"):
        return True
    if PLACE.fullmatch(place):
        return find(place) is not None if "/" in place and is_ours(place) else "/" in place
    first = place.partition(".")[0]
    if NAME.fullmatch(place) and (first in PACKAGES or (APPS / first).is_dir()):
        permissions = PERMISSION.findall((APPS / "people" / "rules.py").read_text(encoding="utf-8"))
        return place in permissions or has_name(place)
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [quoted for quoted in QUOTED.findall(text) if not is_true(quoted)] == []
    links = [link for link in LINK.findall(text) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    "quoted",
    [
        "audit.actions.nothing",
        "releases.nowhere.withdraw",
        "loa_device.player.Player.sing",
        "console/nowhere.py",
        "server/loa/nowhere/",
        "nowhere_at_all.py",
        "releases/tests/test_withdraw.py::test_nothing",
    ],
)
def test_what_does_not_exist_is_found(quoted: str) -> None:
    assert not is_true(quoted)


@pytest.mark.parametrize("quoted", ["db/", "LOA_HOME", "/media/<sha256>.opus", "audit.view", "loa.target"])
def test_what_is_no_name_of_a_file_is_left_alone(quoted: str) -> None:
    assert is_true(quoted)


def test_decision_records_are_numbered_without_holes() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("record", DECISIONS, ids=lambda record: record.name)
def test_a_decision_record_bears_its_number_and_says_how_it_stands(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert text.startswith(f"# {record.name[:4]} ")
    assert re.search(r"^\*\*Status:\*\* (accepted|superseded by \d{4})", text, re.MULTILINE)
