# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who signed, and whether they are the people that a policy asks for. People count, not keys."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from loa_protocol.envelope import Envelope, judge
from loa_protocol.errors import NotCoveredError, SignatureError, ThresholdError
from loa_protocol.statements import (
    Approver,
    ApproversStatement,
    Policy,
    PriorityClass,
    ReleaseStatement,
    Right,
)
from loa_protocol.times import parse_utc
from loa_protocol.webauthn import KEYTYPE as PASSKEY


@dataclass(frozen=True, kw_only=True)
class VerifiedRelease:
    """A release whose signatures were checked.

    Args:
        statement: what was signed.
        people: ids of the people who count, in order.
        policy: the policy that they met.
        signers: the same people with their limits (devices), for `check_item`.
    """

    statement: ReleaseStatement
    people: tuple[str, ...]
    policy: Policy
    signers: tuple[Approver, ...]


@dataclass(frozen=True, kw_only=True)
class Signed:
    """The good signatures under a file, and why others are not good.

    Args:
        keyids: keys whose signature verifies.
        refused: what spoke against the signatures of other listed keys.
    """

    keyids: frozenset[str]
    refused: tuple[SignatureError, ...]

    def fail(self, expected: int, found: int) -> NoReturn:
        """Say that too few people count; a passkey that was refused says better why.

        Raises:
            SignatureError: why a passkey's signature was refused, where one was.
            ThresholdError: too few people signed.
        """
        for error in self.refused:
            if error.code != "bad_signature":
                raise error
        raise ThresholdError("too_few_people", "too few people count", expected=expected, found=found)


def signed_by(envelope: Envelope, approvers: ApproversStatement) -> Signed:
    """Find the approvers' keys that signed.

    Raises:
        SignatureError: none did, and a passkey's signature was refused for this reason.
        ThresholdError: none did.
    """
    keys = [key for one in approvers.people for key in one.keys]
    good, refused = judge(envelope, keys, approvers.relying_parties)
    signed = Signed(keyids=frozenset(good), refused=tuple(refused))
    if not good:
        signed.fail(expected=1, found=0)
    return signed


def in_service(
    people: Iterable[Approver], keyids: Collection[str], at: str, *, passkeys_only: bool = False
) -> tuple[Approver, ...]:
    """Return the people who signed with a key that was theirs, and who were in office, at that time.

    Args:
        at: the time that the statement names (UTC text).
        passkeys_only: whether signatures by other keys are overlooked.
    """
    moment = parse_utc(at)
    return tuple(
        one
        for one in people
        if _is_in_office(one, moment) and _has_signed(one, keyids, moment, passkeys_only=passkeys_only)
    )


def may_sign(one: Approver, priority_class: PriorityClass, *, is_test: bool) -> bool:
    """Say whether a person's rights reach so far: tests need the least."""
    rights: set[Right] = {"emergency"} if priority_class == "emergency" else {"release"}
    return not rights.isdisjoint(one.may) or (
        is_test and not {"test", "release", "emergency"}.isdisjoint(one.may)
    )


def stands_in(one: Approver, policy: Policy, *, is_test: bool) -> bool:
    """Say whether a person is an approver of an organisation that signs under this policy; tests ask for none."""
    return is_test or not policy.organisations or not set(policy.organisations).isdisjoint(one.organisations)


def check_suits(release: ReleaseStatement, policy: Policy) -> None:
    """Check that a policy is meant for such a release.

    Raises:
        NotCoveredError: `wrong_policy`: one for emergencies alone, or break glass without its policy.
    """
    is_special = policy.kind in ("emergency", "break_glass")
    if is_special and release.priority_class != "emergency":
        raise NotCoveredError("wrong_policy", "a policy for emergencies", found=release.priority_class)
    if (policy.kind == "break_glass") != bool(release.break_glass):
        raise NotCoveredError("wrong_policy", "break glass and its policy go together", found=policy.kind)


def check_policy(
    people: Sequence[Approver], release: ReleaseStatement, policy: Policy, signed: Signed | None = None
) -> tuple[Approver, ...]:
    """Check that these people, all in service, are those whom the policy asks for.

    Returns:
        Those who count.

    Raises:
        SignatureError: too few, and a passkey's signature was refused for this reason.
        ThresholdError: `too_few_people` or `no_partner`.
    """
    counted = _counted(people, release, policy)
    if len(counted) < policy.threshold:
        (signed or Signed(keyids=frozenset(), refused=())).fail(policy.threshold, len(counted))
    if policy.kind == "joined" and not release.is_test and not _is_joined(counted, policy):
        raise ThresholdError("no_partner", "nobody of a partner signed", expected=policy.partners)
    return counted


def _counted(people: Sequence[Approver], release: ReleaseStatement, policy: Policy) -> tuple[Approver, ...]:
    """Return those who may sign such a thing: nobody who made it, or one of them where the policy says so.

    One and no more: otherwise author and editor together could release what nobody else has read. Who breaks
    the glass may have written it: at night there is nobody else.
    """
    people = [one for one in people if stands_in(one, policy, is_test=release.is_test)]
    if release.break_glass:
        return tuple(one for one in people if "break_glass" in one.may)
    able = [one for one in people if may_sign(one, release.priority_class, is_test=release.is_test)]
    others = tuple(one for one in able if one.person_id not in release.excluded)
    makers = tuple(one for one in able if one.person_id in release.excluded)
    return others + (makers[:1] if policy.author_may_sign else ())


def _is_joined(people: Sequence[Approver], policy: Policy) -> bool:
    """Say whether one is of the organisation and another one of a partner."""
    return any(
        policy.organisation in own.organisations
        and other.person_id != own.person_id
        and not set(policy.partners).isdisjoint(other.organisations)
        for own in people
        for other in people
    )


def _is_in_office(one: Approver, moment: datetime) -> bool:
    return (
        parse_utc(one.not_before) <= moment
        and (one.not_after is None or moment < parse_utc(one.not_after))
        and not any(parse_utc(gap.not_before) <= moment < parse_utc(gap.not_after) for gap in one.away)
    )


def _has_signed(one: Approver, keyids: Collection[str], moment: datetime, *, passkeys_only: bool) -> bool:
    return any(
        key.keyid in keyids
        and (key.keyid not in one.retired or moment < parse_utc(one.retired[key.keyid]))
        and (key.keytype == PASSKEY or not passkeys_only)
        for key in one.keys
    )
