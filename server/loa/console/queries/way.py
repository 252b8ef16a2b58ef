# SPDX-License-Identifier: AGPL-3.0-or-later
"""A message's whole way: its steps, and per placement what each loudspeaker did, said or left unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from loa.airtime.models import Placement
from loa.areas.models import Area
from loa.deliveries.models import Delivery, Outcome, StillOut
from loa.deliveries.queries import BADGES, deliveries_of_placements
from loa.deliveries.queries import still_out as places_still_out
from loa.devices.models import Device, DeviceState
from loa.devices.queries import aims_at
from loa.devices.rules import FRESH, may_yet_begin
from loa.devices.sentences import reason
from loa.messages.models import Message, Revision
from loa.messages.queries import newest
from loa.people.models import Person
from loa.releases.models import Release, ReleaseState, Signature
from loa.releases.pages import days
from loa.releases.queries import ENDED
from loa.voice.models import Heard
from loa.voice.queries import Spoken
from loa.voice.queries import spoken as spoken_of

NO_NEWS = "no_news"


@dataclass(frozen=True)
class PlaceRow:
    """What one loudspeaker did with one placement; ``state`` is a state badge's name."""

    device: Device
    state: str  # "planned", "on_air", "played", "partial", "stopped", "refused", "missed", "withdrawn", "unknown"
    started_at: datetime | None = None
    seconds: float | None = None
    proof: str = ""  # proof strength, "" while nothing is proven
    reason: str = ""

    @property
    def proof_is_due(self) -> bool:
        """Say whether a proof could have come: not before it sounded to its end, nor where it was called off."""
        return self.is_over and self.state != "withdrawn"

    @property
    def is_over(self) -> bool:
        return self.state not in {"planned", "on_air"}

    @property
    def words(self) -> str:
        """Return why it did not sound as planned, as a sentence."""
        if self.reason == NO_NEWS:
            return _("chưa có tin từ máy")
        return reason(self.reason) if self.reason else ""


@dataclass(frozen=True)
class Round:
    """One placement with its rows."""

    placement: Placement
    ends_at: datetime
    rows: tuple[PlaceRow, ...]

    def count(self, *states: str) -> int:
        """Return how many loudspeakers are in one of ``states``."""
        return sum(row.state in states for row in self.rows)

    @property
    def proven(self) -> int:
        """Return for how many loudspeakers there is a proof that it sounded."""
        return sum(bool(row.proof) for row in self.rows)

    @property
    def is_over(self) -> bool:
        return all(row.is_over for row in self.rows)

    @property
    def has_sounded(self) -> bool:
        """Say whether anything of it was heard anywhere, by the word of the loudspeakers."""
        return self.count("on_air", "played", "partial", "stopped") > 0

    @property
    def is_called_off(self) -> bool:
        """Say whether the release ended before this round began, so that it sounded nowhere."""
        return bool(self.rows) and all(row.state == "withdrawn" for row in self.rows)


@dataclass(frozen=True)
class Way:
    """Everything that the message page shows, read once."""

    message: Message
    revision: Revision
    spoken: Spoken
    release: Release | None
    rounds: tuple[Round, ...]
    still_out: tuple[StillOut, ...]  # of every revision whose release ended
    state: str
    releases: tuple[Release, ...] = field(default=())
    heard_by: tuple[str, ...] = field(default=())  # who of those who made or signed it played it to its end
    has_heard: bool = False  # the reader did

    @property
    def ended_at(self) -> datetime | None:
        """Return when the release ended before its time, or None."""
        return ended_at(self.release) if self.release is not None else None

    @property
    def in_force(self) -> str:
        """Return from when to when the release was signed to sound; empty without one."""
        return days(self.release.not_before, self.release.not_after) if self.release is not None else ""

    @property
    def has_sounded(self) -> bool:
        """Say whether anything of it was heard anywhere: only then is there something to apologise for."""
        return any(one.has_sounded for one in self.rounds)

    @property
    def is_run_over(self) -> bool:
        """Say whether every round is over, so that withdrawing stops nothing any more."""
        return bool(self.rounds) and all(one.is_over for one in self.rounds)

    @property
    def waiting_places(self) -> tuple[StillOut, ...]:
        return tuple(place for place in self.still_out if place.confirmed_at is None)


def way(message: Message, now: datetime, reader: Person | None = None) -> Way:
    """Read the whole way of ``message`` as it stands at ``now``, for ``reader``."""
    revision = newest(message)
    releases = tuple(
        Release.objects.filter(revision__message=message)
        .select_related(
            "policy", "sound", "organisation", "returned_by", "submitted_by", "withdrawal__requested_by"
        )
        .prefetch_related(
            "zones", Prefetch("signatures", queryset=Signature.objects.select_related("person"))
        )
        .order_by("-submitted_at")
    )
    release = next(
        (one for one in releases if one.revision_id == revision.pk), releases[0] if releases else None
    )
    rounds = rounds_of([release], now) if release else ()
    still_out = tuple(places_still_out(one.pk for one in releases if one.state in ENDED))
    spoken = spoken_of(revision)
    heard = _heard(revision, release, spoken, reader)
    makers = _makers(revision, release)
    return Way(
        message=message,
        revision=revision,
        spoken=spoken,
        release=release,
        rounds=rounds,
        still_out=still_out,
        state=state_of(
            release, rounds, [one for one in still_out if release and one.release_id == release.pk], now
        ),
        releases=releases,
        heard_by=tuple(
            one.full_name for one in heard if one.pk in makers or getattr(one, "is_editor", False)
        ),
        has_heard=reader is not None and reader.pk in {one.pk for one in heard},
    )


