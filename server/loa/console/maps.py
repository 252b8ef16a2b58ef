# SPDX-License-Identifier: AGPL-3.0-or-later
"""A campaign's villages on the map: which could have heard something of it in the last days."""

from django.utils.translation import gettext as _

from loa.areas.geometry import geometry
from loa.console.queries.overview import Overview
from loa.reach.queries import VillageState
from loa.reach.rules import Heard
from loa.ui.village_maps import Village

_RAMP = {Heard.COULD: 0, Heard.NOT: 4, Heard.UNKNOWN: None}


def villages_on_map(page: Overview) -> list[Village]:
    """Return the villages as the map and its table show them."""
    return [_village(one) for one in page.villages]


def _village(one: VillageState) -> Village:
    total = one.key_messages_total
    if one.heard is Heard.COULD:
        words = _("có thể đã nghe %(count)d/%(total)d thông điệp") % {
            "count": one.key_messages_could,
            "total": total,
        }
    elif one.heard is Heard.UNKNOWN:
        words = _("chưa rõ: chờ bằng chứng")
    else:
        words = _("chưa được báo")
    return Village(
        name=one.village.name,
        geometry=geometry(one.village),
        ramp=_RAMP[one.heard],
        value="?" if one.heard is Heard.UNKNOWN else f"{one.key_messages_could}/{total}",
        words=words,
        is_sample=one.village.is_sample,
    )
