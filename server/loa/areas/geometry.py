# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where an area lies, as a map draws it."""

from typing import Any

from loa.areas.models import Area


def geometry(area: Area) -> dict[str, Any] | None:
    """Return an area's outline, or its point, or None when its place is not known."""
    if area.outline:
        return dict(area.outline)
    if area.latitude is None or area.longitude is None:
        return None
    return {"type": "Point", "coordinates": [area.longitude, area.latitude]}
