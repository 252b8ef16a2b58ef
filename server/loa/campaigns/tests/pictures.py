# SPDX-License-Identifier: AGPL-3.0-or-later
"""Photos for tests: drawn, each different, with what a camera writes beside the pixels."""

import io
import random
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

CANON = {"lat": 21.3452, "lon": 107.601, "taken": "2026:11:20 07:30:00"}


def picture(seed: int, size: tuple[int, int] = (800, 600)) -> Image.Image:
    """Return a scene: two fields of colour, things in it, grain."""
    chance = random.Random(seed)
    width, height = size
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    sky = tuple(chance.randrange(120, 255) for _ in range(3))
    ground = tuple(chance.randrange(20, 140) for _ in range(3))
    horizon = chance.uniform(0.3, 0.7) * height
    draw.rectangle((0, 0, width, horizon), fill=sky)
    draw.rectangle((0, horizon, width, height), fill=ground)
    for _ in range(chance.randrange(10, 40)):
        x, y, s = chance.uniform(0, width), chance.uniform(0, height), chance.uniform(0.02, 0.2) * width
        colour = tuple(chance.randrange(256) for _ in range(3))
        if chance.random() < 0.5:
            draw.ellipse((x - s, y - s * 0.7, x + s, y + s * 0.7), fill=colour)
        else:
            draw.rectangle((x - s, y - s * 0.5, x + s * 0.6, y + s), fill=colour)
    grain = Image.frombytes("L", (width // 4, height // 4), chance.randbytes(width * height // 16)).resize(
        size
    )
    return Image.blend(image, grain.convert("RGB"), 0.1).filter(ImageFilter.GaussianBlur(1))


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """Return the picture without these shares of its sides."""
    width, height = image.size
    box = (int(left * width), int(top * height), int(width * (1 - right)), int(height * (1 - bottom)))
    return image.crop(box)


def jpeg(image: Image.Image, quality: int = 80, exif: Any = None, **more: Any) -> bytes:
    """Return the picture as a JPEG file."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **({"exif": exif} if exif else {}), **more)
    return out.getvalue()


def recoded(image: Image.Image, quality: int = 70, scale: float = 0.7) -> Image.Image:
    """Return the picture as a messenger passes it on: smaller and coarser."""
    small = image.resize((int(image.width * scale), int(image.height * scale)))
    return Image.open(io.BytesIO(jpeg(small, quality))).convert("RGB")


def exif(**values: Any) -> Image.Exif:
    """Return what a camera writes; ``lat`` and ``lon`` in degrees, ``taken`` as cameras spell it."""
    found = Image.Exif()
    details = found.get_ifd(0x8769)
    if "taken" in values:
        details[36867] = values["taken"]
    if "offset" in values:
        details[36881] = values["offset"]
    if "lat" in values:
        gps = found.get_ifd(0x8825)
        for tag, ref, value, names in ((2, 1, values["lat"], "NS"), (4, 3, values["lon"], "EW")):
            degrees = abs(value)
            minutes = (degrees % 1) * 60
            gps[tag] = (float(int(degrees)), float(int(minutes)), round((minutes % 1) * 60, 4))
            gps[ref] = names[0] if value >= 0 else names[1]
    if "orientation" in values:
        found[274] = values["orientation"]
    found[271] = "Máy ảnh thử"
    return found


def written(folder: Path, content: bytes, name: str = "anh") -> Path:
    """Return the path of a new file with this content."""
    path = folder / name
    path.write_bytes(content)
    return path
