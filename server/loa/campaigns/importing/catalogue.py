# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a plan's cells may name in one campaign: offices, posts, areas, phases, messages. Read once, then asked."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import Q

from loa.areas.folding import fold, nfc, spelling
from loa.areas.models import Area
from loa.areas.queries import below
from loa.campaigns.models import Campaign, KeyMessage, Phase
from loa.campaigns.queries import phases_of, posts_for
from loa.people.models import Organisation, Post
from loa.people.queries import holders

T = TypeVar("T")

NEAR = 3  # names proposed for one that is not known
RARE = 0.5  # a shared word that at most two names have makes them near, whatever else they say
COMPARED = 60  # names that a wrong one is compared with, letter by letter
_SHORT = (
    (re.compile(r"\bubnd\b"), "ủy ban nhân dân"),
    (re.compile(r"\bhđnd\b"), "hội đồng nhân dân"),
    (re.compile(r"\bubmttq\b"), "ủy ban mặt trận tổ quốc"),
    (re.compile(r"\bmttq\b"), "mặt trận tổ quốc"),
    (re.compile(r"\bvhxh\b|\bvh-xh\b"), "văn hóa - xã hội"),
    (re.compile(r"\bvhtt\b|\bvh-tt\b"), "văn hóa - thông tin"),
)
_DASH = re.compile(r"\s*[-–—]\s*")
_POLITE = re.compile(r"^(?:đ/c|đồng chí|ông|bà|anh|chị)\s*:?\s+", re.IGNORECASE)


def key_of(name: str) -> str:
    """Return a name as it is compared: where the tone stands, dashes, capitals and usual short forms agree."""
    text = _DASH.sub(" - ", nfc(name).casefold().strip(" .;,:*"))
    for pattern, words in _SHORT:
        text = pattern.sub(words, text)
    return spelling(text.replace("&", " và "))


class Names(Generic[T]):
    """Things by their names; several may share one."""

    def __init__(self) -> None:
        self._by_key: dict[str, dict[Any, T]] = {}
        self._shown: dict[str, str] = {}
        self._by_word: dict[str, set[str]] = {}
        self._near: dict[str, list[str]] = {}

    def add(self, name: str, key: Any, thing: T, *, is_proposed: bool = True) -> None:
        """Add a name of a thing; with ``is_proposed`` it is offered for names that are not known."""
        if not (named := key_of(name)):
            return
        self._by_key.setdefault(named, {})[key] = thing
        if is_proposed and named not in self._shown:
            self._shown[named] = name
            for word in fold(name).split():
                self._by_word.setdefault(word, set()).add(named)

    def get(self, name: str) -> list[T]:
        """Return all things of this name."""
        return list(self._by_key.get(key_of(name), {}).values())

    def beginning_with(self, name: str, letters: int) -> list[T]:
        """Return the things whose name begins so; none for fewer than ``letters`` letters."""
        wanted = key_of(name.rstrip(" .…"))
        if len(wanted) < letters:
            return []
        things: dict[Any, T] = {}
        for named, found in self._by_key.items():
            if named.startswith(wanted):
                things |= found
        return list(things.values())

    def near(self, name: str) -> list[str]:
        """Return names that are written alike: of those that share most words, the nearest by their letters."""
        wanted = key_of(name)[:200]
        if wanted not in self._near:
            self._near[wanted] = self._nearest(wanted, fold(name)[:200].split())
        return self._near[wanted]

    def _nearest(self, wanted: str, words: list[str]) -> list[str]:
        shared: dict[str, float] = {}
        for word in words[:20]:
            found = self._by_word.get(word, set())
            for one in found if len(found) < 2000 else ():
                shared[one] = shared.get(one, 0) + 1 / len(found)
        likely = sorted(shared, key=lambda one: -shared[one])[:COMPARED] or list(self._shown)[:COMPARED]
        folded = {fold(one): one for one in likely}
        matches = difflib.get_close_matches(fold(wanted), folded, n=NEAR, cutoff=0.6)
        rare = [one for one in likely[:NEAR] if shared.get(one, 0) >= RARE]
        return [self._shown[one] for one in ([folded[match] for match in matches] or rare)]


@dataclass
class Catalogue:
    """Everything that the cells of one campaign's plan may name. Made by ``read``."""

    campaign: Campaign
    offices: Names[Organisation] = field(default_factory=Names)
    heads: Names[Post] = field(default_factory=Names)  # by title with its office, and by holder
    titles: Names[Post] = field(default_factory=Names)  # by title alone
    areas: Names[Area] = field(default_factory=Names)
    phases: Names[Phase] = field(default_factory=Names)
    messages: Names[KeyMessage] = field(default_factory=Names)
    posts_of: dict[int, list[Post]] = field(default_factory=dict)  # by office
    office_names: dict[int, str] = field(default_factory=dict)  # unmistakable, by office
    post_names: dict[int, str] = field(default_factory=dict)  # unmistakable within the office, by post
    area_names: dict[int, str] = field(default_factory=dict)
    known: dict[tuple[Any, ...], int] = field(default_factory=dict)  # activities that are there


