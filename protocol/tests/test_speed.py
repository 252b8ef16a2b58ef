# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a small board can afford: one item verified in 5 ms, a week's timeline in 50 ms (CPU time)."""

from collections.abc import Callable
from time import process_time

import protocol_cast as cast
from protocol_cast import BINH, CHI, at

from loa_protocol.envelope import decode, encode
from loa_protocol.timeline import timeline
from loa_protocol.verify import check_item, verify_release

DATA = encode(cast.sealed(cast.release(), BINH, CHI))
TRUST, APPROVERS, PLACE, RULES = cast.trust(), cast.approvers(), cast.place(), cast.rules()


def cpu_ms(work: Callable[[], object], times: int) -> float:
    """The least of five, so that a busy machine does not fail the test."""
    found = []
    for _ in range(5):
        begin = process_time()
        for _ in range(times):
            work()
        found.append((process_time() - begin) * 1000 / times)
    return min(found)


def verify_one() -> None:
    release = verify_release(decode(DATA), TRUST, APPROVERS)
    check_item(cast.item(), release, PLACE, RULES, starts_utc=at("17:00"), now=at("17:00"), plays_today=0)


def test_verifying_one_item_from_its_bytes_takes_less_than_5_ms() -> None:
    assert cpu_ms(verify_one, 20) < 5


def test_a_week_of_40_items_a_day_takes_less_than_50_ms() -> None:
    releases = {"r1": cast.verified(repeat_limit=1000)}
    rules = cast.rules(rules=[cast.rule(minutes_per_day=1440)])
    items = [
        cast.item(f"i{day}-{slot}", starts=f"2026-11-{24 + day}T{7 + slot // 4:02}:{slot % 4 * 15:02}:00")
        for day in range(7)
        for slot in range(40)
    ]
    agenda = cast.agenda(*items)

    def week() -> None:
        found = timeline(agenda, rules, releases, (), (), PLACE, at("06:00"), ready={cast.SOUND})
        assert len(found.upcoming) == 280 - len(found.refused)
        assert len(found.upcoming) > 200

    assert cpu_ms(week, 1) < 50
