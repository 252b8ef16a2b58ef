# SPDX-License-Identifier: AGPL-3.0-or-later
"""The priority ladder: every pair decided, and what must hold for all of them."""

from itertools import product

import pytest

from loa_protocol.ladder import LADDER, LADDER_CLASSES, LadderClass, ladder_class, rank, step

PAIRS = sorted(product(LADDER_CLASSES, repeat=2))


def test_every_pair_is_decided() -> None:
    assert sorted(LADDER) == PAIRS


@pytest.mark.parametrize(("playing", "arriving"), PAIRS)
def test_nothing_gives_way_to_its_own_rung_or_a_lower_one(
    playing: LadderClass, arriving: LadderClass
) -> None:
    if rank(arriving) <= rank(playing):
        assert step(playing, arriving).action in {"queue", "refuse"}


@pytest.mark.parametrize("playing", [one for one in LADDER_CLASSES if one != "emergency"])
def test_everything_gives_way_to_an_alarm(playing: LadderClass) -> None:
    assert step(playing, "emergency").action == "preempt"


@pytest.mark.parametrize("arriving", [one for one in LADDER_CLASSES if one != "live"])
def test_only_a_live_voice_is_ever_refused_since_only_it_cannot_wait(arriving: LadderClass) -> None:
    assert all(step(playing, arriving).action != "refuse" for playing in LADDER_CLASSES)
    assert step("emergency", "live").action == step("live", "live").action == "refuse"


@pytest.mark.parametrize(("playing", "arriving"), PAIRS)
def test_only_who_is_preempted_is_interrupted(playing: LadderClass, arriving: LadderClass) -> None:
    found = step(playing, arriving)
    assert (found.action == "preempt") == bool(found.interrupted)


def test_a_test_is_on_the_lowest_rung_whatever_its_class() -> None:
    assert ladder_class("emergency", is_test=True) == "test"
    assert ladder_class("emergency", is_test=False) == "emergency"
    assert rank("test") == 0
