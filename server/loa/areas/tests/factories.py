# SPDX-License-Identifier: AGPL-3.0-or-later
"""Areas for tests: real official codes, small numbers of them."""

from typing import Any

from loa.areas import tree
from loa.areas.folding import fold
from loa.areas.models import Area, AreaKind

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[107.60, 21.34], [107.61, 21.34], [107.61, 21.35], [107.60, 21.35], [107.60, 21.34]]],
}


def _make(parent: Area | None, step: int, code: str, kind: AreaKind, name: str, **fields: Any) -> Area:
    existing = Area.objects.filter(code=code).first()
    if existing is not None:
        return existing
    path = tree.path_below(parent.path if parent else "", step)
    area = Area(code=code, kind=kind, name=name, name_key=fold(name), path=path, **fields)
    area.depth = len(path) // tree.STEP_LENGTH
    area.save()
    if parent:
        parent.numchild += 1
        parent.save(update_fields=["numchild"])
    return area


def make_province(code: str = "22", name: str = "Tỉnh Quảng Ninh", **fields: Any) -> Area:
    """Return the province with this code, made when it is not there."""
    return _make(None, int(code), code, AreaKind.PROVINCE, name, **fields)


def make_commune(
    code: str = "06895", name: str = "Xã Đầm Hà", province: Area | None = None, **fields: Any
) -> Area:
    """Return the commune with this code (of Quảng Ninh unless told), made when it is not there."""
    fields = {"latitude": 21.3452, "longitude": 107.601, **fields}
    return _make(province or make_province(), int(code), code, AreaKind.COMMUNE, name, **fields)


def make_village(commune: Area | None = None, number: int = 1, name: str = "", **fields: Any) -> Area:
    """Return village ``number`` of a commune, made when it is not there; 100 households unless told."""
    commune = commune or make_commune()
    fields = {"households": 100, "latitude": 21.345, "longitude": 107.60, **fields}
    code = f"{commune.code}-{number:02d}"
    return _make(commune, number, code, AreaKind.VILLAGE, name or f"Thôn {number}", **fields)


def make_villages(commune: Area, count: int) -> list[Area]:
    """Return the first ``count`` villages of a commune."""
    return [make_village(commune, number) for number in range(1, count + 1)]
