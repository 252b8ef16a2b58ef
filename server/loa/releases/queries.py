# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages, devices and other apps read of releases; who may sign, and in one sentence why not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.channels.ports import Place
from loa.channels.registry import channels
from loa.config import clock
from loa.config.errors import NotFoundError
from loa.messages.models import Message, Revision
from loa.people.models import Person, RoleGrant
from loa.people.queries import covered, may, people_with
from loa.people.rules import Permission, roles_with
from loa.people.scope import Scope, is_remembered, scope
from loa.releases import rules
from loa.releases.approvers import approver_since, posts_of, reaching
from loa.releases.models import PolicyKind, Release, ReleaseState, Signature, SigningKey, Withdrawal
from loa.releases.sentences import nothing_to_withdraw, why_not_sentence
from loa.releases.statements import envelope_bytes
from loa.voice.queries import heard_among

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
    return Release.objects.select_related(
        "revision__message",
        "revision__author",
        "revision__spoken",
        "withdrawal",
        "organisation__area",
        "policy",
        "sound",
        "submitted_by",
        "returned_by",
    ).prefetch_related("zones", "revision__editors", Prefetch("signatures", queryset=signatures))


def releases_for(person: Person) -> QuerySet[Release]:
    """Return the releases that the person may see, newest first, with what pages show of them."""
    seen = covered(person, Permission.VIEW, field="organisation__area__path")
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


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a release: why not sign it, and whether its sound was heard to the end."""

    release: Release
    reason: rules.WhyNot | None
    has_heard: bool


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
            covered(person, Permission.RELEASE_SIGN, field="organisation__area__path"),
            state=ReleaseState.AWAITING,
            not_after__gt=clock.now(),
        )
        .order_by("submitted_at", "pk")
    )
    return _standings(person, found)


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
    return known or _standings(person, [release(person, pk)])[0]


def withdrawals_waiting_for(person: Person) -> list[Withdrawal]:
    """Return the withdrawals that need one more signature, which this person may give."""
    return _kept(person, "_loa_withdrawals", lambda: _open_withdrawals(person))


def _open_withdrawals(person: Person) -> list[Withdrawal]:
    withdraws = covered(person, Permission.RELEASE_WITHDRAW, field="release__organisation__area__path")
    open_ones = (
        Withdrawal.objects.filter(withdraws, effective_at=None)
        .exclude(signatures__person=person)
        .select_related("requested_by", "release__revision__message", "release__organisation")
        .order_by("requested_at")
    )
    covers = scope(person)
    return [
        one
        for one in open_ones
        if covers.may(Permission.RELEASE_WITHDRAW, organisation=one.release.organisation)
    ]


def sent_by(person: Person) -> QuerySet[Release]:
    """Return what the person sent and what waits or came back, newest first."""
    states = (ReleaseState.AWAITING, ReleaseState.RETURNED)
    return _related().filter(submitted_by=person, state__in=states).order_by("-submitted_at")


def why_not(person: Person, release: Release) -> rules.WhyNot | None:
    """Return the reason why the person may not sign, or None."""
    return _standings(person, [release])[0].reason


def why_not_sign(person: Person, release: Release) -> str:
    """Return the sentence that says why the person may not sign; empty when nothing stands against it."""
    reason = why_not(person, release)
    return "" if reason is None else sentence(reason, release)


def sentence(reason: rules.WhyNot, release: Release) -> str:
    """Return the sentence for a reason."""
    return why_not_sentence(reason, revision=release.revision.number, needed=release.policy.threshold)


def _standings(person: Person, releases: Iterable[Release]) -> list[Standing]:
    """Return how the person stands to each of these. The number of queries does not grow with them."""
    releases = list(releases)
    if not releases:
        return []
    now = clock.now()
    heard = heard_among(person, {one.sound_id for one in releases})
    in_use = SigningKey.objects.filter(person=OuterRef("person"), retired_at=None, revoked_at=None)
    grants = list(
        RoleGrant.objects.filter(person=person, role__in=roles_with(Permission.RELEASE_SIGN))
        .select_related("organisation")
        .annotate(has_key=Exists(in_use))
        .order_by("since", "pk")
    )
    covers = scope(person)

    def reason(one: Release) -> rules.WhyNot | None:
        near = [grant for grant in grants if one.organisation.path.startswith(grant.organisation.path)]
        candidate = rules.Candidate(
            person=person.pk,
            is_approver=_approves(covers, one),
            approver_since=approver_since(near),
            has_key=any(grant.has_key for grant in grants),
            has_heard=one.sound_id in heard,
        )
        return rules.why_not(request_of(one), candidate, now)

    return [Standing(one, reason(one), one.sound_id in heard) for one in releases]


def request_of(release: Release) -> rules.Request:
    """Return what the rules need to know of a release."""
    return rules.Request(
        is_waiting=release.state == ReleaseState.AWAITING,
        makers_may_sign=release.policy_kind == PolicyKind.SMALL_OFFICE,
        author=release.revision.author_id,
        editors=frozenset(editor.pk for editor in release.revision.editors.all()),
        submitter=release.submitted_by_id,
        signers=frozenset(signature.person_id for signature in release.signatures.all()),
        created_at=release.submitted_at,
        not_after=release.not_after,
    )


def _approves(covers: Scope, release: Release) -> bool:
    """Say whether a person approves for the organisation in every one of the zones."""
    zones = list(release.zones.all())
    return bool(zones) and all(
        covers.may(Permission.RELEASE_SIGN, organisation=release.organisation, area=zone) for zone in zones
    )


def who_may_sign(release: Release) -> list[Person]:
    """Return who could still sign, by name: approvers who did not make it and have not signed. One query.

    An approver of the organisation covers the area that it serves, and zones lie within that area.
    """
    request = request_of(release)
    may_be_maker = request.makers_may_sign and not request.signers & request.makers
    excluded = request.signers if may_be_maker else request.signers | request.makers
    return list(people_with(Permission.RELEASE_SIGN, release.organisation).exclude(pk__in=excluded))


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
    if not may(person, Permission.RELEASE_WITHDRAW, organisation=release.organisation):
        return _("Chỉ người duyệt của cơ quan này thu hồi được. Nhờ một người duyệt.")
    known = getattr(release, "withdrawal", None)
    if known is not None and known.signatures.filter(person=person).exists():
        return _("Bạn đã ký thu hồi. Tin khẩn cấp cần thêm một người duyệt nữa ký.")
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
