# SPDX-License-Identifier: AGPL-3.0-or-later
"""An output with a crystal of its own: every sample leaves at its number, without a gap."""

import random

import numpy as np
import pytest

from loa_device.steering import Steered
from loa_device.track import RATE, Samples

BOOT = 1_790_000_000.0  # UTC at boot
TONE = 440.0  # Hz
FRAMES = 960  # in one callback


class Output:
    """A sound card whose crystal is wrong, and a player that writes a tone 200 ms ahead.

    Args:
        ppm: how slow the crystal runs.
        noise: by how many s the card's time stamps may be wrong.
        delay: of the loudspeaker, s.
    """

    def __init__(self, ppm: float, noise: float = 0.0, delay: float = 0.0, begins: float = 5.0) -> None:
        self.steered = Steered(lambda boot: BOOT + boot, delay)
        self.rate = RATE * (1 - ppm * 1e-6)
        self.begins = begins
        self._noise, self._dice = noise, random.Random(1)
        self._blocks: list[Samples] = []
        self._written = 0

    def run(self, until: float) -> None:
        """Let time pass until so many s after boot."""
        while (at := len(self._blocks) * FRAMES / self.rate) < until:
            self._play(at)
            stamp = at + self._dice.uniform(-self._noise, self._noise)
            self._blocks.append(self.steered.frames(FRAMES, stamp))

    def _play(self, at: float) -> None:
        while self.begins + self._written / RATE < at + 0.2:
            n = self._written + np.arange(FRAMES)
            block = (8000 * np.sin(2 * np.pi * TONE * n / RATE)).astype(np.int16)
            self.steered.write(round((BOOT + self.begins) * RATE) + self._written, block)
            self._written += FRAMES

    def heard(self) -> Samples:
        return np.concatenate(self._blocks)

    def late(self, at: float) -> float:
        """Return by how many s the tone leaves late, by its phase in the 100 ms after `at`."""
        first = round(at * self.rate)
        window = self.heard()[first : first + 4800].astype(float)
        times = (first + np.arange(4800)) / self.rate - self.begins
        turn = np.angle(np.sum(window * np.exp(-2j * np.pi * TONE * times))) + np.pi / 2
        return float(-((turn + np.pi) % (2 * np.pi) - np.pi) / (2 * np.pi * TONE))


@pytest.mark.parametrize("ppm", [-200, 0, 200])
def test_drift_is_steered_away(ppm: int) -> None:
    output = Output(ppm)
    output.run(32.0)
    assert max(abs(output.late(at)) for at in range(6, 31)) < 0.001
    assert max(abs(output.late(at)) for at in range(20, 31)) < 0.00005
    assert output.steered.drift_ppm == pytest.approx(ppm, abs=1)


def test_wrong_time_stamps_of_the_card_are_averaged() -> None:
    output = Output(200, noise=0.002)
    output.run(42.0)
    assert max(abs(output.late(at)) for at in range(10, 41)) < 0.001


def test_drift_that_was_learnt_in_silence_costs_nothing_when_it_sounds() -> None:
    output = Output(200, begins=60.0)
    output.run(65.0)
    assert max(abs(output.late(at)) for at in (60.5, 62.0, 64.0)) < 0.00005


def test_the_sound_has_no_gap_and_no_click() -> None:
    output = Output(200, noise=0.002)
    output.run(20.0)
    sound = output.heard()[round(5.1 * output.rate) :].astype(float)
    steepest = 8000 * 2 * np.pi * TONE / RATE
    assert np.abs(np.diff(sound)).max() < 1.05 * steepest
    loud = np.sqrt(np.convolve(sound**2, np.ones(960) / 960, "valid"))
    assert loud.min() > 0.9 * 8000 / np.sqrt(2)


def test_the_first_sample_leaves_at_its_moment_and_not_before() -> None:
    output = Output(0)
    output.run(6.0)
    first = int(np.flatnonzero(np.abs(output.heard()) > 30)[0])
    assert abs(first / RATE - 5.0) < 0.0002


def test_a_far_loudspeaker_sounds_later_by_its_delay() -> None:
    output = Output(0, delay=0.290)
    output.run(6.0)
    first = int(np.flatnonzero(np.abs(output.heard()) > 30)[0])
    assert abs(first / RATE - 5.290) < 0.0002


def test_what_was_dropped_does_not_leave() -> None:
    output = Output(0)
    output.run(5.5)
    output.steered.drop(round((BOOT + 5.5) * RATE))
    rest = output.steered.frames(4800, 5.51)
    assert not rest.any()


def test_a_clock_that_was_set_is_jumped_to() -> None:
    offset = [0.0]
    steered = Steered(lambda boot: BOOT + boot + offset[0])
    noise = np.random.default_rng(1).integers(-9000, 9000, 2 * RATE).astype(np.int16)
    steered.write(round(BOOT * RATE), noise)
    steered.frames(960, 0.0)
    offset[0] = 1.0
    heard = steered.frames(960, 0.02)
    assert (heard[:900] == noise[48960 : 48960 + 900]).mean() > 0.99
