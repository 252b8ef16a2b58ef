# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many bytes of sound a day may cost on a SIM card's line."""

from datetime import datetime
from pathlib import Path

import msgspec

from loa_device.state import write_durably


class _Spent(msgspec.Struct, frozen=True):
    day: str = ""  # UTC date
    bytes: int = 0


class ByteBudget:
    """What has been fetched today, kept over a restart.

    Args:
        path: file that keeps it.
        daily: bytes a day; 0 is no limit.
    """

    def __init__(self, path: Path, daily: int = 0) -> None:
        self._path = path
        self._daily = daily
        try:
            self._spent = msgspec.json.decode(path.read_bytes(), type=_Spent)
        except (FileNotFoundError, msgspec.DecodeError):
            self._spent = _Spent()

    def allows(self, size: int, now: datetime) -> bool:
        """Say whether so many bytes more may be fetched today."""
        return not self._daily or self._today(now).bytes + size <= self._daily

    def spend(self, count: int, now: datetime) -> None:
        """Note bytes that came.

        Raises:
            OSError: the disk cannot be written; the bytes count until the agent ends.
        """
        if self._daily and count:
            today = self._today(now)
            self._spent = _Spent(today.day, today.bytes + count)
            write_durably(self._path, msgspec.json.encode(self._spent))

    def _today(self, now: datetime) -> _Spent:
        day = now.date().isoformat()
        return self._spent if self._spent.day == day else _Spent(day)
