# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole way once, in the browser, with real processes and the wav files that the loudspeakers wrote."""

import json
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.support.installation import DEVICES, Installation, wait_for
from tests.support.sound import decode, find
from tests.whole_way.steps import Desk, Placed

pytestmark = [pytest.mark.whole_way, pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "Hội nghị lấy ý kiến lúc 19h30 ngày 27/11, UBND và MTTQ xã cùng dự."
LONG_TEXT = " ".join([TEXT] * 3)
MOST_LATE = 0.005  # seconds between the due moment and the first sample


def assert_sounded(installation: Installation, placed: Placed, names: tuple[str, ...] = DEVICES) -> None:
    """Find the released words in each loudspeaker's wav file, at the right second."""
    released = decode(placed.sound)
    for name in names:
        found = find(installation.wav(name), released, placed.epoch)
        assert found is not None, installation.log(f"device-{name}")
        assert found.likeness > 0.99, (name, found)
        assert abs(found.began - placed.epoch) <= MOST_LATE, (name, found)
        assert found.seconds > len(released) / 48_000 - 1, (name, found)


def test_a_message_goes_the_whole_way_and_plays_on_time(desk: Desk, installation: Installation) -> None:
    with desk.photographed("whole-way"):
        placed = desk.whole_way("Mời góp ý dự thảo Văn kiện", TEXT)
        wait_for(lambda: desk.states(placed.code) == ["played"] * 3, "the proof of three loudspeakers", 90)
        assert_sounded(installation, placed)
        page = desk.page_of("hau")
        expect(page.locator("[data-round]").get_by_text("thiết bị tự báo")).to_have_count(3)
        page.goto("/chien-dich/")
        page.get_by_role("link", name="Tuyên truyền Đại hội Đảng bộ huyện Đầm Hà").first.click()
        expect(page.get_by_text("3/12").first).to_be_visible()


def test_it_plays_with_the_server_gone_and_the_proof_comes_later(
    desk: Desk, installation: Installation
) -> None:
    with desk.photographed("unplugged"):
        placed = desk.whole_way("Nhắc hội nghị lấy ý kiến", f"Nhắc lại: {TEXT}", lead=10)
        fetched = placed.sound.stem[:12]
        wait_for(
            lambda: all(f"{fetched} is ready" in installation.log(f"device-{name}") for name in DEVICES),
            "the sound on three loudspeakers",
        )
        installation.stop_server()
        end = placed.epoch + len(decode(placed.sound)) / 48_000
        wait_for(lambda: time.time() > end + 1, "the end of the item", 60)
        assert_sounded(installation, placed)
        installation.start_server()
        wait_for(
            lambda: desk.states(placed.code) == ["played"] * 3, "the proof after the server came back", 60
        )


def test_withdrawn_in_the_middle_it_stops_and_who_is_off_stays_listed(
    desk: Desk, installation: Installation
) -> None:
    with desk.photographed("withdrawn"):
        placed = desk.whole_way("Tin sẽ thu hồi", LONG_TEXT, lead=10)
        fetched = placed.sound.stem[:12]
        wait_for(
            lambda: all(f"{fetched} is ready" in installation.log(f"device-{name}") for name in DEVICES),
            "the sound on three loudspeakers",
        )
        installation.stop_devices("3")
        wait_for(lambda: desk.states(placed.code).count("on_air") == 2, "two loudspeakers on air", 60)
        wait_for(lambda: time.time() > placed.epoch + 1, "a second of sound")
        desk.withdraw(placed.code, "Ngày họp đã đổi")
        page = desk.page_of("hau")

        def places() -> list[str]:
            page.goto(f"/tin/{placed.code}/")
            return sorted(
                one.get_attribute("data-confirmed") or "" for one in page.locator("[data-place]").all()
            )

        wait_for(lambda: places() == ["0", "1", "1"], "two confirmations, one place still out", 30)
        expect(page.get_by_text("chậm nhất im")).to_be_visible()
        whole = len(decode(placed.sound)) / 48_000
        for name in ("1", "2"):
            found = find(installation.wav(name), decode(placed.sound), placed.epoch)
            assert found is not None
            assert found.likeness > 0.99
            assert 0.5 < found.seconds < whole - 2, (name, found, whole)
        states = desk.states(placed.code)
        assert states.count("stopped") == 2, states
        installation.start_devices("3")
        wait_for(
            lambda: places() == ["1", "1", "1"], "the last confirmation after the loudspeaker came back", 60
        )


def test_the_health_page_says_how_each_part_is(installation: Installation) -> None:
    with urllib.request.urlopen(f"{installation.url}/healthz", timeout=5) as answer:
        state = json.load(answer)
    assert state["healthy"] is True
    assert set(state["parts"].values()) == {"up"}
