# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measuring a clock through a network that delays: the middle of the corridor that no answer contradicts."""

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from test_clock import NOON, Machine

from loa_device.corridor import Corridor

SHORTEST = 0.001  # s


def asked(
    corridor: Corridor, at: float, *, drift: float, there: float, back: float, step: float = 0.0
) -> float:
    """Ask once at an instant of the boot clock; return the true UTC − boot clock after the answer."""

    def utc(boot: float) -> float:
        return NOON + step + boot * (1 + drift)

    corridor.note(at, utc(at + there), at + there + back)
    end = at + there + back
    return utc(end) - end


def measured(*, drift: float, jitter: float, seconds: int, seed: int, known: float | None = None) -> float:
    """Return the error in s, one second after the last of four questions a second."""
    dice, corridor = random.Random(seed), Corridor(known)
    for number in range(4 * seconds):
        ways = {way: SHORTEST + dice.uniform(0, jitter) for way in ("there", "back")}
        asked(corridor, number / 4, drift=drift, **ways)
    assert corridor.line is not None
    return corridor.line.utc(seconds + 1.0) - (NOON + (seconds + 1.0) * (1 + drift))


@given(st.floats(-200e-6, 200e-6), st.integers(0, 1000))
def test_a_quiet_network_tells_the_time_to_the_microsecond(drift: float, seed: int) -> None:
    assert abs(measured(drift=drift, jitter=0.0, seconds=30, seed=seed)) < 10e-6


def test_a_hundred_milliseconds_of_jitter_cost_less_than_a_millisecond_after_three_minutes() -> None:
    errors = [abs(measured(drift=200e-6, jitter=0.1, seconds=180, seed=seed)) for seed in range(8)]
    assert max(errors) < 0.0015
    assert sum(errors) / len(errors) < 0.0006


def test_a_drift_that_is_known_from_before_makes_half_a_minute_enough() -> None:
    drift, known = 200e-6, 198e-6
    errors = [abs(measured(drift=drift, jitter=0.1, seconds=30, seed=seed, known=known)) for seed in range(8)]
    assert sum(errors) / len(errors) < 0.0006


def test_one_way_that_is_always_longer_errs_by_half_of_the_difference() -> None:
    corridor = Corridor()
    for number in range(100):
        true = asked(corridor, float(number), drift=0.0, there=0.030, back=0.010)
    assert corridor.line is not None
    assert abs(corridor.line.ahead - true - 0.010) < 1e-5


def test_a_set_server_clock_begins_a_new_measurement() -> None:
    corridor = Corridor()
    for number in range(100):
        asked(corridor, float(number), drift=0.0, there=0.002, back=0.002)
    true = asked(corridor, 100.0, drift=0.0, there=0.002, back=0.002, step=5.0)
    assert len(corridor) == 1
    assert corridor.line is not None
    assert abs(corridor.line.ahead - true) < 0.002


def test_questions_refine_a_known_time_and_carry_its_drift_on(tmp_path: Path) -> None:
    machine = Machine(wall=NOON + 300)
    clock = machine.clock(tmp_path / "clock.json")
    machine.observe(clock, NOON)
    for _ in range(60):
        machine.pass_time(1.0)
        true = NOON + 0.25 + (machine.boot - 1000) * (1 + 100e-6)
        clock.observe_precisely(true - 0.002, machine.boot - 0.004, machine.boot)
    machine.pass_time(100.0)
    assert abs(clock.now() - (NOON + 0.25 + 160 * (1 + 100e-6))) < 0.0005


def test_a_restart_remembers_the_crystal(tmp_path: Path) -> None:
    machine = Machine(wall=NOON + 300)
    clock = machine.clock(tmp_path / "clock.json")
    machine.observe(clock, NOON)
    for _ in range(400):
        machine.pass_time(1.0)
        true = NOON + (machine.boot - 1000) * (1 + 100e-6)
        clock.observe_precisely(true - 0.002, machine.boot - 0.004, machine.boot)
    clock.remember()
    again = machine.clock(tmp_path / "clock.json")
    machine.observe(again, NOON + 400)
    again.observe_precisely(NOON + 400 * (1 + 100e-6), machine.boot, machine.boot)
    assert again.drift_ppm == 100.0


def test_questions_alone_make_no_time_known_and_move_it_not_beyond_what_http_proved(tmp_path: Path) -> None:
    machine = Machine(wall=NOON)
    clock = machine.clock(tmp_path / "clock.json")
    clock.observe_precisely(NOON, machine.boot, machine.boot)
    assert clock.state == "unknown"
    machine.observe(clock, NOON)
    before = clock.now()
    machine.pass_time(1.0)
    clock.observe_precisely(NOON + 43_200, machine.boot, machine.boot)
    assert clock.now() == before + 1.0
