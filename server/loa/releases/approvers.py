# SPDX-License-Identifier: AGPL-3.0-or-later
"""The signed, numbered list of who may release in a commune, made of roles, keys and policies."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Q

from loa.areas import tree
from loa.areas.models import Area
from loa.audit import actions as audit
from loa.config import clock
from loa.people.models import Organisation, Person, PostHolding, RoleGrant
from loa.people.rules import Permission, roles_with
from loa.releases.authority import installation, read_selftest_keys, sign_approvers
from loa.releases.models import (
    ApproversList,
    Policy,
    PolicyKind,
    Release,
    ReleaseState,
    Signature,
    SigningKey,
    policy_key,
)
from loa.releases.signing import public_key
from loa_protocol import statements as wire
from loa_protocol.envelope import decode, encode
from loa_protocol.statements import ApproversStatement, decode_statement
from loa_protocol.times import format_utc, parse_utc

LASTS = timedelta(days=90)
RENEWED_BEFORE = timedelta(days=60)  # of the end: a device that was off for two months still trusts it
SELFTEST_PERSON = "selftest-{commune}-{number}"


def publish_approvers(commune: Area, *, above: int = 0, now: datetime | None = None) -> ApproversList:
    """Sign a new list when who may release has changed, the last one ends soon, or its number must rise.

    Args:
        above: the highest number that files or devices are known to have seen (after a restore).

    Returns:
        The list in force: the last one when nothing changed.
    """
    now = now or clock.now()
    with transaction.atomic():
        Area.objects.select_for_update().get(pk=commune.pk)
        last = latest(commune)
        number = max(last.number if last else 0, above) + 1
        statement = _statement(commune, number, now)
        if last is not None and last.number >= above and _still_good(last, statement, now):
            return last
        fresh = ApproversList.objects.create(
            commune=commune, number=number, envelope=encode(sign_approvers(statement)), created_at=now
        )
        audit.record(
            actor=None,
            action="releases.publish_approvers",
            obj=fresh,
            details={"number": number, "people": [one.name for one in statement.people]},
            area_code=commune.code,
        )
    return fresh


def latest(commune: Area) -> ApproversList | None:
    """Return the commune's list in force."""
    return ApproversList.objects.filter(commune=commune).order_by("-number").first()


def statement_in(published: ApproversList) -> ApproversStatement:
    """Read a published list back."""
    return decode_statement(decode(bytes(published.envelope)).payload, ApproversStatement)


def _still_good(last: ApproversList, wanted: ApproversStatement, now: datetime) -> bool:
    known = statement_in(last)
    if parse_utc(known.expires_at) - now < RENEWED_BEFORE:
        return False
    same = msgspec.structs.replace(
        wanted, number=known.number, issued_at=known.issued_at, expires_at=known.expires_at
    )
    return same == known


def _statement(commune: Area, number: int, now: datetime) -> ApproversStatement:
    return ApproversStatement(
        installation=installation(),
        commune=commune.code,
        number=number,
        issued_at=format_utc(now),
        expires_at=format_utc(now + LASTS),
        people=[*_people(commune, now), *_selftest_people(commune)],
        policies=_policies(commune, now),
    )


def _policies(commune: Area, now: datetime) -> list[wire.Policy]:
    """Return the policies of organisations near the commune, and former ones that a release still names."""
    near = Q(organisation__area__path__in=tree.ancestor_paths(commune.path))
    near |= Q(organisation__area__path__startswith=commune.path)
    kinds = {(policy, policy.kind) for policy in Policy.objects.filter(near)}
    states = (ReleaseState.AWAITING, ReleaseState.RELEASED)
    named = Release.objects.filter(reaching(commune), state__in=states, not_after__gt=now).order_by()
    former = set(named.values_list("policy_id", "policy_kind"))
    policies = Policy.objects.in_bulk({pk for pk, _kind in former})
    kinds |= {(policies[pk], kind) for pk, kind in former}
    wanted = [_policy(policy, kind) for policy, kind in kinds]
    return sorted(wanted, key=lambda policy: policy.policy_id)


def _policy(policy: Policy, kind: str) -> wire.Policy:
    return wire.Policy(
        policy_id=policy_key(policy.organisation_id, kind),
        kind=kind,  # type: ignore[arg-type]  # the column has the same choices
        threshold=policy.threshold,
        author_may_sign=kind == PolicyKind.SMALL_OFFICE,
        weak=policy.is_weak,
    )


def reaching(commune: Area) -> Q:
    """Return the condition "may sound in the commune" on releases; a release may then be found twice."""
    return Q(zones__path__startswith=commune.path) | Q(zones__path__in=tree.ancestor_paths(commune.path))


