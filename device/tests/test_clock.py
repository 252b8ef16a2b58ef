# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trusted time: what makes it known, held or unknown, and that no step of the system clock deceives it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa_device.clock import Clock, Sources
from loa_device.state import write_durably

NOON = 1_795_500_000.0
DAY = 86_400.0


@dataclass
class Machine:
    """A machine whose clocks a test moves."""

    wall: float = NOON
    boot: float = 1000.0
    is_disciplined: bool = False
    boot_id: str = "first"
    has_battery: bool = False

    def clock(self, path: Path) -> Clock:
        return Clock(
            path,
            Sources(
                wall=lambda: self.wall,
                boot=lambda: self.boot,
                is_disciplined=lambda: self.is_disciplined,
                boot_id=lambda: self.boot_id,
                has_battery=lambda: self.has_battery,
            ),
        )

    def pass_time(self, seconds: float) -> None:
        self.wall += seconds
        self.boot += seconds

    def observe(self, clock: Clock, true_time: float, *, trip: float = 0.02) -> None:
        """An answer whose Date says the true time, cut to seconds."""
        clock.observe(float(int(true_time)), self.boot - trip, self.boot)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clock.json"


def test_a_fresh_machine_without_any_source_does_not_know_the_time(path: Path) -> None:
    assert Machine().clock(path).state == "unknown"


def test_a_disciplined_system_clock_is_known(path: Path) -> None:
    machine = Machine(is_disciplined=True)
    clock = machine.clock(path)
    assert clock.state == "known"
    assert clock.now() == NOON


def test_the_servers_time_makes_it_known_for_an_hour_then_held_for_days(path: Path) -> None:
    machine = Machine()
    clock = machine.clock(path)
    machine.observe(clock, NOON)
    assert clock.state == "known"
    machine.pass_time(3601)
    assert clock.state == "held"
    machine.pass_time(3 * DAY)
    assert clock.state == "held"
    machine.pass_time(1 * DAY)
    assert clock.state == "unknown", "it may be wrong by more than a minute"


def test_a_system_clock_that_agrees_with_the_server_is_used_as_it_is(path: Path) -> None:
    machine = Machine(wall=NOON + 0.3)
    clock = machine.clock(path)
    machine.observe(clock, NOON + 0.3)
    assert clock.now() == machine.wall
    assert clock.offset_ms == 0


def test_a_system_clock_that_is_wrong_is_corrected(path: Path) -> None:
    machine = Machine(wall=NOON - 3600)
    clock = machine.clock(path)
    machine.observe(clock, NOON)
    assert clock.now() == pytest.approx(NOON, abs=0.6)
    assert clock.offset_ms == pytest.approx(3_600_000, abs=600)


@pytest.mark.parametrize("step", [3600.0, -3600.0, 12 * 3600.0])
def test_a_stepped_system_clock_changes_nothing(path: Path, step: float) -> None:
    machine = Machine()
    clock = machine.clock(path)
    machine.observe(clock, NOON)
    machine.wall += step
    machine.pass_time(10)
    assert clock.now() == pytest.approx(NOON + 10, abs=0.01)
    assert clock.state == "known"
    machine.observe(clock, NOON + 10)
    assert clock.now() == pytest.approx(NOON + 10, abs=0.01)


def test_a_step_that_ends_the_discipline_is_seen_at_once(path: Path) -> None:
    machine = Machine(is_disciplined=True)
    clock = machine.clock(path)
    clock.refresh()
    machine.pass_time(5)
    machine.is_disciplined = False  # the kernel says so after somebody has set the clock
    machine.wall += 3600
    assert clock.now() == pytest.approx(NOON + 5, abs=0.01)


def test_a_restarted_process_knows_the_time_of_the_same_boot(path: Path) -> None:
    machine = Machine()
    clock = machine.clock(path)
    machine.observe(clock, NOON)
    clock.remember()
    machine.pass_time(120)
    machine.wall = 0.0  # and the system clock was lost meanwhile
    again = machine.clock(path)
    assert again.state == "held"
    assert again.now() == pytest.approx(NOON + 120, abs=0.01)


@pytest.mark.parametrize(("has_battery", "state"), [(True, "held"), (False, "unknown")])
def test_a_rebooted_machine_holds_the_time_only_by_a_battery_clock(
    path: Path, has_battery: bool, state: str
) -> None:
    machine = Machine()
    clock = machine.clock(path)
    machine.observe(clock, NOON)
    clock.remember()
    machine.boot_id, machine.boot, machine.has_battery = "second", 5.0, has_battery
    machine.wall += DAY
    assert machine.clock(path).state == state


def test_below_the_floor_the_time_is_unknown(path: Path) -> None:
    machine = Machine(is_disciplined=True)
    clock = machine.clock(path)
    clock.remember()
    machine.wall -= 3600
    again = machine.clock(path)
    assert again.state == "unknown"
    again.remember()
    assert machine.clock(path).floor == NOON, "and what is not known is not stored"


def test_what_an_unknown_clock_says_is_not_stored(path: Path) -> None:
    machine = Machine(is_disciplined=True)
    machine.clock(path).remember()
    kept = path.read_bytes()
    machine.wall -= DAY
    machine.clock(path).remember()
    assert path.read_bytes() == kept
    fresh = path.with_name("fresh.json")
    Machine().clock(fresh).remember()
    assert not fresh.exists()


def test_a_disciplined_clock_may_be_turned_back_by_two_seconds_and_no_more(path: Path) -> None:
    Machine(is_disciplined=True).clock(path).remember()
    assert Machine(wall=NOON - 2.0, is_disciplined=True).clock(path).state == "known"
    assert Machine(wall=NOON - 2.001, is_disciplined=True).clock(path).state == "unknown"


@given(st.lists(st.tuples(st.sampled_from(["pass", "step", "boot", "observe"]), st.integers(-5000, 5000))))
def test_the_floor_never_falls(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, int]]
) -> None:
    path = tmp_path_factory.mktemp("clock") / "clock.json"
    machine = Machine()
    clock = machine.clock(path)
    floor = clock.floor
    for move, size in moves:
        if move == "pass":
            machine.pass_time(abs(size))
        elif move == "step":
            machine.wall += size
        elif move == "boot":
            machine.boot_id, machine.boot = f"boot {size}", 1.0
            clock = machine.clock(path)
        else:
            machine.observe(clock, machine.wall)
        clock.remember()
        assert clock.floor >= floor
        assert machine.clock(path).floor == clock.floor
        floor = clock.floor


def test_a_cut_write_keeps_the_former_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_durably(path, b"old")

    def power_cut(*_: object) -> None:
        raise OSError(5, "power cut")

    monkeypatch.setattr("os.fsync", power_cut)
    with pytest.raises(OSError, match="power cut"):
        write_durably(path, b"new")
    assert path.read_bytes() == b"old"
