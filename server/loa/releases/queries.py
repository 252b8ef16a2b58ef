# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages, devices and other apps read of releases; who may sign, and in one sentence why not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.channels.ports import Place
from loa.channels.registry import channels
from loa.config import clock
from loa.config.errors import NotFoundError
from loa.messages.models import Message, Revision
from loa.people.models import Person
from loa.people.queries import covered, may
from loa.people.rules import SIGNING, Permission
from loa.people.scope import is_remembered
from loa.releases import rules
from loa.releases.approvers import posts_of, reaching
from loa.releases.models import (
    Objection,
    PriorityClass,
    Release,
    ReleaseState,
    Review,
    Signature,
    Withdrawal,
)
from loa.releases.sentences import nothing_to_withdraw, why_not_sentence
from loa.releases.standings import Standing, as_partner, standings, who_may_sign
from loa.releases.statements import envelope_bytes

T = TypeVar("T")
ENDED = (ReleaseState.WITHDRAWN, ReleaseState.SUPERSEDED)


@dataclass(frozen=True)
class SignerLine:
    """One person in the list of signers: signed, awaited, or one who could sign."""

    person: Person
    post: str
    signed_at: datetime | None
    is_you: bool


@dataclass(frozen=True)
class HouseholdCount:
    """How many households stand where a release may sound; ``unknown`` villages have no figure."""

    villages: int
    households: int
    unknown: int


def _related() -> QuerySet[Release]:
    signatures = Signature.objects.select_related("person").order_by("at", "pk")
    return (
        Release.objects.annotate(
            has_reviews=Exists(Review.objects.filter(release=OuterRef("pk"))),
            has_objections=Exists(Objection.objects.filter(release=OuterRef("pk"))),
        )
        .select_related(
            "revision__message",
            "revision__author",
            "revision__spoken",
            "withdrawal",
            "organisation__area",
            "policy",
            "sound",
            "submitted_by",
            "returned_by",
        )
        .prefetch_related("zones", "revision__editors", Prefetch("signatures", queryset=signatures))
    )


def releases_for(person: Person) -> QuerySet[Release]:
    """Return the releases that the person may see, newest first, with what pages show of them.

    Who signs for a partner under a joined policy sees what he is asked about, and nothing else there.
    """
    seen = covered(person, Permission.VIEW, field="organisation__area__path") | as_partner(person)
    return _related().filter(seen).order_by("-submitted_at", "pk")


def release(person: Person, pk: UUID | str) -> Release:
    """Return one release.

    Raises:
        NotFoundError: absent, or not for this person.
    """
    found = releases_for(person).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("Không có yêu cầu duyệt này, hoặc tin ở địa bàn khác."))
    return found


def releases_of(message: Message) -> QuerySet[Release]:
    """Return every release of a message, newest first."""
    return _related().filter(revision__message=message).order_by("-submitted_at", "pk")


def in_force(*, commune: Area | None = None, now: datetime | None = None) -> QuerySet[Release]:
    """Return the releases that may sound now or later, optionally those that reach a commune."""
    found = _related().filter(state=ReleaseState.RELEASED, not_after__gt=now or clock.now())
    return found if commune is None else found.filter(pk__in=_reaching(commune))


def ended(commune: Area, *, since: datetime) -> QuerySet[Release]:
    """Return what was withdrawn or superseded in the commune and would else have lasted past ``since``."""
    return Release.objects.filter(state__in=ENDED, not_after__gt=since, pk__in=_reaching(commune)).order_by(
        "pk"
    )


def _reaching(commune: Area) -> QuerySet[Release, Any]:
    return Release.objects.filter(reaching(commune)).values("pk")


def envelope(release: Release) -> bytes:
    """Return the release's file as devices fetch it.

    Raises:
        NotFoundError: not enough people have signed.
    """
    if release.released_at is None:
        raise NotFoundError(_("Tin chưa đủ chữ ký nên chưa có tệp phát hành."))
    return envelope_bytes(release)


def withdrawal_envelope(release: Release) -> bytes | None:
    """Return the withdrawal's file as devices fetch it, or None while the release has not been withdrawn."""
    found = Withdrawal.objects.filter(release=release, effective_at__isnull=False).first()
    return bytes(found.envelope) if found is not None and found.envelope is not None else None


def withdrawal_of(release: Release) -> Withdrawal | None:
    """Return the withdrawal that was asked for, finished or not, with its signatures."""
    return (
        Withdrawal.objects.filter(release=release)
        .select_related("requested_by")
        .prefetch_related("signatures__person")
        .first()
    )


def waiting_for(person: Person) -> list[Release]:
    """Return what the person is asked to sign, oldest first; at most he must hear it or make a key before."""
    return [one.release for one in _waiting(person) if not rules.lasting(one.reason)]


