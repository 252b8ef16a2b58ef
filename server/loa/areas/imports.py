# SPDX-License-Identifier: AGPL-3.0-or-later
"""Villages as an office has them: pasted from a spreadsheet, or a CSV file."""

import csv
from collections.abc import Sequence

from django.utils.translation import gettext as _

from loa.areas.actions import VillageError, VillageInput
from loa.areas.folding import nfc

LINES_AT_MOST = 500
_HEADINGS = {"tên", "tên thôn", "thôn", "thôn, bản, khu phố"}


def _separator(text: str) -> str:
    return next((mark for mark in ("\t", ";") if mark in text), ",")


def _whole(value: str, line: int, what: str) -> int | None:
    digits = value.replace(".", "").replace(" ", "").replace("\u00a0", "")
    if not digits:
        return None
    if not digits.isascii() or not digits.isdigit():
        raise VillageError(
            _("Dòng %(line)s: %(what)s “%(value)s” không phải số. Sửa dòng này rồi nhập lại.")
            % {"line": line, "what": what, "value": value}
        )
    return int(digits)


def _degrees(value: str, line: int) -> float | None:
    if not value:
        return None
    try:
        return float(value.replace(",", "."))
    except ValueError as error:
        raise VillageError(
            _("Dòng %(line)s: tọa độ “%(value)s” không phải số. Ghi bằng độ, ví dụ 21,345.")
            % {"line": line, "value": value}
        ) from error


def _village(cells: Sequence[str], line: int) -> VillageInput:
    name, households, population, latitude, longitude = (*cells, "", "", "", "", "")[:5]
    if not name:
        raise VillageError(_("Dòng %(line)s thiếu tên thôn. Sửa dòng này rồi nhập lại.") % {"line": line})
    return VillageInput(
        name=name,
        households=_whole(households, line, _("số hộ")),
        population=_whole(population, line, _("số dân")),
        latitude=_degrees(latitude, line),
        longitude=_degrees(longitude, line),
    )


def parse_villages(text: str) -> list[VillageInput]:
    """Read villages from lines of: name, households, people, latitude, longitude; only the name is needed.

    Columns are separated by tabs (pasted from a spreadsheet), semicolons or commas; a heading is skipped.

    Raises:
        VillageError: names the line that cannot be read, or says that there is none.
    """
    rows = csv.reader(text.splitlines(), delimiter=_separator(text))
    villages = []
    for line, row in enumerate(rows, start=1):
        cells = [nfc(cell) for cell in row]
        if not any(cells) or (line == 1 and cells[0].casefold() in _HEADINGS):
            continue
        villages.append(_village(cells, line))
    if not villages:
        raise VillageError(_("Chưa có dòng nào. Mỗi thôn một dòng: tên, số hộ, số dân."), field="text")
    if len(villages) > LINES_AT_MOST:
        raise VillageError(
            _("Có hơn %(count)s dòng. Chia làm nhiều lần nhập.") % {"count": LINES_AT_MOST}, field="text"
        )
    return villages
