# SPDX-License-Identifier: AGPL-3.0-or-later
import io
import random
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from loa.campaigns.fingerprints import (
    ALIKE,
    COUNT,
    LANE,
    fingerprint,
    likeness,
    meetings,
    small_grey,
)
from loa.campaigns.photos import PhotoError, look_at, make_copy
from loa.campaigns.tests.pictures import CANON, cut, exif, jpeg, picture, recoded, written


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it has so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64))


def test_time_and_place_are_read_as_the_camera_says(tmp_path: Path) -> None:
    facts = look_at(written(tmp_path, jpeg(picture(1), exif=exif(**CANON))))
    assert facts.media_type == "image/jpeg"
    assert facts.taken_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # the clock of Viet Nam
    assert facts.latitude == pytest.approx(21.3452, abs=1e-5)
    assert facts.longitude == pytest.approx(107.601, abs=1e-5)


def test_a_camera_that_names_its_offset_is_believed_about_it(tmp_path: Path) -> None:
    said = exif(taken="2026:11:20 07:30:00", offset="+09:00", lat=-1.5, lon=-70.25)
    facts = look_at(written(tmp_path, jpeg(picture(1), exif=said)))
    assert facts.taken_at == datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    assert (facts.latitude, facts.longitude) == (pytest.approx(-1.5), pytest.approx(-70.25))


@pytest.mark.parametrize(
    "said",
    [
        {"taken": "0000:00:00 00:00:00"},
        {"taken": "hôm qua"},
        {"lat": 95.0, "lon": 10.0},
        {"lat": 0.0, "lon": 0.0},
        {},
    ],
)
def test_nonsense_in_what_the_camera_says_is_nothing(tmp_path: Path, said: dict[str, object]) -> None:
    facts = look_at(written(tmp_path, jpeg(picture(1), exif=exif(**said))))
    assert (facts.taken_at, facts.latitude, facts.longitude) == (None, None, None)


def test_a_photo_lying_on_its_side_is_seen_upright(tmp_path: Path) -> None:
    path = written(tmp_path, jpeg(picture(1), exif=exif(orientation=6)))
    facts = look_at(path)
    assert (facts.width, facts.height) == (600, 800)
    make_copy(path, 400, tmp_path / "ban-nho")
    with Image.open(tmp_path / "ban-nho") as copy:
        assert copy.size == (300, 400)


def test_a_copy_carries_nothing_but_its_pixels(tmp_path: Path) -> None:
    said = jpeg(picture(1, (2000, 1500)), exif=exif(**CANON), comment=b"bi mat", xmp=b"<x>ai do</x>")
    path = written(tmp_path, said)
    assert b"bi mat" in said
    make_copy(path, 1600, tmp_path / "ban")
    content = (tmp_path / "ban").read_bytes()
    with Image.open(tmp_path / "ban") as copy:
        assert copy.size == (1600, 1200)
        assert not dict(copy.getexif())
        assert not {"comment", "xmp", "exif", "icc_profile", "photoshop"} & copy.info.keys()
    for trace in (b"Exif", b"bi mat", b"<x>", "Máy ảnh thử".encode()):
        assert trace not in content


def test_a_transparent_picture_lies_on_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (60, 60), (255, 0, 0, 0)).save(out, "PNG")
    make_copy(written(tmp_path, out.getvalue()), 400, tmp_path / "ban")
    with Image.open(tmp_path / "ban") as copy:
        assert copy.getpixel((30, 30)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"",
        b"\xff\xd8\xff\xe0 nothing",
        jpeg(picture(2))[:2000],
        bomb(4001, 4000),
        bomb(30_000, 10),
        bomb(60_000, 60_000),
    ],
)
def test_what_is_no_photo_broken_or_too_large_to_open_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(PhotoError) as caught:
        look_at(written(tmp_path, content))
    assert caught.value.message.endswith(".")


def test_the_type_is_what_is_inside_never_the_name(tmp_path: Path) -> None:
    out = io.BytesIO()
    picture(1).save(out, "GIF")
    with pytest.raises(PhotoError, match="không phải ảnh"):
        look_at(written(tmp_path, out.getvalue(), "anh.jpg"))
    out = io.BytesIO()
    picture(1).save(out, "WEBP")
    assert look_at(written(tmp_path, out.getvalue(), "anh.jpg")).media_type == "image/webp"


def alike(one: Image.Image, other: Image.Image) -> float:
    found = meetings(fingerprint(one), fingerprint(other))
    return likeness(small_grey(one), small_grey(other), found)


def test_a_fingerprint_holds_the_hash_of_each_crop() -> None:
    assert COUNT == 625
    assert len(fingerprint(picture(1))) == COUNT * LANE == 10_000


SEEDS = range(12)


@pytest.mark.parametrize("most", [0.0, 0.1, 0.2])
def test_the_same_picture_cut_anew_is_found(most: float) -> None:
    chance = random.Random(int(most * 100))
    found = 0
    for seed in SEEDS:
        image = picture(seed)
        again = recoded(cut(image, *(chance.uniform(0, most) for _ in range(4))))
        found += alike(again, image) >= ALIKE
    assert found == len(SEEDS)


def test_it_is_found_whichever_came_first_and_mostly_when_both_are_cut() -> None:
    chance = random.Random(3)
    first = both = 0
    for seed in SEEDS:
        image = picture(seed)
        sides = [[chance.uniform(0, 0.2) for _ in range(4)] for _ in range(2)]
        first += alike(image, recoded(cut(image, *sides[0]))) >= ALIKE
        both += alike(recoded(cut(image, *sides[0])), recoded(cut(image, *sides[1]))) >= ALIKE
    assert first == len(SEEDS)
    assert both >= 0.9 * len(SEEDS)


def test_different_pictures_are_not_alike() -> None:
    prints = [fingerprint(picture(seed)) for seed in SEEDS]
    greys = [small_grey(picture(seed)) for seed in SEEDS]
    pairs = [(one, other) for one in SEEDS for other in range(one)]
    assert [
        (one, other)
        for one, other in pairs
        if likeness(greys[one], greys[other], meetings(prints[one], prints[other])) >= ALIKE
    ] == []


def test_pictures_with_nothing_in_them_are_not_alike() -> None:
    grey, black = Image.new("RGB", (400, 300), (90, 90, 90)), Image.new("RGB", (400, 300), (0, 0, 0))
    assert alike(grey, black) == 0
