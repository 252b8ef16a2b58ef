# SPDX-License-Identifier: AGPL-3.0-or-later
"""How people stand to requests for release: who could sign, who may not and why, and who signs for whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from loa.config import clock
from loa.people.models import Person, RoleGrant
from loa.people.queries import people_with
from loa.people.rules import Permission, allows, signing_roles
from loa.people.scope import Scope, scope
from loa.releases import rules
from loa.releases.approvers import approver_since
from loa.releases.models import Policy, PolicyKind, PriorityClass, Release, ReleaseState, SigningKey
from loa.voice.queries import heard_among


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a release: why not sign it, and whether its sound was heard to the end."""

    release: Release
    reason: rules.WhyNot | None
    has_heard: bool
    has_key: bool  # kept by the server
    has_passkey: bool


def as_partner(person: Person) -> Q:
    """Return the condition "under a joined policy with an organisation for which the person signs"."""
    now = clock.now()
    grants = RoleGrant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now), person=person, role__in=signing_roles(), since__lte=now
    )
    joined = Policy.objects.filter(kind=PolicyKind.JOINED, partners__in=grants.values("organisation"))
    return Q(policy__in=joined.values("pk"))


def standings(person: Person, releases: Iterable[Release]) -> list[Standing]:
    """Return how the person stands to each of these. The number of queries does not grow with them."""
    releases = list(releases)
    if not releases:
        return []
    now = clock.now()
    heard = heard_among(person, {one.sound_id for one in releases})
    in_use = SigningKey.objects.filter(person=OuterRef("person"), retired_at=None, revoked_at=None)
    grants = list(
        RoleGrant.objects.filter(person=person, role__in=signing_roles(), since__lte=now)
        .select_related("organisation")
        .annotate(
            has_key=Exists(in_use.filter(passkey__isnull=True)),
            has_passkey=Exists(in_use.filter(passkey__isnull=False)),
        )
        .order_by("since", "pk")
    )
    covers = scope(person)
    sides = sides_of(releases)

    def standing_to(one: Release) -> Standing:
        path, joined, needed = one.organisation.path, sides.get(one.policy_id), permission_for(one)
        is_partner = joined is not None and person.pk in joined.partner and not covers.is_away
        near = [
            grant
            for grant in grants
            if allows(grant.role, needed) and (is_partner or path.startswith(grant.organisation.path))
        ]
        candidate = rules.Candidate(
            person=person.pk,
            is_approver=is_partner or _approves(covers, one),
            approver_since=approver_since(near),
            has_key=any(grant.has_key for grant in grants),
            has_passkey=any(grant.has_passkey for grant in grants),
            has_heard=one.sound_id in heard,
        )
        reason = rules.why_not(request_of(one, joined), candidate, now)
        return Standing(one, reason, candidate.has_heard, candidate.has_key, candidate.has_passkey)

    return [standing_to(one) for one in releases]


def permission_for(release: Release) -> Permission:
    """Return what somebody must hold to sign a release: emergencies are a right of their own."""
    if release.policy_kind == PolicyKind.BREAK_GLASS:
        return Permission.BREAK_GLASS
    is_emergency = release.priority_class == PriorityClass.EMERGENCY
    return Permission.RELEASE_EMERGENCY if is_emergency else Permission.RELEASE_SIGN


def sides_of(releases: Iterable[Release]) -> dict[int, rules.Sides]:
    """Return who signs for whom under the joined policies of some releases, by policy; tests need no partner.

    No query where no policy is joined, else two.
    """
    joined = {
        one.policy_id: one.policy
        for one in releases
        if one.policy_kind == PolicyKind.JOINED and not one.is_test
    }
    if not joined:
        return {}
    now = clock.now()
    named = Policy.partners.through.objects.filter(policy__in=joined)
    partners: dict[int, set[int]] = {pk: set() for pk in joined}
    for policy_pk, organisation_pk in named.values_list("policy_id", "organisation_id"):
        partners[policy_pk].add(organisation_pk)
    houses = {policy.organisation_id for policy in joined.values()}.union(*partners.values())
    holders: dict[int, set[int]] = {house: set() for house in houses}
    grants = RoleGrant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now),
        organisation__in=houses,
        role__in=signing_roles(),
        since__lte=now,
        person__is_active=True,
    )
    for organisation_pk, person_pk in grants.values_list("organisation_id", "person_id"):
        holders[organisation_pk].add(person_pk)
    return {
        pk: rules.Sides(
            own=frozenset(holders[policy.organisation_id]),
            partner=frozenset().union(*(holders[house] for house in partners[pk])),
        )
        for pk, policy in joined.items()
    }


def request_of(release: Release, sides: rules.Sides | None = None) -> rules.Request:
    """Return what the rules need to know of a release."""
    return rules.Request(
        is_waiting=release.state == ReleaseState.AWAITING,
        makers_may_sign=release.policy_kind == PolicyKind.SMALL_OFFICE,
        is_alone=release.policy_kind == PolicyKind.BREAK_GLASS,
        needed=release.policy.threshold,
        is_weak=release.policy.is_weak,
        must_hear=release.policy.must_hear,
        sides=sides,
        author=release.revision.author_id,
        editors=frozenset(editor.pk for editor in release.revision.editors.all()),
        submitter=release.submitted_by_id,
        signers=frozenset(signature.person_id for signature in release.signatures.all()),
        created_at=release.submitted_at,
        not_after=release.not_after,
    )


def _approves(covers: Scope, release: Release) -> bool:
    """Say whether a person approves for the organisation in every one of the zones."""
    zones, needed = list(release.zones.all()), permission_for(release)
    return bool(zones) and all(
        covers.may(needed, organisation=release.organisation, area=zone) for zone in zones
    )


def who_may_sign(release: Release) -> list[Person]:
    """Return who could still sign, by name: approvers who did not make it and have not signed.

    An approver of the organisation covers the area that it serves, and zones lie within that area. One query,
    for a joined policy four.
    """
    sides = sides_of([release]).get(release.policy_id)
    request = request_of(release, sides)
    may_be_maker = request.is_alone or (request.makers_may_sign and not request.signers & request.makers)
    excluded = request.signers if may_be_maker else request.signers | request.makers
    found = list(people_with(permission_for(release), release.organisation).exclude(pk__in=excluded))
    if sides is None:
        return found
    known = {person.pk for person in found}
    neighbours = Person.objects.filter(pk__in=sides.partner - known - excluded, is_active=True)
    both = sorted([*found, *neighbours], key=lambda person: (person.full_name, person.pk))
    return [person for person in both if rules.side_missing(request, person.pk) is None]
