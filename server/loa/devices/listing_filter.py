# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which devices the list shows, as its address says."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from loa.areas.folding import fold
from loa.devices.queries import DeviceNow, Figures, Now

ALL, TO_LOOK_AT, AS_PLANNED, SILENT, UNKNOWN = "", "can", "dung-lich", "im", "khong-ro"
STATES = {AS_PLANNED: Now.SOUNDING, SILENT: Now.SILENT, UNKNOWN: Now.UNKNOWN}


@dataclass(frozen=True)
class Chosen:
    """A state, a commune by its code, words of a name; anything unknown is no filter."""

    show: str = ALL
    commune: str = ""
    words: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Chosen":
        """Read an address."""
        show = query.get("xem", "")
        return cls(
            show=show if show in {TO_LOOK_AT, *STATES} else ALL,
            commune=query.get("xa", "")[:32],
            words=query.get("tim", "").strip()[:100],
        )

    def is_in_commune(self, one: DeviceNow) -> bool:
        """Say whether a device belongs to the chosen commune."""
        return not self.commune or one.device.commune.code == self.commune

    def shows(self, one: DeviceNow) -> bool:
        """Say whether a device is in the chosen state, and called so."""
        if self.show == TO_LOOK_AT and not one.needs_a_look:
            return False
        if self.show in STATES and one.now is not STATES[self.show]:
            return False
        named = f"{one.device.name} {one.device.village.name}"
        return not self.words or fold(self.words) in fold(named)


def shows(figures: Figures) -> list[tuple[str, str, int | None]]:
    """Return the states that may be chosen, with how many devices are in each."""
    return [
        (ALL, _("Tất cả"), figures.total),
        (TO_LOOK_AT, _("Cần xem"), figures.to_look_at),
        (AS_PLANNED, _("Đúng lịch"), figures.as_planned),
        (SILENT, _("Im"), figures.silent),
        (UNKNOWN, _("Không rõ"), figures.unknown),
    ]
