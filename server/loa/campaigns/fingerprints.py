# SPDX-License-Identifier: AGPL-3.0-or-later
"""Find the same picture again, also cut anew: gradient hashes of a photo and of its crops.

A photo keeps the hash of itself and of every crop of up to 20 % per side on a grid. Two photos are alike
when a hash of one meets one of the other; whoever compares then looks at the two parts themselves. Hashes
of one photo lie side by side in one long number, so that all are compared in some thirty operations.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

CUTS = (0.0, 0.05, 0.1, 0.15, 0.2)  # of a side
SIDE = 8  # gradients per row and column
BITS = 2 * SIDE * SIDE  # along rows, then along columns
LANE = BITS // 8  # bytes of one hash
WORKING = 256  # pixels of the longer side on which hashes are made
NEAR = 24  # bits of 128 that may differ before two parts are looked at
ALIKE = 0.85  # correlation of two parts from which they are one picture
PATCH = 24  # pixels of a side when two parts are looked at
DULL = 6.0  # standard deviation of grey below which a part has nothing to recognise
LOOKS = 12  # pairs of parts that are looked at before two photos count as different

Box = tuple[float, float, float, float]  # left, top, right, bottom as shares of the picture

_CUT = tuple(product(CUTS, repeat=4))  # top, bottom, left, right: the whole picture comes first
BOXES: tuple[Box, ...] = tuple((left, top, 1 - right, 1 - bottom) for top, bottom, left, right in _CUT)
COUNT = len(BOXES)
_SHIFTS = {(0.0, 0.2), (0.1, 0.1), (0.2, 0.0)}
# What is sought of a new picture in old ones: itself, and parts that another crop may share with it.
PROBES: tuple[int, ...] = tuple(
    index for index, cut in enumerate(_CUT) if not any(cut) or (cut[:2] in _SHIFTS and cut[2:] in _SHIFTS)
)


def _lanes(width: int, value: int) -> int:
    """Return ``value`` once in each ``width`` bits of a whole fingerprint."""
    pattern = value.to_bytes(width // 8, "little")
    return int.from_bytes(pattern * (COUNT * BITS // width), "little")


_ONCE = _lanes(BITS, 1)
_FOLDS = tuple(
    (shift, _lanes(BITS, sum(((1 << shift) - 1) << start for start in range(0, BITS, 2 * shift))))
    for shift in (1, 2, 4, 8, 16, 32, 64)
)


@dataclass(frozen=True)
class Meeting:
    """A part of one photo whose hash is near that of a part of another."""

    distance: int  # bits of 128
    first: Box
    second: Box


def small_grey(image: "Image.Image") -> "Image.Image":
    """Return the upright picture as hashes are made of it."""
    from PIL import Image

    scale = WORKING / max(image.size)
    size = (max(SIDE + 1, round(image.width * scale)), max(SIDE + 1, round(image.height * scale)))
    return image.convert("L").resize(size, Image.Resampling.BOX)


def _hash(grey: "Image.Image", box: Box) -> int:
    """Return 64 gradients along rows and 64 along columns of a part."""
    from PIL import Image

    width, height = grey.size
    area = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    cells = grey.resize((SIDE + 1, SIDE + 1), Image.Resampling.BOX, box=area).tobytes()
    step = SIDE + 1
    value = 0
    for row in range(SIDE):
        for column in range(SIDE):
            at = row * step + column
            value = value << 2 | (cells[at] < cells[at + 1]) << 1 | (cells[at] < cells[at + step])
    return value


def fingerprint(image: "Image.Image") -> bytes:
    """Return the hashes of an upright picture and its crops, in the order of ``BOXES``."""
    grey = small_grey(image)
    return b"".join(_hash(grey, box).to_bytes(LANE, "little") for box in BOXES)


def hash_at(print_: bytes, index: int) -> int:
    """Return one hash of a fingerprint."""
    return int.from_bytes(print_[index * LANE : (index + 1) * LANE], "little")


def _near(hashes: int, sought: int) -> Iterator[tuple[int, int]]:
    """Yield (distance, index) of the hashes in a long number that are near the one sought."""
    counts = hashes ^ (sought * _ONCE)
    for shift, mask in _FOLDS:
        counts = (counts & mask) + ((counts >> shift) & mask)
    lowest = counts.to_bytes(COUNT * LANE, "little")[::LANE]
    if min(lowest) <= NEAR:
        for index, distance in enumerate(lowest):
            if distance <= NEAR:
                yield distance, index


def meetings(new: bytes, old: bytes) -> list[Meeting]:
    """Return the parts of two fingerprints that look alike, the nearest first; few are looked at closer."""
    old_hashes, new_hashes = int.from_bytes(old, "little"), int.from_bytes(new, "little")
    found = [
        Meeting(distance, BOXES[probe], BOXES[index])
        for probe in PROBES
        for distance, index in _near(old_hashes, hash_at(new, probe))
    ]
    found += [
        Meeting(distance, BOXES[index], BOXES[0]) for distance, index in _near(new_hashes, hash_at(old, 0))
    ]
    return sorted(found, key=lambda one: one.distance)[:LOOKS]


def _patch(grey: "Image.Image", box: Box) -> list[float] | None:
    """Return a part's greys about their mean, as a vector of length 1; None where nothing stands out."""
    from PIL import Image

    width, height = grey.size
    area = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    cells = grey.resize((PATCH, PATCH), Image.Resampling.BOX, box=area).tobytes()
    mean = sum(cells) / len(cells)
    vector = [cell - mean for cell in cells]
    length = sum(one * one for one in vector) ** 0.5
    if length < DULL * PATCH:
        return None
    return [one / length for one in vector]


def likeness(new: "Image.Image", old: "Image.Image", found: list[Meeting]) -> float:
    """Return the highest correlation of the parts that met, 0 to 1; pictures as ``small_grey`` gives them."""
    best = 0.0
    for meeting in found:
        first, second = _patch(new, meeting.first), _patch(old, meeting.second)
        if first is not None and second is not None:
            best = max(best, sum(one * other for one, other in zip(first, second, strict=True)))
    return best
