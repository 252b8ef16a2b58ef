# SPDX-License-Identifier: AGPL-3.0-or-later
"""In which villages the installed channels stand: said before anybody sends or signs, not when it is too late."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.channels.registry import channels

HELD = frozenset({"spoken"})  # the renditions that a release binds (releases.statements.release_bytes)
NAMES = 40  # villages named on a page


@dataclass(frozen=True)
class ChannelReach:
    """In which of some villages one channel stands; a village without it hears nothing by it."""

    key: str
    name: str  # as a sentence begins: "Loa"
    present: tuple[Area, ...]
    absent: tuple[Area, ...]

    @property
    def within(self) -> str:
        """Return the channel's name inside a sentence: "loa"."""
        return self.name[:1].lower() + self.name[1:]

    @property
    def sentence(self) -> str:
        """Say in how many of the villages it stands, and which."""
        count = {"channel": self.name, "count": len(self.present), "total": self.total}
        if not self.present:
            return _("%(channel)s: chưa nơi nào có, trong %(total)s thôn, bản, khu phố.") % count
        words = _("%(channel)s: có ở %(count)s/%(total)s thôn, bản, khu phố") % count
        return f"{words}." if not self.absent else f"{words}: {names(self.present)}."

    @property
    def warning(self) -> str:
        """Name the villages without it, and what follows; empty when it stands in all of them."""
        if not self.absent:
            return ""
        words = _("Chưa có %(channel)s ở: %(names)s. Ở đó không ai nghe được tin này qua %(channel)s.")
        return words % {"channel": self.within, "names": names(self.absent)}

    @property
    def total(self) -> int:
        return len(self.present) + len(self.absent)


def reach_in(zones: Sequence[Area], villages: Sequence[Area], *, is_test: bool = False) -> list[ChannelReach]:
    """Return, for each channel that stands in some villages only, which of ``villages`` have it.

    Args:
        zones: what holds the villages; asked for as a whole, so one query of the channel is enough.
        villages: every village in the zones.
        is_test: a test message sounds on test devices alone.
    """
    found = []
    for channel in channels():
        if channel.stations is None or channel.rendition_kind not in HELD or not villages:
            continue
        counts = channel.stations.counts(zones, is_test=is_test)
        present = tuple(village for village in villages if counts.get(village.pk))
        absent = tuple(village for village in villages if not counts.get(village.pk))
        found.append(ChannelReach(channel.key, str(channel.name), present, absent))
    return found


def names(villages: Sequence[Area]) -> str:
    """Name the villages, the first few of very many."""
    return ", ".join(village.name for village in villages[:NAMES]) + ("…" if len(villages) > NAMES else "")
