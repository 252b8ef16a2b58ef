# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of messages with the state that releases and deliveries give them, in a fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from loa.console.queries.way import Round, rounds_of, state_of
from loa.deliveries.models import StillOut
from loa.deliveries.queries import still_out as places_still_out
from loa.messages.models import Message, Revision
from loa.people.models import Person
from loa.people.queries import covered
from loa.releases.models import Release
from loa.releases.queries import ENDED

MOST = 100  # messages on one page


@dataclass(frozen=True)
class Line:
    """One message as the list shows it."""

    message: Message
    revision: Revision
    release: Release | None
    state: str
    still_out: int  # places, of every revision whose release ended
    next_start: datetime | None


def lines(person: Person, now: datetime, *, state: str = "") -> list[Line]:
    """Return the messages of the person's areas, newest first; ``state`` keeps one state alone."""
    messages = list(
        Message.objects.filter(covered(person, field="organisation__area__path"))
        .select_related("organisation", "campaign")
        .order_by("-created_at")[:MOST]
    )
    revisions = {
        revision.message_id: revision
        for revision in Revision.objects.filter(message__in=messages)
        .select_related("author")
        .order_by("number")
    }
    every_release = list(
        Release.objects.filter(revision__message__in=messages)
        .select_related("revision")
        .order_by("submitted_at")
    )
    releases = {release.revision.message_id: release for release in every_release}  # the newest of each
    ended = {release.pk: release.revision.message_id for release in every_release if release.state in ENDED}
    rounds: dict[UUID, list[Round]] = defaultdict(list)
    for one in rounds_of(list(releases.values()), now):
        rounds[one.placement.release_id].append(one)
    places: dict[int, list[StillOut]] = defaultdict(list)
    for place in places_still_out(ended):
        places[ended[place.release_id]].append(place)
    found = [
        _line(message, revisions[message.pk], releases.get(message.pk), rounds, places[message.pk], now)
        for message in messages
    ]
    return [line for line in found if not state or line.state == state]


def _line(
    message: Message,
    revision: Revision,
    release: Release | None,
    rounds: dict[UUID, list[Round]],
    places: list[StillOut],
    now: datetime,
) -> Line:
    own_rounds = rounds[release.pk] if release else []
    own_places = [place for place in places if release and place.release_id == release.pk]
    return Line(
        message=message,
        revision=revision,
        release=release,
        state=state_of(release, own_rounds, own_places, now),
        still_out=sum(place.confirmed_at is None for place in places),
        next_start=next(
            (one.placement.starts_at for one in own_rounds if one.placement.starts_at > now), None
        ),
    )