def _makers(revision: Revision, release: Release | None) -> set[int]:
    """Return who wrote, sent or signed a revision, by key; its editors are asked for with who heard it."""
    if release is None or release.revision_id != revision.pk:
        return {revision.author_id}
    signers = {one.person_id for one in release.signatures.all()}
    return {revision.author_id, release.submitted_by_id, *signers}


def _heard(
    revision: Revision, release: Release | None, spoken: Spoken, reader: Person | None
) -> list[Person]:
    """Return who of the makers, signers and the reader played the sound to its end, first who did first. One query."""
    if spoken.sound is None:
        return []
    editors = revision.editors.through.objects.filter(revision=revision, person=OuterRef("pk"))
    people = _makers(revision, release) | ({reader.pk} if reader is not None else set())
    rows = Heard.objects.filter(sound=spoken.sound, person=OuterRef("pk"))
    found = Person.objects.annotate(is_editor=Exists(editors), heard_at=Subquery(rows.values("at")[:1]))
    return list(
        found.filter(Q(pk__in=people) | Q(is_editor=True), heard_at__isnull=False).order_by("heard_at", "pk")
    )


def state_of(
    release: Release | None, rounds: Sequence[Round], still_out: Iterable[StillOut], now: datetime
) -> str:
    """Return the state badge of a message from its newest release and what became of it."""
    if release is None:
        return "draft"
    if release.state in ENDED:
        return "still_out" if any(place.confirmed_at is None for place in still_out) else "withdrawn"
    if release.state != ReleaseState.RELEASED:
        return str(release.state)
    if any(one.count("on_air") for one in rounds):
        return "on_air"
    if rounds and all(one.placement.starts_at <= now and one.is_over for one in rounds):
        return "played" if any(one.count("played", "partial") for one in rounds) else "unknown"
    return "placed" if rounds else "released"


def rounds_of(releases: Sequence[Release], now: datetime) -> tuple[Round, ...]:
    """Return every placement of ``releases`` that was not cancelled, in order, with a row per loudspeaker."""
    return rounds_in(Placement.objects.filter(release__in=releases), now)


def rounds_in(found: QuerySet[Placement], now: datetime) -> tuple[Round, ...]:
    """Return the placements found that were not cancelled, in order, with a row per loudspeaker. Four queries."""
    placements = list(
        found.filter(cancelled_at=None)
        .select_related("release__revision__message", "release__withdrawal")
        .prefetch_related(
            Prefetch("zones", queryset=Area.objects.only("id", "path", "depth", "name", "code"))
        )
        .order_by("starts_at")
    )
    if not placements:
        return ()
    inside = reduce(
        or_,
        (Q(village__path__startswith=zone.path) for one in placements for zone in one.zones.all()),
        Q(pk=None),
    )
    devices = list(
        Device.objects.filter(inside, state=DeviceState.ACTIVE)
        .select_related("village", "status")
        .order_by("village__name")
    )
    deliveries = {
        (row.placement_id, row.place_key): row
        for row in deliveries_of_placements(one.pk for one in placements)
    }
    return tuple(_round(placement, devices, deliveries, now) for placement in placements)


def ended_at(release: Release) -> datetime | None:
    """Return when a release ended before its time, or None."""
    withdrawal = getattr(release, "withdrawal", None)
    return release.superseded_at or (withdrawal.effective_at if withdrawal is not None else None)


def _round(
    placement: Placement,
    devices: Iterable[Device],
    deliveries: dict[tuple[UUID, str], Delivery],
    now: datetime,
) -> Round:
    ends_at = placement.starts_at + timedelta(milliseconds=placement.duration_ms)
    inside = [device for device in devices if aims_at(placement, device)]
    rows = tuple(
        place_row(placement, ends_at, device, deliveries.get((placement.pk, str(device.pk))), now)
        for device in inside
    )
    return Round(placement=placement, ends_at=ends_at, rows=rows)


def place_row(
    placement: Placement, ends_at: datetime, device: Device, delivery: Delivery | None, now: datetime
) -> PlaceRow:
    """Say what ``device`` did with ``placement``: proven, on air by its own word, planned, or unknown.

    Silence is unknown: never done, never failed (design, rule 10).
    """
    if delivery is not None:
        return PlaceRow(
            device=device,
            state=BADGES[Outcome(delivery.outcome)],
            started_at=delivery.started_at,
            seconds=delivery.seconds,
            proof=delivery.proof if delivery.seconds else "",
            reason=delivery.reason,
        )
    status = getattr(device, "status", None)
    is_fresh = status is not None and now - status.last_seen <= FRESH
    if status is not None and is_fresh and status.playing_item == str(placement.pk):
        return PlaceRow(device=device, state="on_air", started_at=status.playing_since)
    ended = ended_at(placement.release)
    if ended is not None and ended < placement.starts_at:
        return PlaceRow(device=device, state="withdrawn")  # the still-out list says whether it knows already
    if now < placement.starts_at or (
        status is not None and is_fresh and may_yet_begin(status.last_seen, placement.starts_at)
    ):
        return PlaceRow(device=device, state="planned")
    return PlaceRow(device=device, state="unknown", reason=NO_NEWS)
