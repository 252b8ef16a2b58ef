# SPDX-License-Identifier: AGPL-3.0-or-later
"""A table as both kinds of file give it: rows of text, what was merged filled in everywhere it covers."""

from collections.abc import Iterable
from dataclasses import dataclass

ROWS_LIMIT = 10_000
COLUMNS_LIMIT = 40
CELL_LIMIT = 32_767  # characters: what a spreadsheet holds


@dataclass(frozen=True)
class Line:
    """One row.

    Args:
        number: its row in the file, from 1.
        is_banner: one cell covers the whole width.
    """

    number: int
    cells: tuple[str, ...]
    is_banner: bool = False

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)


@dataclass(frozen=True)
class Table:
    """A sheet, or a table of a document."""

    name: str
    lines: tuple[Line, ...]

    @property
    def width(self) -> int:
        return max((len(line.cells) for line in self.lines), default=0)


@dataclass(frozen=True)
class Merge:
    """A block of merged cells, counted from 0; the last row and column belong to it."""

    top: int
    left: int
    bottom: int
    right: int


def table(name: str, rows: list[list[str]], merges: Iterable[Merge] = (), first: int = 1) -> Table:
    """Return a table in which every cell of a merged block says what the block says.

    Blocks never overlap in a file that a program wrote; what covers more cells than there are is left alone.
    """
    width = max((_used(row) for row in rows), default=0)
    grid = [[*row, *[""] * width][:width] for row in rows]
    banners: set[int] = set()
    room = len(grid) * width
    for merge in merges:
        if merge.top >= len(grid) or merge.left >= width:
            continue
        value = grid[merge.top][merge.left]
        lines_covered = range(merge.top, min(merge.bottom, len(grid) - 1) + 1)
        covered = range(merge.left, min(merge.right, width - 1) + 1)
        room -= len(lines_covered) * len(covered)
        if room < 0:
            break
        for number in lines_covered:
            for column in covered:
                grid[number][column] = value
            outside = [cell for at, cell in enumerate(grid[number]) if at not in covered and cell]
            if len(covered) > 2 and not outside:
                banners.add(number)
    lines = (Line(number + first, tuple(cells), number in banners) for number, cells in enumerate(grid))
    return Table(name, tuple(lines))


def _used(row: list[str]) -> int:
    """Return how many cells of a row are needed, empty ones at its end left out."""
    return next((at for at in range(len(row), 0, -1) if row[at - 1]), 0)
