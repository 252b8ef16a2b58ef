# SPDX-License-Identifier: AGPL-3.0-or-later
"""The signed, numbered list of who may release in a commune, made of roles, keys and policies."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate, make_aware

from loa.areas import tree
from loa.areas.models import Area
from loa.audit import actions as audit
from loa.config import clock
from loa.people.absence import leaves_of_people
from loa.people.models import Leave, Organisation, Person, PostHolding, RoleGrant
from loa.people.rules import Permission, allows, signing_roles
from loa.releases import authority, proposals
from loa.releases.authority import installation, read_selftest_keys
from loa.releases.errors import ListNotSignedError
from loa.releases.houses import houses_of
from loa.releases.models import (
    Activation,
    ApproversList,
    ListKind,
    Policy,
    PolicyKind,
    PriorityClass,
    Release,
    ReleaseState,
    Signature,
    SigningKey,
)
from loa.releases.signing import public_key
from loa.releases.sites import accepted_sites
from loa_protocol import statements as wire
from loa_protocol.envelope import Envelope, decode, encode
from loa_protocol.statements import ApproversStatement, decode_statement
from loa_protocol.times import format_utc, parse_utc

LASTS = timedelta(days=90)
RENEWED_BEFORE = timedelta(days=60)  # of the end: a device that was off for two months still trusts it
ASKED_BEFORE = timedelta(days=45)  # of the end, where two people must sign the next one: every six weeks
SELFTEST_PERSON = "selftest-{commune}-{number}"
RIGHTS: Mapping[Permission, wire.Right] = {
    Permission.RELEASE_SIGN: "release",
    Permission.RELEASE_EMERGENCY: "emergency",
    Permission.BREAK_GLASS: "break_glass",
}


def publish_approvers(commune: Area, *, above: int = 0, now: datetime | None = None) -> ApproversList:
    """Sign a new list when who may release has changed, the last one ends soon, or its number must rise.

    Args:
        above: the highest number that files or devices are known to have seen (after a restore).

    Returns:
        The list in force: the last one when nothing changed, or when the administrators, who hold their keys
        themselves, have not signed what changed yet.

    Raises:
        ListNotSignedError: they have never signed one for this commune.
    """
    now = now or clock.now()
    with transaction.atomic():
        Area.objects.select_for_update().get(pk=commune.pk)
        last = _take_up(commune, latest(commune), now)
        number = max(last.number if last else 0, above) + 1
        statement = _statement(commune, number, now)
        if last is not None and last.number >= above and _still_good(last, statement, now):
            proposals.drop(kind=ListKind.APPROVERS, commune=commune, now=now)
            return last
        if authority.is_held_by_people():
            before = bytes(last.envelope) if last else b""
            proposals.propose(
                kind=ListKind.APPROVERS, commune=commune, statement=statement, before=before, now=now
            )
        else:
            last = _keep(commune, number, authority.sign_approvers(statement), now)
    if last is None:
        raise proposals.none_signed_yet()
    return last


def ask_in_time(communes: Iterable[Area]) -> None:
    """Ask the administrators, where they hold their keys, for lists that a signature will need.

    Outside of the transaction of that signature: it may fail for want of the list, and the question must stay.
    """
    if not authority.is_held_by_people():
        return
    for commune in communes:
        with suppress(ListNotSignedError):
            publish_approvers(commune)


def adopt(commune: Area, published: Envelope) -> None:
    """Take back a signed list that readers have seen and that a restored backup does not know."""
    statement = decode_statement(published.payload, ApproversStatement)
    last = latest(commune)
    if authority.is_signed(published) and (last is None or statement.number > last.number):
        with transaction.atomic():
            _keep(commune, statement.number, published, clock.now())


def _take_up(commune: Area, last: ApproversList | None, now: datetime) -> ApproversList | None:
    """Let those lists hold that the administrators have signed meanwhile; return the newest."""
    for one in proposals.signed_after(ListKind.APPROVERS, commune, last.number if last else 0):
        last = _keep(commune, one.number, proposals.signed(one), now)
    return last


def _keep(commune: Area, number: int, signed: Envelope, now: datetime) -> ApproversList:
    statement = decode_statement(signed.payload, ApproversStatement)
    fresh = ApproversList.objects.create(
        commune=commune, number=number, envelope=encode(signed), created_at=now
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
    is_held = authority.is_held_by_people()
    if parse_utc(known.expires_at) - now < (ASKED_BEFORE if is_held else RENEWED_BEFORE):
        return False
    return proposals.says_the_same(known, wanted) and authority.is_signed(decode(bytes(last.envelope)))


def _statement(commune: Area, number: int, now: datetime) -> ApproversStatement:
    policies = _policies(commune, now)
    houses = houses_of(commune, policies, now)
    return ApproversStatement(
        installation=installation(),
        commune=commune.code,
        number=number,
        issued_at=format_utc(now),
        expires_at=format_utc(now + LASTS),
        people=[*_people(commune, policies, now), *_selftest_people(commune)],
        policies=[_policy(policy, houses[policy.pk]) for policy in policies],
        relying_parties=accepted_sites(reaching(commune), now),
    )


def _policies(commune: Area, now: datetime) -> list[Policy]:
    """Return the policies of organisations near the commune, and former ones that a release still names."""
    near = Q(organisation__area__path__in=tree.ancestor_paths(commune.path))
    near |= Q(organisation__area__path__startswith=commune.path)
    states = (ReleaseState.AWAITING, ReleaseState.RELEASED)
    named = Release.objects.filter(reaching(commune), state__in=states, not_after__gt=now).order_by()
    wanted = Policy.objects.filter((near & Q(until=None)) | Q(pk__in=named.values("policy")))
    return list(wanted.select_related("organisation").prefetch_related("partners").order_by("key"))


def _policy(policy: Policy, houses: list[str]) -> wire.Policy:
    return wire.Policy(
        policy_id=policy.key,
        kind=policy.kind,  # type: ignore[arg-type]  # the column has the same choices
        threshold=policy.threshold,
        author_may_sign=policy.kind in (PolicyKind.SMALL_OFFICE, PolicyKind.BREAK_GLASS),
        weak=policy.is_weak,
        organisation=str(policy.organisation_id),
        partners=sorted(str(partner.pk) for partner in policy.partners.all()),
        organisations=houses,
    )


def reaching(commune: Area) -> Q:
    """Return the condition "may sound in the commune" on releases; a release may then be found twice."""
    return Q(zones__path__startswith=commune.path) | Q(zones__path__in=tree.ancestor_paths(commune.path))


def _people(commune: Area, policies: Iterable[Policy], now: datetime) -> list[wire.Approver]:
    """Return who may sign now, and whoever signed a release that is still in force."""
    signed = _signed_in_force(commune, now)
    grants = _grants(commune, policies, now)
    keys = SigningKey.objects.filter(
        Q(retired_at=None) | Q(pk__in={key for key, _person, _right in signed}),
        person__in=list(grants),
        revoked_at=None,
    ).select_related("person")
    keys = keys.exclude(keyid__in=_selftest_keyids(commune))  # whatever their role: listed for tests alone
    by_person: dict[int, list[SigningKey]] = {}
    for key in keys.order_by("created_at", "pk"):
        by_person.setdefault(key.person_id, []).append(key)
    posts = posts_of(by_person, now)
    leaves = leaves_of_people([own[0].person for own in by_person.values()], localdate(now))
    people = []
    for pk in sorted(by_person):
        person, near = by_person[pk][0].person, grants[pk]
        begin, end = _in_office([one.grant for one in near])
        needed = {right for _key, signer, right in signed if signer == pk}
        may = _rights(near, needed, now)
        if person.is_active and may and begin <= now:
            people.append(
                wire.Approver(
                    person_id=str(person.pk),
                    name=person.full_name,
                    post=posts.get(pk, ""),
                    keys=[public_key(key) for key in by_person[pk]],
                    may=may,
                    devices=[],
                    not_before=format_utc(begin),
                    not_after=format_utc(end) if end else None,
                    organisations=sorted(
                        {str(one.grant.organisation_id) for one in near if needed or one.holds(now)}
                    ),
                    away=[away for leave in leaves.get(pk, []) if (away := _away(leave)) is not None],
                    retired={key.keyid: _after(key.retired_at) for key in by_person[pk] if key.retired_at},
                )
            )
    return people


def _rights(near: Sequence["Near"], needed: set[wire.Right], now: datetime) -> list[wire.Right]:
    """Return what somebody may sign: by his roles in force, and for what he signed that is still in force."""
    rights: set[wire.Right] = set(needed)
    for one in near:
        if one.holds(now):
            held = {right for permission, right in RIGHTS.items() if allows(one.grant.role, permission)}
            # A neighbour never stands alone: with break glass he would let loudspeakers of others sound.
            rights |= held - {"break_glass"} if one.is_partner else held
    return [right for right in RIGHTS.values() if right in rights]


def _away(leave: Leave) -> wire.Away | None:
    """Return the time of a leave as devices read it: not before it was recorded, what was signed then holds."""
    begin = max(_midnight(leave.first_day), leave.recorded_at)
    end = _midnight(leave.last_day + timedelta(days=1))
    if end - begin < timedelta(seconds=1):
        return None
    return wire.Away(not_before=_after(begin), not_after=_after(end))


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def _after(moment: datetime) -> str:
    """Return a moment rounded up to the next second: what was signed in the same one still counts."""
    return format_utc(moment + timedelta(seconds=1))


@dataclass(frozen=True)
class Near:
    """A role by which somebody signs in a commune: his own house's, or a partner's under a joined policy."""

    grant: RoleGrant
    is_partner: bool

    def holds(self, now: datetime) -> bool:
        """Say whether the role has not ended."""
        return self.grant.until is None or self.grant.until > now


def _grants(commune: Area, policies: Iterable[Policy], now: datetime) -> dict[int, list[Near]]:
    """Return every grant until now, past ones too, of a role that signs and covers the whole commune, by person.

    Approvers of the partners of joined policies are there, too: a neighbour covers no part of the commune.
    """
    serving = Organisation.objects.filter(area__path__in=tree.ancestor_paths(commune.path))
    above = {
        path for served in serving.values_list("path", flat=True) for path in tree.ancestor_paths(served)
    }
    partners = {partner.path for policy in policies for partner in policy.partners.all()} - above
    grants = (
        RoleGrant.objects.filter(
            role__in=signing_roles(), organisation__path__in=above | partners, since__lte=now
        )
        .select_related("organisation")
        .order_by("since", "pk")
    )
    by_person: dict[int, list[Near]] = {}
    for grant in grants:
        by_person.setdefault(grant.person_id, []).append(Near(grant, grant.organisation.path in partners))
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


def _signed_in_force(commune: Area, now: datetime) -> set[tuple[int, int, wire.Right]]:
    """Return key, person and right of every signature that a release in force here still needs."""
    in_force = Release.objects.filter(reaching(commune), state=ReleaseState.RELEASED, not_after__gt=now)
    rows = Signature.objects.filter(release__in=in_force).values_list(
        "key_id", "person_id", "release__priority_class", "release__policy__kind"
    )
    activated = Activation.objects.filter(release__in=in_force, not_after__gt=now)
    needed: set[tuple[int, int, wire.Right]] = {
        (key, person, "emergency") for key, person in activated.values_list("key_id", "person_id")
    }
    return needed | {(key, person, _right_for(urgency, kind)) for key, person, urgency, kind in rows}


def _right_for(priority_class: str, policy_kind: str) -> wire.Right:
    if policy_kind == PolicyKind.BREAK_GLASS:
        return "break_glass"
    return "emergency" if priority_class == PriorityClass.EMERGENCY else "release"


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
