# SPDX-License-Identifier: AGPL-3.0-or-later
"""A map of villages drawn at the server: outlines or points of GeoJSON become one small SVG."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 600.0
HEIGHT_LEAST = 280.0
HEIGHT_MOST = 560.0
MARGIN = 34.0
LEAST_SPAN = 0.005  # degrees, half a kilometre: points closer together are not drawn far apart
RAMP_TURNS = 3  # from this step the words are written in the other ink

Pair = tuple[float, float]


@dataclass(frozen=True)
class Village:
    """One village on the map and in its table.

    ``geometry`` is a GeoJSON Polygon, MultiPolygon or Point, or None when its place is not known: then it
    stands in the table alone. ``state`` draws a mark (a key of states.py: sounding, silent, unknown, done …),
    ``ramp`` 0 to 5 colours the ground; ``value`` is the figure under the name, and "?" hatches the ground.
    """

    name: str
    geometry: Mapping[str, Any] | None
    state: str = ""
    ramp: int | None = None
    value: str = ""
    words: str = ""
    url: str = ""
    is_current: bool = False
    is_sample: bool = False


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class DrawnVillage:
    """A village with its shapes in the units of the drawing."""

    village: Village
    path: str
    x: float
    y: float
    name_at: Label
    value_at: Label | None
    is_hatched: bool

    @property
    def has_high_ink(self) -> bool:
        ramp = self.village.ramp
        return bool(self.path) and not self.is_hatched and ramp is not None and ramp >= RAMP_TURNS

    @property
    def look(self) -> str:
        return self.village.state.replace("_", "-")


@dataclass(frozen=True)
class VillageMap:
    width: int
    height: int
    villages: tuple[DrawnVillage, ...]  # those with a place
    rows: tuple[Village, ...]  # all of them


def as_village(value: Any) -> Village:
    """Take a village, or a mapping with its fields."""
    return value if isinstance(value, Village) else Village(**value)


KINDS = ("Thôn ", "Bản ", "Khu phố ", "Khu ", "Xóm ", "Ấp ", "Làng ", "Buôn ", "Tổ dân phố ", "Tổ ")


def short_name(name: str) -> str:
    """Leave out what kind of village it is: the map has no room, the table says it."""
    rest = next((name.removeprefix(kind) for kind in KINDS if name.startswith(kind)), name)
    return name if rest[:1].isdigit() else rest


def rings(geometry: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    """Yield every ring of a polygon or multipolygon."""
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon


def _points(geometry: Mapping[str, Any]) -> Iterator[Pair]:
    if geometry["type"] == "Point":
        yield geometry["coordinates"][0], geometry["coordinates"][1]
        return
    for ring in rings(geometry):
        for point in ring:
            yield point[0], point[1]


@dataclass(frozen=True)
class Projection:
    """Degrees to units of the drawing, true to shape at the middle latitude."""

    west: float
    north: float
    squeeze: float  # how much shorter a degree of longitude is
    scale: float
    left: float
    top: float
    height: float

    def __call__(self, point: Pair) -> Pair:
        x = self.left + (point[0] - self.west) * self.squeeze * self.scale
        y = self.top + (self.north - point[1]) * self.scale
        return round(x, 1), round(y, 1)


def projection(points: Sequence[Pair]) -> Projection:
    """Fit all points into the drawing with a margin for names."""
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    across, down = (east - west) * squeeze, north - south
    scale = min(
        (WIDTH - 2 * MARGIN) / max(across, LEAST_SPAN), (HEIGHT_MOST - 2 * MARGIN) / max(down, LEAST_SPAN)
    )
    height = min(HEIGHT_MOST, max(HEIGHT_LEAST, down * scale + 2 * MARGIN))
    left = (WIDTH - across * scale) / 2
    top = (height - down * scale) / 2
    return Projection(west, north, squeeze, scale, left, top, height)


def _path(geometry: Mapping[str, Any], project: Projection) -> str:
    parts = []
    for ring in rings(geometry):
        corners = [project((point[0], point[1])) for point in ring]
        parts.append("M" + "L".join(f"{x},{y}" for x, y in corners) + "Z")
    return "".join(parts)


def centre(geometry: Mapping[str, Any], project: Projection) -> Pair:
    """Return the middle of the largest ring, weighted by area, or of the point itself."""
    if geometry["type"] == "Point":
        return project((geometry["coordinates"][0], geometry["coordinates"][1]))
    best: tuple[float, Pair] = (-1.0, (0.0, 0.0))
    for ring in rings(geometry):
        corners = [project((point[0], point[1])) for point in ring]
        area, x, y = 0.0, 0.0, 0.0
        for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
            cross = x1 * y2 - x2 * y1
            area += cross
            x += (x1 + x2) * cross
            y += (y1 + y2) * cross
        if abs(area) > best[0] and area:
            best = (abs(area), (round(x / (3 * area), 1), round(y / (3 * area), 1)))
    return best[1] if best[0] > 0 else project(next(_points(geometry)))


def _draw(village: Village, geometry: Mapping[str, Any], project: Projection) -> DrawnVillage:
    x, y = centre(geometry, project)
    path = _path(geometry, project)
    is_hatched = village.value == "?"
    below = y + (22 if village.state else 4 - (9 if village.value else 0))
    value_at = Label(x, below + 17, village.value) if village.value else None
    return DrawnVillage(village, path, x, y, Label(x, below, short_name(village.name)), value_at, is_hatched)


def draw(villages: Iterable[Any]) -> VillageMap:
    """Draw all villages that have a place; the table keeps them all."""
    rows = tuple(as_village(village) for village in villages)
    placed = [(row, row.geometry) for row in rows if row.geometry]
    points = [point for _, geometry in placed for point in _points(geometry)]
    if not points:
        return VillageMap(int(WIDTH), int(HEIGHT_LEAST), (), rows)
    project = projection(points)
    drawn = tuple(_draw(village, geometry, project) for village, geometry in placed)
    # the chosen one last, so that no neighbour's edge lies over its own
    drawn = tuple(sorted(drawn, key=lambda one: one.village.is_current))
    return VillageMap(int(WIDTH), round(project.height), drawn, rows)
