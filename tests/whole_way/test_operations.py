# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an operator and a visitor of the demo do: listen along, try the whole way by command, restore a backup."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.installation import DEVICES, Installation, wait_for
from tests.support.sound import decode, find
from tests.whole_way.steps import Desk

pytestmark = [pytest.mark.whole_way, pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_visitor_hears_each_loudspeaker_within_three_seconds(
    desk: Desk, installation: Installation
) -> None:
    page = desk.page_of("hau")
    page.goto("/")
    buttons = page.locator("[data-listen]")
    expect(buttons).to_have_count(3)
    for number in range(3):
        one = buttons.nth(number)
        one.get_by_role("button").click()
        expect(one.get_by_text(re.compile(r"Đang nghe, chậm \d+,\d giây"))).to_be_visible(timeout=3_000)
        one.get_by_role("button").click()


def test_the_selftest_walks_the_whole_way_and_leaves_nothing_behind(installation: Installation) -> None:
    printed = installation.loa("selftest", "--json")
    assert "steps" in printed
    for name in DEVICES:
        assert "00000" not in installation.log(f"device-{name}"), "a loudspeaker met the self-test's commune"


def test_after_a_restore_the_loudspeakers_play_on(
    desk: Desk, installation: Installation, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.loa"
    text = "Nhắc bà con họp thôn lúc 19h30."
    with desk.photographed("restored"):
        installation.loa("backup", str(backup))
        lost = desk.whole_way("Trước khi mất máy", f"Tin sẽ mất. {text}", lead=600)
        desk.place(lost.code, lead=900, rounds=2)
        installation.stop_server()
        installation.loa("restore", str(backup))
        installation.start_server()
        placed = desk.whole_way("Sau khi khôi phục", text, lead=12)
        wait_for(lambda: desk.states(placed.code) == ["played"] * 3, "the proof after the restore", 90)
        released = decode(placed.sound)
        for name in DEVICES:
            found = find(installation.wav(name), released, placed.epoch)
            assert found is not None, installation.log(f"device-{name}")
            assert found.likeness > 0.99
            assert abs(found.began - placed.epoch) <= 0.005, (name, found)