def _people(commune: Area, now: datetime) -> list[wire.Approver]:
    """Return who may sign now, and whoever signed a release that is still in force."""
    signed = _keys_in_force(commune, now)
    grants = _grants(commune)
    keys = SigningKey.objects.filter(
        Q(retired_at=None) | Q(pk__in=signed), person__in=list(grants), revoked_at=None
    ).select_related("person")
    keys = keys.exclude(keyid__in=_selftest_keyids(commune))  # whatever their role: listed for tests alone
    by_person: dict[int, list[SigningKey]] = {}
    for key in keys.order_by("created_at", "pk"):
        by_person.setdefault(key.person_id, []).append(key)
    posts = posts_of(by_person, now)
    people = []
    for pk in sorted(by_person):
        person = by_person[pk][0].person
        begin, end = _in_office(grants[pk])
        is_needed = end is None or end > now or any(key.pk in signed for key in by_person[pk])
        if person.is_active and is_needed and begin <= now:
            people.append(_approver(person, posts.get(pk, ""), by_person[pk], begin, end))
    return people


def _approver(
    person: Person, post: str, keys: list[SigningKey], begin: datetime, end: datetime | None
) -> wire.Approver:
    return wire.Approver(
        person_id=str(person.pk),
        name=person.full_name,
        post=post,
        keys=[public_key(key) for key in keys],
        may=["release", "emergency"],
        devices=[],
        not_before=format_utc(begin),
        not_after=format_utc(end) if end else None,
    )


def _grants(commune: Area) -> dict[int, list[RoleGrant]]:
    """Return every grant, past ones too, of a role that signs and covers the whole commune, by person."""
    serving = Organisation.objects.filter(area__path__in=tree.ancestor_paths(commune.path))
    above = {
        path for served in serving.values_list("path", flat=True) for path in tree.ancestor_paths(served)
    }
    grants = RoleGrant.objects.filter(
        role__in=roles_with(Permission.RELEASE_SIGN), organisation__path__in=above
    ).order_by("since", "pk")
    by_person: dict[int, list[RoleGrant]] = {}
    for grant in grants:
        by_person.setdefault(grant.person_id, []).append(grant)
    return by_person


def _in_office(grants: Iterable[RoleGrant]) -> tuple[datetime, datetime | None]:
    """Return from when to when somebody signs: the last run of grants without a gap, to the second."""
    begin: datetime | None = None
    end: datetime | None = None
    for grant in grants:
        if begin is None or (end is not None and grant.since > end):
            begin, end = grant.since, grant.until
        elif end is not None:
            end = None if grant.until is None else max(end, grant.until)
    assert begin is not None  # nobody is here without a grant
    if end is not None and end - begin < timedelta(seconds=1):
        end = begin + timedelta(seconds=1)
    return begin, end


def approver_since(grants: Iterable[RoleGrant]) -> datetime | None:
    """Return since when somebody has signed without a gap, or None."""
    grants = list(grants)
    return _in_office(grants)[0] if grants else None


def _keys_in_force(commune: Area, now: datetime) -> set[int]:
    """Return the keys whose signatures a release in force here still needs."""
    in_force = Release.objects.filter(reaching(commune), state=ReleaseState.RELEASED, not_after__gt=now)
    return set(Signature.objects.filter(release__in=in_force).values_list("key_id", flat=True))


def posts_of(people: Iterable[int], now: datetime) -> dict[int, str]:
    """Return the title of the post that each holds now, as pages and lists name it."""
    today = now.date()
    held = PostHolding.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), person__in=list(people), since__lte=today
    )
    return dict(held.order_by("since", "pk").values_list("person_id", "post__title"))


def _selftest_people(commune: Area) -> list[wire.Approver]:
    """Return the two self-test signers, who release test items on one device alone."""
    keys = read_selftest_keys(commune.code)
    if keys is None:
        return []
    return [
        wire.Approver(
            person_id=person_id,
            name=name,
            post="",
            keys=[key],
            may=["test"],
            devices=list(keys.device_ids),
            not_before=format_utc(parse_utc("2020-01-01T00:00:00Z")),
            not_after=None,
        )
        for (person_id, name), key in zip(_selftest_names(commune), keys.public_keys, strict=True)
    ]


def _selftest_keyids(commune: Area) -> list[str]:
    keys = read_selftest_keys(commune.code)
    return [] if keys is None else [key.keyid for key in keys.public_keys]


def _selftest_names(commune: Area) -> list[tuple[str, str]]:
    names = [SELFTEST_PERSON.format(commune=commune.code, number=number) for number in (1, 2)]
    known = dict(Person.objects.filter(username__in=names).values_list("username", "pk"))
    return [(str(known.get(name, name)), name) for name in names]
