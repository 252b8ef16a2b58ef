# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a release may be placed: on every installed channel that needs what it holds."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from loa.channels.registry import channels
from loa.messages.links import message_page
from loa.releases.models import Release
from loa.releases.stations import HELD


@dataclass(frozen=True)
class PlacingLink:
    """The way to one channel's page that places the release."""

    words: str
    url: str


def placing_links(release: Release) -> list[PlacingLink]:
    """Return a link for each channel; a single one needs no name."""
    able = [channel for channel in channels() if channel.rendition_kind in HELD]
    return [
        PlacingLink(
            _("Đặt lịch") if len(able) == 1 else _("Đặt lịch: %(channel)s") % {"channel": channel.name},
            reverse(channel.placement_page, args=[release.pk]),
        )
        for channel in able
    ]


def placing_url(release: Release) -> str:
    """Return the one page that places the release, or the message's page where there are several to choose."""
    links = placing_links(release)
    return links[0].url if len(links) == 1 else message_page(release.revision.message.code)
