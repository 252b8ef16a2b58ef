# SPDX-License-Identifier: AGPL-3.0-or-later
"""The official provinces and communes since 1 July 2025, read from the package vietnamadminunits.

The package's own interface loads its address parsers and opens its database for writing; only the table is
wanted here, so the file is read directly and read-only.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from django.utils.translation import gettext as _

from loa.areas.folding import nfc
from loa.config.errors import LoaError

PACKAGE = "vietnamadminunits"

# Where the package departs from the official list, by the package's code; see decision 0010.
CODE_CORRECTIONS = {"06970": "06978"}  # Xã Ba Chẽ, Quảng Ninh
NAME_CORRECTIONS = {"75": "Thành phố Đồng Nai"}  # a city since 30 April 2026


class OfficialUnitsError(LoaError):
    """The packaged list of official units cannot be read, or has no such province."""

    code = "official_units"


@dataclass(frozen=True)
class OfficialUnit:
    """One province or commune; the point is in degrees, WGS 84."""

    code: str
    name: str
    parent_code: str  # "" for a province
    latitude: float
    longitude: float


def _dataset() -> Path:
    spec = find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or []) if spec else []
    for place in places:
        path = Path(place) / "data" / "dataset.db"
        if path.is_file():
            return path
    raise OfficialUnitsError(
        _("Thiếu danh mục đơn vị hành chính (%(package)s). Cài lại bằng make install.") % {"package": PACKAGE}
    )


def _rows(province_code: str | None) -> Iterator[tuple[str, str, float, float, str, str, float, float]]:
    query = (
        "SELECT provinceCode, province, provinceLat, provinceLon, wardCode, ward, wardLat, wardLon "
        "FROM admin_units WHERE ? IS NULL OR provinceCode = ? ORDER BY provinceCode, wardCode"
    )
    with closing(sqlite3.connect(f"{_dataset().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        yield from connection.execute(query, (province_code, province_code))


def official_units(province_code: str | None = None) -> list[OfficialUnit]:
    """Return the official units in the order of the tree: each province, then its communes.

    Args:
        province_code: two digits ("22" is Quảng Ninh); all 34 provinces when left out.

    Raises:
        OfficialUnitsError: the list cannot be read, or no province has this code.
    """
    units: list[OfficialUnit] = []
    seen: set[str] = set()
    for province, province_name, latitude, longitude, code, name, commune_lat, commune_lon in _rows(
        province_code
    ):
        if province not in seen:
            seen.add(province)
            name_now = NAME_CORRECTIONS.get(province, province_name)
            units.append(OfficialUnit(province, nfc(name_now), "", latitude, longitude))
        units.append(
            OfficialUnit(CODE_CORRECTIONS.get(code, code), nfc(name), province, commune_lat, commune_lon)
        )
    if not units:
        raise OfficialUnitsError(
            _("Không có tỉnh mã %(code)s. Mã tỉnh có hai chữ số, ví dụ 22 là Quảng Ninh.")
            % {"code": province_code}
        )
    return units
