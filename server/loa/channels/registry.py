# SPDX-License-Identifier: AGPL-3.0-or-later
"""The channels that are installed. Each registers itself in its app's ``ready``; nothing else knows it."""

from dataclasses import dataclass
from typing import Any

from loa.channels.ports import AgendaSource, Holders, Sounded, Stations, TestPlaces


@dataclass(frozen=True)
class Channel:
    """What the shared parts need to know of a channel.

    Args:
        key: stable; in placements and deliveries ("loudspeaker").
        name: lazily translated name for people ("Loa").
        app: label of the Django app that owns it.
        icon: name of the icon in the sprite.
        rendition_kind: the rendition that it needs ("spoken").
        proof_kinds: proof strengths that it can bring, strongest first (values of deliveries.ProofStrength).
        placement_page: name of the address that places a release on it; takes the release's id.
        agenda: where devices' items come from; None when no device carries it out.
        holders: who may hold a release; None when nothing is left over after a placement.
        sounded: where a release was played; None when the channel plays nothing.
        stations: in which villages it stands; None when it reaches every village alike.
        test_places: which devices were set to test; the administrators sign them with the airtime rules.
    """

    key: str
    name: Any
    app: str
    icon: str
    rendition_kind: str
    proof_kinds: tuple[str, ...]
    placement_page: str
    agenda: AgendaSource | None = None
    holders: Holders | None = None
    stations: Stations | None = None
    sounded: Sounded | None = None
    test_places: TestPlaces | None = None


_channels: dict[str, Channel] = {}


class UnknownChannelError(LookupError):
    """No installed app registered this channel."""


def register(channel: Channel) -> None:
    """Make ``channel`` known. Registering the same key for the same app again replaces it.

    Raises:
        ValueError: another app has this key.
    """
    known = _channels.get(channel.key)
    if known is not None and known.app != channel.app:
        raise ValueError(f"Channel {channel.key!r} belongs to {known.app!r} already.")
    _channels[channel.key] = channel


def channel(key: str) -> Channel:
    """Return the channel ``key``.

    Raises:
        UnknownChannelError: there is none.
    """
    try:
        return _channels[key]
    except KeyError:
        raise UnknownChannelError(f"No channel {key!r} is installed.") from None


def channels() -> list[Channel]:
    """Return every channel in the order of registration (the order of the installed apps)."""
    return list(_channels.values())