def _waiting(person: Person) -> list[Standing]:
    """Return what waits where the person approves."""
    return _kept(person, "_loa_waiting", lambda: _awaiting(person))


def _awaiting(person: Person) -> list[Standing]:
    found = (
        _related()
        .filter(
            covered(person, Permission.RELEASE_SIGN, field="organisation__area__path")
            | covered(person, Permission.RELEASE_EMERGENCY, field="organisation__area__path")
            | as_partner(person),
            state=ReleaseState.AWAITING,
            not_after__gt=clock.now(),
        )
        .order_by("submitted_at", "pk")
    )
    return standings(person, found)


def _kept(person: Person, name: str, ask: Callable[[], list[T]]) -> list[T]:
    """Ask once for the object of one request, which page and frame share; every time for any other."""
    kept: list[T] | None = getattr(person, name, None)
    if kept is not None:
        return kept
    answer = ask()
    if is_remembered(person):
        setattr(person, name, answer)
    return answer


def standing(person: Person, pk: UUID | str) -> Standing:
    """Return one release and how the person stands to it.

    Raises:
        NotFoundError: absent, or not for this person.
    """
    known = next((one for one in _waiting(person) if str(one.release.pk) == str(pk)), None)
    return known or standings(person, [release(person, pk)])[0]


def signs(person: Person) -> bool:
    """Say whether the person signs anything anywhere."""
    return any(may(person, permission) for permission in SIGNING)


def withdrawals_waiting_for(person: Person) -> list[Withdrawal]:
    """Return the withdrawals that need one more signature, which this person may give."""
    return _kept(person, "_loa_withdrawals", lambda: _open_withdrawals(person))


def _open_withdrawals(person: Person) -> list[Withdrawal]:
    found = open_withdrawals(person).order_by("requested_at")
    return list(found.select_related("requested_by", "release__revision__message", "release__organisation"))


def open_withdrawals(person: Person) -> QuerySet[Withdrawal]:
    """Return the ends of emergencies that wait for one more signature, which this person may give.

    The end of any other message takes one signature, so it never waits.
    """
    withdraws = covered(person, Permission.RELEASE_EMERGENCY, field="release__organisation__area__path")
    emergencies = Withdrawal.objects.filter(
        withdraws, effective_at=None, release__priority_class=PriorityClass.EMERGENCY
    )
    return emergencies.exclude(signatures__person=person)


def sent_by(person: Person) -> QuerySet[Release]:
    """Return what the person sent and what waits or came back, newest first."""
    states = (ReleaseState.AWAITING, ReleaseState.RETURNED)
    return _related().filter(submitted_by=person, state__in=states).order_by("-submitted_at")


def why_not(person: Person, release: Release) -> rules.WhyNot | None:
    """Return the reason why the person may not sign, or None."""
    return standings(person, [release])[0].reason


def why_not_sign(person: Person, release: Release) -> str:
    """Return the sentence that says why the person may not sign; empty when nothing stands against it."""
    reason = why_not(person, release)
    return "" if reason is None else sentence(reason, release)


def sentence(reason: rules.WhyNot, release: Release) -> str:
    """Return the sentence for a reason."""
    return why_not_sentence(reason, revision=release.revision.number, needed=release.policy.threshold)


def signer_lines(release: Release, viewer: Person) -> list[SignerLine]:
    """Return who signed, in order, and then whose signature is awaited; the viewer first among those."""
    signatures = list(release.signatures.all())
    awaited = [] if release.state != ReleaseState.AWAITING else who_may_sign(release)
    awaited.sort(key=lambda person: (person.pk != viewer.pk, person.full_name))
    people = [signature.person for signature in signatures] + awaited
    posts = posts_of([person.pk for person in people], clock.now())
    at = {signature.person_id: signature.at for signature in signatures}
    return [
        SignerLine(person, posts.get(person.pk, ""), at.get(person.pk), person.pk == viewer.pk)
        for person in people
    ]


def why_not_withdraw(person: Person, release: Release) -> str:
    """Return the sentence that says why the person may not withdraw; empty when nothing stands against it."""
    if release.state != ReleaseState.RELEASED:
        return nothing_to_withdraw(release.state)
    needed = permission_to_withdraw(release)
    if not may(person, needed, organisation=release.organisation):
        if needed == Permission.RELEASE_EMERGENCY:
            return _("Chỉ người có quyền khẩn cấp của cơ quan này thu hồi được tin khẩn cấp.")
        return _("Chỉ người duyệt của cơ quan này thu hồi được. Nhờ một người duyệt.")
    known = getattr(release, "withdrawal", None)
    if known is not None and known.signatures.filter(person=person).exists():
        return _("Bạn đã ký thu hồi. Tin khẩn cấp cần thêm một người duyệt nữa ký.")
    return ""


