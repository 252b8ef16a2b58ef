# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page shows on which a message is sent for release."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.areas.queries import villages_of
from loa.messages.models import Message, Revision
from loa.messages.queries import newest
from loa.people.models import Person
from loa.releases.forms import RequestForm
from loa.releases.queries import HouseholdCount, households_in
from loa.releases.stations import ChannelReach, reach_in
from loa.ui.dates import thousands
from loa.voice.queries import Spoken, has_heard, spoken


@dataclass(frozen=True)
class PlaceChoice:
    """One village that may be ticked."""

    village: Area
    is_chosen: bool
    lacks: tuple[str, ...]  # keys of the channels that do not stand there
    hint: str  # "120 hộ, có loa"


@dataclass(frozen=True)
class SendPage:
    """Where a message may be sent to, who would hear it there, and what is still missing."""

    message: Message
    revision: Revision
    spoken: Spoken
    area: Area
    places: list[PlaceChoice]
    reach: list[ChannelReach]
    households: HouseholdCount
    has_sources: bool
    has_heard: bool  # the reader played this sound to its end

    @property
    def whole_hint(self) -> str:
        """Say what "everywhere" means: villages, households, and where each channel stands."""
        parts = [_("%(count)s thôn, bản, khu phố") % {"count": thousands(self.households.villages)}]
        if self.households.households:
            words = _("%(count)s hộ") if not self.households.unknown else _("hơn %(count)s hộ")
            parts.append(words % {"count": thousands(self.households.households)})
        for one in self.reach:
            count = {"channel": one.within, "count": len(one.present)}
            parts.append(_("%(count)s nơi có %(channel)s") % count)
        return f"{', '.join(parts)}; " + _("kể cả nơi lập thêm sau này.")


def send_page(message: Message, reader: Person, form: RequestForm) -> SendPage:
    """Gather the page on which ``reader`` sends the newest revision of ``message``."""
    revision = newest(message)
    area = message.organisation.area
    villages = list(villages_of(area))
    reach = reach_in([area], villages, is_test=message.is_test)
    chosen = {str(code) for code in form["zones"].value() or ()}
    now = spoken(revision)
    return SendPage(
        message=message,
        revision=revision,
        spoken=now,
        area=area,
        places=[_choice(village, village.code in chosen, reach) for village in villages],
        reach=reach,
        households=households_in(villages),
        has_sources=revision.sources.exists(),
        has_heard=now.sound is not None and has_heard(reader, now.sound),
    )


def _choice(village: Area, is_chosen: bool, reach: Sequence[ChannelReach]) -> PlaceChoice:
    lacking = [one for one in reach if any(absent.pk == village.pk for absent in one.absent)]
    parts = []
    if village.households is not None:
        parts.append(_("%(count)s hộ") % {"count": thousands(village.households)})
    for one in reach:
        words = _("chưa có %(channel)s") if one in lacking else _("có %(channel)s")
        parts.append(words % {"channel": one.within})
    return PlaceChoice(village, is_chosen, tuple(one.key for one in lacking), ", ".join(parts))
