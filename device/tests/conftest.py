# SPDX-License-Identifier: AGPL-3.0-or-later
"""The simulated server and a fresh device folder for each test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from simulator import Simulator

from loa_device.state import DeviceHome


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Simulator]:
    """A server in this process: repository, media, enrolment; nothing published yet."""
    with Simulator(tmp_path / "server") as simulator:
        yield simulator


@pytest.fixture
def home(tmp_path: Path) -> DeviceHome:
    """An empty device folder."""
    home = DeviceHome(tmp_path / "device")
    home.make()
    return home
