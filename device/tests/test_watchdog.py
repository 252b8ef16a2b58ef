# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the service manager hears of the agent."""

import socket
from pathlib import Path

import pytest

from loa_device.watchdog import notify


def test_the_service_manager_hears_that_the_agent_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"


def test_a_manager_that_is_gone_or_absent_hinders_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("WATCHDOG=1")
    monkeypatch.delenv("NOTIFY_SOCKET")
    notify("WATCHDOG=1")
