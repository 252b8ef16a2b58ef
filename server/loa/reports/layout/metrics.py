# SPDX-License-Identifier: AGPL-3.0-or-later
"""How wide words are, so that a rule can be a part of the text above it."""

from functools import lru_cache

from loa.reports.layout.values import FONTS

_SCALE = 20  # measured large: widths in points keep their fraction
MM_PER_POINT = 25.4 / 72


@lru_cache(maxsize=64)
def width_mm(text: str, size: float, *, bold: bool = True) -> float:
    """Return the width of a line of text in millimetres, by the metric twin of Times New Roman.

    Args:
        size: of the letters, in points.
    """
    from PIL import ImageFont

    name = "LiberationSerif-Bold.ttf" if bold else "LiberationSerif-Regular.ttf"
    face = ImageFont.truetype(str(FONTS / name), round(size * _SCALE))
    return float(face.getlength(" ".join(text.split()))) / _SCALE * MM_PER_POINT
