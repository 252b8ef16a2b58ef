# SPDX-License-Identifier: AGPL-3.0-or-later
"""What apps above hang into the frame: places of the rail, the on-air pill, the unit, the person's menu.

An app registers in its ``AppConfig.ready``; the frame asks only when a page with a frame is drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class Place:
    """One place of the rail.

    ``count`` returns how much waits there (0 shows nothing); ``is_urgent`` fills the count, because it waits
    for the reader himself. ``short`` is the name on the phone's bottom bar; the first four that have one stand
    there, the others under "Thêm". ``may_see`` hides the place from who may not open it.
    """

    key: str
    name: Words
    icon: str
    url_name: str
    order: int
    short: Words = ""
    count: Callable[[HttpRequest], int] | None = None
    is_urgent: bool = False
    may_see: Callable[[HttpRequest], bool] | None = None


@dataclass(frozen=True)
class MenuItem:
    """One line of the person's menu; ``is_post`` sends a form, as sign-out must."""

    name: Words
    icon: str
    url_name: str
    order: int
    is_post: bool = False


@dataclass(frozen=True)
class Bell:
    """The bell in the bar: where notices are, and how many wait for the reader."""

    name: Words
    url_name: str
    count: Callable[[HttpRequest], int]


@dataclass(frozen=True)
class OnAir:
    """What the green pill says: "Đang phát ở 10 cụm loa", and until when."""

    words: str
    url: str
    until: datetime | None = None


@dataclass(frozen=True)
class Access:
    """A short-lived entry to messaging for this reader's browser, and the subject of its nudges."""

    url: str  # wss://… or ws://…
    jwt: str
    seed: str
    subject: str


class Registry:
    """Everything that apps registered; one per process, filled while Django starts."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.below: dict[str, list[str]] = {}
        self.pages: dict[str, str] = {}  # places of single pages by their view's name
        self.menu: dict[str, MenuItem] = {}
        self.unit: Callable[[HttpRequest], str] | None = None
        self.bell: Bell | None = None
        self.on_air: Callable[[HttpRequest], OnAir | None] | None = None
        self.post_of: Callable[[HttpRequest], str] | None = None
        self.events_url: Callable[[HttpRequest], str] | None = None
        self.news_url_name = ""


registry = Registry()


def register_place(place: Place) -> None:
    """Add a place to the rail, or replace the one of the same key."""
    registry.places[place.key] = place


def register_below(key: str, url_name: str) -> None:
    """Say that the pages below an address belong to the place of this key, though their address lies elsewhere."""
    registry.below.setdefault(key, []).append(url_name)


def register_pages(key: str, *url_names: str) -> None:
    """Say that single pages belong to the place of this key, whatever place their address lies below."""
    registry.pages.update(dict.fromkeys(url_names, key))


def register_menu_item(item: MenuItem) -> None:
    """Add a line to the person's menu."""
    registry.menu[item.url_name] = item


def register_unit(name_of: Callable[[HttpRequest], str]) -> None:
    """Say which unit's name stands in the bar."""
    registry.unit = name_of


def register_bell(bell: Bell) -> None:
    """Hang the bell into the bar."""
    registry.bell = bell


def register_on_air(ask: Callable[[HttpRequest], OnAir | None]) -> None:
    """Say what is on air for this reader; None shows no pill."""
    registry.on_air = ask


def register_post(post_of: Callable[[HttpRequest], str]) -> None:
    """Say which post of the reader stands under his name in the menu."""
    registry.post_of = post_of


def register_news(url_name: str) -> None:
    """Say which address gives the counts and the on-air pill (``ui/frame_news.html``) to a page that stands."""
    registry.news_url_name = url_name


def register_events(url_of: Callable[[HttpRequest], str]) -> None:
    """Say which address gives the browser its entry to messaging as JSON (see ``Access``); "" gives none."""
    registry.events_url = url_of