def permission_to_withdraw(release: Release) -> Permission:
    """Return what somebody must hold to withdraw a release: an emergency ends as it began."""
    is_emergency = release.priority_class == PriorityClass.EMERGENCY
    return Permission.RELEASE_EMERGENCY if is_emergency else Permission.RELEASE_WITHDRAW


def why_not_alone(person: Person, release: Release) -> str:
    """Return the sentence that says why the person may not end it alone; empty when he may."""
    if release.priority_class != PriorityClass.EMERGENCY:
        return _("Chỉ tin khẩn cấp mới cần quyền này. Tin này một người duyệt ký là thu hồi được.")
    if not may(person, Permission.BREAK_GLASS, organisation=release.organisation):
        return _("Chỉ người trực khẩn cấp thu hồi một mình được. Để trống và nhờ người thứ hai ký.")
    return ""


def places_holding(release: Release) -> list[tuple[str, list[Place]]]:
    """Return, by the name of each channel, the places that may hold the release now."""
    found = []
    for channel in channels():
        places = list(channel.holders.places(release)) if channel.holders is not None else []
        if places:
            found.append((str(channel.name), places))
    return found


def households_in(villages: Iterable[Area]) -> HouseholdCount:
    """Return how many households live in these villages."""
    figures = [village.households for village in villages]
    known = [figure for figure in figures if figure is not None]
    return HouseholdCount(len(figures), sum(known), len(figures) - len(known))


def may_submit(person: Person, revision: Revision) -> bool:
    """Say whether the person may send this revision's message for release."""
    return may(person, Permission.MESSAGE_SUBMIT, organisation=revision.message.organisation)


def signed_by(release: Release) -> QuerySet[Signature]:
    """Return the signatures with their people, in the order of signing."""
    return release.signatures.select_related("person").order_by("at", "pk")


def is_asked(person: Person, release: Release) -> bool:
    """Say whether the person's signature is wanted, be it after hearing the sound or making a key."""
    return not rules.lasting(why_not(person, release))


def review(person: Person, pk: int) -> Review:
    """Return what is to be looked at after the glass was broken.

    Raises:
        NotFoundError: absent, or about a release that is not for this person.
    """
    found = Review.objects.select_related("release").filter(pk=pk).first()
    if found is None or not releases_for(person).filter(pk=found.release_id).exists():
        raise NotFoundError(_("Không có việc xem lại này."))
    return found


class AlarmKind(IntEnum):
    """What should not wait, the most urgent first."""

    WITHDRAWAL = 0  # the end of an emergency lacks one signature
    REVIEW = 1  # one person acted alone
    OBJECTION = 2


@dataclass(frozen=True)
class Alarm:
    """Something about a release that should not wait: a missing signature, an act of one person alone, an objection."""

    kind: AlarmKind
    release_id: UUID
    title: str
    name: str
    text: str  # why it is to end, why he acted alone, or what he objects
    at: datetime  # when he asked or objected, or until when it is to be looked at


def open_reviews(person: Person) -> QuerySet[Review]:
    """Return what somebody else did alone and this person may look at."""
    seen = Q(pk__in=[])
    for permission in (Permission.RELEASE_SIGN, Permission.RELEASE_EMERGENCY, Permission.SETTINGS_MANAGE):
        seen |= covered(person, permission, field="release__organisation__area__path")
    return Review.objects.filter(seen, reviewed_at=None).exclude(person=person)


def open_objections(person: Person) -> QuerySet[Objection]:
    """Return the objections to releases in force which this person could withdraw."""
    able = covered(person, Permission.RELEASE_WITHDRAW, field="release__organisation__area__path")
    return Objection.objects.filter(
        able, release__state=ReleaseState.RELEASED, release__not_after__gt=clock.now()
    ).exclude(person=person)


def sees_alarms(person: Person) -> bool:
    """Say whether the person signs or manages anything: nobody else is alarmed, and nothing is read for him."""
    return signs(person) or may(person, Permission.SETTINGS_MANAGE)


def alarms_for(person: Person) -> list[Alarm]:
    """Return what should not wait, the most urgent kind first, of each the oldest. One query at most."""
    if not sees_alarms(person):
        return []
    shown = ("release_id", "release__revision__title", "person__full_name")
    reviews = (
        open_reviews(person).order_by().values_list(Value(AlarmKind.REVIEW.value), *shown, "reason", "due_at")
    )
    objections = (
        open_objections(person).order_by().values_list(Value(AlarmKind.OBJECTION.value), *shown, "text", "at")
    )
    asked = ("release_id", "release__revision__title", "requested_by__full_name", "reason", "requested_at")
    withdrawals = open_withdrawals(person).order_by().values_list(Value(AlarmKind.WITHDRAWAL.value), *asked)
    rows = reviews.union(objections, withdrawals, all=True)
    found = [Alarm(AlarmKind(kind), *rest) for kind, *rest in rows]
    return sorted(found, key=lambda alarm: (alarm.kind, alarm.at))
