# SPDX-License-Identifier: AGPL-3.0-or-later
"""Outlines of areas: GeoJSON in, checked GeoJSON out."""

import json
import re
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from loa.config.errors import LoaError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

POINTS_AT_MOST = 5000
DIGITS = 6  # of a degree: about 10 cm
LONGITUDES = (100.0, 120.0)  # generous around the mainland and both archipelagos
LATITUDES = (4.0, 24.0)


class OutlineError(LoaError):
    """An outline cannot be used; the sentence says where and why."""

    code = "outline"


def _no_number(name: str) -> None:
    """Refuse NaN and Infinity, which Python's reader would take."""
    raise ValueError(name)


def _parse(outline: str | dict[str, Any]) -> dict[str, Any]:
    try:
        text = outline if isinstance(outline, str) else json.dumps(outline, allow_nan=False)
        outline = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise OutlineError(
            _("Đường ranh không phải GeoJSON. Dán nguyên nội dung tệp .geojson."), field="outline"
        ) from error
    if isinstance(outline, dict) and outline.get("type") == "Feature":
        outline = outline.get("geometry") or {}
    if not isinstance(outline, dict) or outline.get("type") not in {"Polygon", "MultiPolygon"}:
        raise OutlineError(
            _("Đường ranh phải là một vùng: GeoJSON kiểu Polygon hoặc MultiPolygon."), field="outline"
        )
    return outline


def _check_extent(geometry: "BaseGeometry") -> None:
    west, south, east, north = geometry.bounds
    if not (
        LONGITUDES[0] <= west <= east <= LONGITUDES[1] and LATITUDES[0] <= south <= north <= LATITUDES[1]
    ):
        raise OutlineError(
            _("Đường ranh nằm ngoài Việt Nam. Kiểm tra thứ tự: kinh độ trước, vĩ độ sau, đơn vị độ."),
            field="outline",
        )


def _invalid(reason: str) -> OutlineError:
    """Turn the geometry library's reason ("Self-intersection[107.6 21.3]") into a sentence."""
    place = re.search(r"\[(-?[\d.]+) (-?[\d.]+)\]", reason)
    if place and reason.startswith(("Self-intersection", "Ring Self-intersection")):
        longitude, latitude = (number_format(float(part), 5) for part in place.groups())
        return OutlineError(
            _(
                "Đường ranh tự cắt nhau gần kinh độ %(longitude)s, vĩ độ %(latitude)s. "
                "Vẽ lại để các cạnh không cắt nhau."
            )
            % {"longitude": longitude, "latitude": latitude},
            field="outline",
        )
    return OutlineError(_("Đường ranh không khép thành một vùng. Vẽ lại từ đầu."), field="outline")


def check_outline(outline: str | dict[str, Any]) -> dict[str, Any]:
    """Return an outline as it is stored: a Polygon or MultiPolygon, longitudes first, six decimals.

    Args:
        outline: GeoJSON as text or as parsed; a Feature is unwrapped.

    Raises:
        OutlineError: it is no area, crosses itself, lies elsewhere, or has too many points.
    """
    # Imported here: shapely brings numpy, which the gateway must not load.
    import shapely
    from shapely.geometry import mapping, shape
    from shapely.geometry.polygon import orient
    from shapely.validation import explain_validity

    parsed = _parse(outline)
    try:
        geometry = shape(parsed)
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        shapely.errors.ShapelyError,
    ) as error:
        raise OutlineError(
            _("Đường ranh thiếu tọa độ hoặc tọa độ không phải số. Xuất lại từ phần mềm bản đồ."),
            field="outline",
        ) from error
    if geometry.is_empty:
        raise OutlineError(_("Đường ranh không có điểm nào. Xuất lại từ phần mềm bản đồ."), field="outline")
    if shapely.get_num_coordinates(geometry) > POINTS_AT_MOST:
        raise OutlineError(
            _("Đường ranh có quá %(count)s điểm. Làm gọn đường ranh rồi nhập lại.")
            % {"count": f"{POINTS_AT_MOST:,}".replace(",", ".")},
            field="outline",
        )
    _check_extent(geometry)
    geometry = shapely.transform(shapely.force_2d(geometry), lambda points: points.round(DIGITS))
    if not geometry.is_valid:
        raise _invalid(explain_validity(geometry))
    if geometry.geom_type == "Polygon":
        geometry = orient(geometry)
    return json.loads(json.dumps(mapping(geometry)))  # type: ignore[no-any-return]  # tuples to lists


def centre_of(outline: dict[str, Any]) -> tuple[float, float]:
    """Return latitude and longitude of a point that surely lies inside a checked outline."""
    from shapely.geometry import shape  # see check_outline

    point = shape(outline).representative_point()
    return round(point.y, DIGITS), round(point.x, DIGITS)
