# SPDX-License-Identifier: AGPL-3.0-or-later
"""Photos that ask for too much, or whose header says what no camera writes."""

import random
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from loa.campaigns import photos
from loa.campaigns.photos import SCANS_LIMIT, PhotoError, look_at, make_copy
from loa.campaigns.tests.pictures import CANON, exif, jpeg, picture, written


def with_scans(content: bytes, count: int) -> bytes:
    """Return a progressive JPEG whose last scan comes ``count`` times more."""
    last = content[content.rfind(b"\xff\xda") : -2]
    return content[:-2] + last * count + b"\xff\xd9"


def test_a_photo_that_goes_over_itself_again_and_again_is_refused(tmp_path: Path) -> None:
    steps = jpeg(picture(1), progressive=True)
    assert look_at(written(tmp_path, steps)).width == 800
    with pytest.raises(PhotoError):
        look_at(written(tmp_path, with_scans(steps, SCANS_LIMIT)))


def test_a_photo_in_steps_may_have_fewer_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "IN_STEPS_LIMIT", 800 * 600 - 1)
    assert look_at(written(tmp_path, jpeg(picture(1)))).width == 800
    with pytest.raises(PhotoError, match="quá lớn"):
        look_at(written(tmp_path, jpeg(picture(1), progressive=True)))


def test_scans_hidden_behind_a_mark_without_length_are_counted(tmp_path: Path) -> None:
    steps = jpeg(picture(1), progressive=True)[:-2]
    hidden = b"\xff\x01" + with_scans(steps + b"\xff\xd9", SCANS_LIMIT)[len(steps) :]
    with pytest.raises(PhotoError):
        look_at(written(tmp_path, steps + hidden))


def test_what_a_phone_puts_behind_its_photo_is_no_scan(tmp_path: Path) -> None:
    film = b"\xff\xda\x00\x08" * (SCANS_LIMIT + 1)  # a moving photo: the film stands behind the end
    assert look_at(written(tmp_path, jpeg(picture(1)) + film)).width == 800


@pytest.mark.parametrize(
    "said",
    [{"taken": "0001:01:01 00:00:00"}, {"taken": "9999:12:31 23:59:59", "offset": "-12:00"}],
    ids=["before all days", "after all days"],
)
def test_a_day_outside_of_all_calendars_is_none(tmp_path: Path, said: dict[str, str]) -> None:
    assert look_at(written(tmp_path, jpeg(picture(1), exif=exif(**said)))).taken_at is None


def test_a_broken_header_is_a_photo_that_says_nothing_or_a_refused_one(tmp_path: Path) -> None:
    content = jpeg(picture(1, (64, 48)), exif=exif(**CANON, offset="+09:00", orientation=6))
    chance, end = random.Random(1), content.find(b"\xff\xdb")
    taken = 0
    for _number in range(150):
        broken = bytearray(content)
        for _byte in range(chance.randrange(1, 6)):
            broken[chance.randrange(20, end)] = chance.choice([0, 1, 2, 3, 5, 7, 10, 12, 255])
        path = written(tmp_path, bytes(broken))
        try:
            make_copy(path, 400, tmp_path / "ban")
        except PhotoError:
            continue
        taken += 1
    assert taken > 100


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_to_hold_a_camera_is_turned_upright(tmp_path: Path, orientation: int) -> None:
    path = written(tmp_path, jpeg(picture(1, (64, 48)), exif=exif(orientation=orientation)))
    make_copy(path, 400, tmp_path / "ban")
    with Image.open(path) as photo, Image.open(tmp_path / "ban") as copy:
        upright = ImageOps.exif_transpose(photo)
        assert copy.size == upright.size
        assert copy.getpixel((5, 5)) == pytest.approx(upright.getpixel((5, 5)), abs=25)
        assert copy.getpixel((40, 10)) == pytest.approx(upright.getpixel((40, 10)), abs=25)
