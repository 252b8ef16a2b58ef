# SPDX-License-Identifier: AGPL-3.0-or-later
"""The context processor of the frame: asks the registry once a page draws its frame, never before."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from loa.config import clock
from loa.ui.frame import MenuItem, OnAir, Place, registry

IN_BOTTOM_BAR = 4  # and "Thêm" is the fifth


@dataclass(frozen=True)
class DrawnPlace:
    """A place as the page draws it."""

    key: str
    name: str
    short: str
    icon: str
    url: str
    count: int
    is_urgent: bool


@dataclass(frozen=True)
class DrawnMenuItem:
    """A line of the person's menu as the page draws it."""

    name: str
    icon: str
    url: str
    is_post: bool


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Frame:
    """Everything around a page for one request; nothing is asked twice.

    A page draws its frame at once and fetches what changes (``with_news``: counts, what is on air) right after,
    and again now and then, so that no page waits for it.
    """

    def __init__(self, request: HttpRequest, *, with_news: bool = False) -> None:
        self._request = request
        self._with_news = with_news

    @property
    def is_demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def now(self) -> float:
        """Server time in seconds, so that countdowns do not trust the reader's clock."""
        return clock.now().timestamp()

    @cached_property
    def unit(self) -> str:
        return registry.unit(self._request) if registry.unit else ""

    @cached_property
    def on_air(self) -> OnAir | None:
        return registry.on_air(self._request) if registry.on_air and self._with_news else None

    @cached_property
    def bell(self) -> DrawnPlace | None:
        bell = registry.bell
        if bell is None or not (url := _url(bell.url_name)):
            return None
        count = bell.count(self._request) if self._with_news else 0
        return DrawnPlace("bell", str(bell.name), "", "bell", url, count, is_urgent=True)

    @property
    def news_url(self) -> str:
        return _url(registry.news_url_name) if registry.news_url_name else ""

    @cached_property
    def events_url(self) -> str:
        return registry.events_url(self._request) if registry.events_url else ""

    @cached_property
    def post(self) -> str:
        return registry.post_of(self._request) if registry.post_of else ""

    @cached_property
    def places(self) -> list[DrawnPlace]:
        """Return the places that the reader may open, in their order."""
        ordered = sorted(registry.places.values(), key=lambda place: (place.order, place.key))
        drawn = [
            self._draw(place) for place in ordered if place.may_see is None or place.may_see(self._request)
        ]
        return [place for place in drawn if place.url]

    @cached_property
    def here(self) -> str:
        """Return the key of the place to which the page belongs: of several addresses above it the nearest one's."""
        path, match = self._request.path, self._request.resolver_match
        if match and (key := registry.pages.get(match.view_name)):
            return key
        above = [
            (len(url), place.key)
            for place in self.places
            for url in (place.url, *map(_url, registry.below.get(place.key, ())))
            if path == url or (url not in {"", "/"} and path.startswith(url))
        ]
        return max(above, default=(0, ""))[1]

    @property
    def bottom(self) -> list[DrawnPlace]:
        return [place for place in self.places if place.short][:IN_BOTTOM_BAR]

    @property
    def more(self) -> list[DrawnPlace]:
        shown = {place.key for place in self.bottom}
        return [place for place in self.places if place.key not in shown]

    @cached_property
    def menu(self) -> list[DrawnMenuItem]:
        items = sorted(registry.menu.values(), key=lambda item: item.order)
        return [drawn for item in items if (drawn := self._draw_item(item)).url]

    def _draw(self, place: Place) -> DrawnPlace:
        return DrawnPlace(
            key=place.key,
            name=str(place.name),
            short=str(place.short),
            icon=place.icon,
            url=_url(place.url_name),
            count=place.count(self._request) if place.count and self._with_news else 0,
            is_urgent=place.is_urgent,
        )

    def _draw_item(self, item: MenuItem) -> DrawnMenuItem:
        return DrawnMenuItem(
            name=str(item.name), icon=item.icon, url=_url(item.url_name), is_post=item.is_post
        )


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every template ``frame``; see ``Frame``."""
    if not hasattr(request, "user"):  # refused before anybody looked who asks: its page is a stranger's
        request.user = AnonymousUser()
    return {"frame": Frame(request)}