def read(campaign: Campaign, today: date) -> Catalogue:
    """Return the catalogue of a campaign. Nine queries, however large it is."""
    found = Catalogue(campaign)
    posts = list(posts_for(campaign).select_related("organisation__area"))
    held = {pk: person.full_name for pk, person in holders(posts, today).items()}
    offices = _offices(campaign)
    _add_offices(found, offices)
    _add_posts(found, posts, held)
    _add_areas(found, campaign.area)
    for phase in phases_of(campaign):
        found.phases.add(phase.name, phase.pk, phase)
        found.phases.add(phase.key, phase.pk, phase, is_proposed=False)
    for message in campaign.key_messages.all():
        found.messages.add(message.text, message.pk, message)
    for row in campaign.activities.values_list("pk", "title", "accountable_post", "phase", "start", "due"):
        found.known.setdefault(identity(*row[1:]), row[0])
    return found


def identity(title: str, post: int, phase: Any, start: date | None, due: date | None) -> tuple[Any, ...]:
    """Return by what two activities are the same: what, who, in which phase, until when."""
    return (key_of(title), post, phase, start, due)


def _offices(campaign: Campaign) -> list[Organisation]:
    """Return the offices that may answer or contribute: as ``queries.posts_for`` says of their posts."""
    wanted = Q(area__path__startswith=campaign.area.path) | Q(path__startswith=campaign.organisation.path)
    return list(Organisation.objects.filter(wanted).select_related("area").order_by("path"))


def _unmistakable(things: Sequence[Any], names_of: Callable[[Any], Iterable[str]]) -> dict[int, str]:
    """Return for each thing the first of its names that no other thing has."""
    count: dict[str, set[int]] = {}
    listed = [(thing.pk, list(names_of(thing))) for thing in things]
    for pk, names in listed:
        for name in names:
            count.setdefault(key_of(name), set()).add(pk)
    return {
        pk: next((name for name in names if len(count[key_of(name)]) == 1), names[-1]) for pk, names in listed
    }


def _add_offices(found: Catalogue, offices: list[Organisation]) -> None:
    above = {office.path: office for office in offices}

    def names(office: Organisation) -> list[str]:
        parent = above.get(office.path[: -Organisation.steplen])
        by_parent = [f"{office.name}, {parent.name}"] if parent else []
        area = office.area.name
        return [office.name, *by_parent, f"{office.name}, {area}"]

    found.office_names.update(_unmistakable(offices, names))
    for office in offices:
        for place, name in enumerate(names(office)):
            found.offices.add(name, office.pk, office, is_proposed=place == 0)
        found.offices.add(f"{office.name} {office.area.name}", office.pk, office, is_proposed=False)
        found.offices.add(office.short_name, office.pk, office, is_proposed=False)


def _add_posts(found: Catalogue, posts: list[Post], held: dict[int, str]) -> None:
    for post in posts:
        found.posts_of.setdefault(post.organisation_id, []).append(post)
        office = post.organisation
        for name in (office.name, office.short_name, found.office_names.get(office.pk, "")):
            if name:
                found.heads.add(f"{post.title}, {name}", post.pk, post)
                found.heads.add(f"{post.title} {name}", post.pk, post, is_proposed=False)
        found.titles.add(post.title, post.pk, post)
        if post.pk in held:
            found.heads.add(held[post.pk], post.pk, post, is_proposed=False)
            for form in (f"{post.title} ({held[post.pk]})", f"{held[post.pk]}, {post.title}"):
                found.heads.add(form, post.pk, post, is_proposed=False)
            found.heads.add(f"{post.title} {held[post.pk]}", post.pk, post, is_proposed=False)
    for siblings in found.posts_of.values():
        titles = [key_of(post.title) for post in siblings]
        for post in siblings:
            is_only = titles.count(key_of(post.title)) == 1
            holder = held.get(post.pk, "")
            found.post_names[post.pk] = post.title if is_only or not holder else f"{post.title} ({holder})"


def _add_areas(found: Catalogue, area: Area) -> None:
    areas = list(below([area]).order_by("path"))
    above = {one.path: one for one in areas}

    def names(one: Area) -> list[str]:
        parent = above.get(one.path[: -Area.steplen])
        return [one.name, f"{one.name}, {parent.name}"] if parent else [one.name]

    found.area_names.update(_unmistakable(areas, names))
    for one in areas:
        for place, name in enumerate(names(one)):
            found.areas.add(name, one.pk, one, is_proposed=place == 0)


def without_title(name: str) -> str:
    """Return a person's name without the words of politeness before it."""
    return _POLITE.sub("", nfc(name))
