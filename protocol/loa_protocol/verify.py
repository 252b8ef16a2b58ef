# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks of signed files: bytes, trusted state and a time go in; an object or a named error comes out.

Signatures are always checked before the payload is read.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from loa_protocol.airtime import rule_for, within_hours
from loa_protocol.envelope import (
    APPROVERS_TYPE,
    RELEASE_TYPE,
    RULES_TYPE,
    WITHDRAWAL_TYPE,
    Envelope,
    signing_keyids,
)
from loa_protocol.errors import (
    ExpiredError,
    MalformedError,
    NotCoveredError,
    RollbackError,
    ThresholdError,
    WrongCommuneError,
    WrongInstallationError,
)
from loa_protocol.keys import PublicKey
from loa_protocol.places import Place
from loa_protocol.statements import (
    Agenda,
    AgendaItem,
    Approver,
    ApproversStatement,
    Id,
    Policy,
    ReleaseStatement,
    RenditionRef,
    RulesStatement,
    WithdrawalStatement,
    decode_statement,
)
from loa_protocol.times import parse_utc

__all__ = [
    "Place",
    "Trust",
    "VerifiedRelease",
    "check_item",
    "rendition_of",
    "verify_agenda",
    "verify_approvers",
    "verify_release",
    "verify_rules",
    "verify_withdrawal",
]


class Trust(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device believes from its enrolment on: its house, its commune, and the administrators' keys."""

    installation: Id
    commune: Id
    admin_keys: Annotated[list[PublicKey], Meta(min_length=2)]
    admin_threshold: Annotated[int, Meta(ge=2, le=8)]

    def __post_init__(self) -> None:
        distinct = len({key.keyid for key in self.admin_keys})
        if not 2 <= self.admin_threshold <= distinct or distinct != len(self.admin_keys):
            raise MalformedError(
                "weak_trust", "too few distinct administrator keys", expected=">= 2", found=distinct
            )


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


def verify_approvers(envelope: Envelope, trust: Trust, *, now: datetime, at_least: int) -> ApproversStatement:
    """Check a list of approvers.

    Args:
        now: trusted time (UTC).
        at_least: number of the list accepted last (0 for none).

    Raises:
        MalformedError: another kind of file, or not well-formed.
        ThresholdError: too few administrators signed.
        WrongInstallationError: of another installation.
        WrongCommuneError: of another commune.
        RollbackError: older than `at_least`.
        ExpiredError: no longer in force.
    """
    _check_type(envelope, APPROVERS_TYPE)
    _check_admins(envelope, trust)
    statement = decode_statement(envelope.payload, ApproversStatement)
    _check_home(trust, statement.installation, [statement.commune])
    _check_number(statement.number, at_least)
    if now >= parse_utc(statement.expires_at):
        raise ExpiredError("approvers_expired", "approvers expired", expected=f"< {statement.expires_at}")
    return statement


def verify_rules(envelope: Envelope, trust: Trust, *, at_least: int) -> RulesStatement:
    """Check airtime rules.

    Args:
        at_least: number of the rules accepted last (0 for none).

    Raises:
        MalformedError: another kind of file, or not well-formed.
        ThresholdError: too few administrators signed.
        WrongInstallationError: of another installation.
        WrongCommuneError: of another commune.
        RollbackError: older than `at_least`.
    """
    _check_type(envelope, RULES_TYPE)
    _check_admins(envelope, trust)
    statement = decode_statement(envelope.payload, RulesStatement)
    _check_home(trust, statement.installation, [statement.commune])
    _check_number(statement.number, at_least)
    return statement


def verify_agenda(data: bytes, trust: Trust, *, at_least: int) -> Agenda:
    """Read an agenda whose bytes TUF has already verified.

    Args:
        at_least: number of the agenda accepted last (0 for none).

    Raises:
        MalformedError: not well-formed.
        WrongInstallationError: of another installation.
        WrongCommuneError: of another commune.
        RollbackError: older than `at_least`.
    """
    agenda = decode_statement(data, Agenda)
    _check_home(trust, agenda.installation, [agenda.commune])
    _check_number(agenda.number, at_least)
    return agenda


def verify_release(envelope: Envelope, trust: Trust, approvers: ApproversStatement) -> VerifiedRelease:
    """Check a release against the approvers' list in force.

    Raises:
        MalformedError: another kind of file, or not well-formed.
        WrongInstallationError: of another installation.
        WrongCommuneError: not for this commune, or the approvers are another commune's.
        NotCoveredError: `unknown_policy`.
        ThresholdError: too few of the right people signed.
    """
    _check_type(envelope, RELEASE_TYPE)
    _check_home(trust, approvers.installation, [approvers.commune])
    signed_by = signing_keyids(envelope, _keys(approvers.people))
    if not signed_by:
        raise ThresholdError("too_few_people", "no approver signed", expected=">= 1", found=0)
    statement = decode_statement(envelope.payload, ReleaseStatement)
    _check_home(trust, statement.installation, statement.communes)
    policy = next((one for one in approvers.policies if one.policy_id == statement.policy_id), None)
    if policy is None:
        raise NotCoveredError("unknown_policy", "policy not in the list", found=statement.policy_id)
    signers = _in_service(approvers.people, signed_by, statement.created_at, is_test=statement.is_test)
    counted = _counted(signers, statement, policy)
    if len(counted) < policy.threshold:
        raise ThresholdError(
            "too_few_people", "too few people count", expected=policy.threshold, found=len(counted)
        )
    people = tuple(one.person_id for one in counted)
    return VerifiedRelease(statement=statement, people=people, policy=policy, signers=counted)


def verify_withdrawal(
    envelope: Envelope,
    trust: Trust,
    approvers: ApproversStatement,
    *,
    release: ReleaseStatement | None = None,
) -> WithdrawalStatement:
    """Check a withdrawal: one approver, for an emergency two. Makers of the message may withdraw it.

    Args:
        release: the release that it ends, where it is known. Pass it whenever you have it: only then is the
            class that the withdrawal names compared with the true one, and test approvers count for a test.

    Raises:
        MalformedError: another kind of file, or not well-formed.
        WrongInstallationError: of another installation.
        WrongCommuneError: not for this commune, or the approvers are another commune's.
        NotCoveredError: `wrong_release` or `wrong_class`.
        ThresholdError: too few approvers signed.
    """
    _check_type(envelope, WITHDRAWAL_TYPE)
    _check_home(trust, approvers.installation, [approvers.commune])
    signed_by = signing_keyids(envelope, _keys(approvers.people))
    if not signed_by:
        raise ThresholdError("too_few_people", "no approver signed", expected=">= 1", found=0)
    statement = decode_statement(envelope.payload, WithdrawalStatement)
    _check_home(trust, statement.installation, statement.communes)
    if release is not None and statement.release_id != release.release_id:
        raise NotCoveredError(
            "wrong_release", "ends another release", expected=release.release_id, found=statement.release_id
        )
    if release is not None and statement.priority_class != release.priority_class:
        raise NotCoveredError(
            "wrong_class", "class differs", expected=release.priority_class, found=statement.priority_class
        )
    is_test = release is not None and release.is_test
    people = _in_service(approvers.people, signed_by, statement.at, is_test=is_test)
    needed = 2 if statement.priority_class == "emergency" else 1
    if len(people) < needed:
        raise ThresholdError("too_few_people", "too few people signed", expected=needed, found=len(people))
    return statement


def check_item(
    item: AgendaItem,
    release: VerifiedRelease,
    place: Place,
    rules: RulesStatement,
    *,
    starts_utc: datetime,
    now: datetime,
    plays_today: int,
    seconds_today: float = 0.0,
    withdrawn: Collection[str] = (),
) -> None:
    """Check that a verified release permits this item to begin here and now.

    Args:
        starts_utc: when it is planned to begin; it begins then or now, whichever is later.
        now: trusted time (UTC).
        plays_today: how often this release sounded here on the local day of the beginning.
        seconds_today: how long items of this class sounded here on that day.
        withdrawn: ids of withdrawn releases.

    Raises:
        NotCoveredError: with one of the reason codes of docs/protocol.md.
    """
    begin = max(starts_utc, now)
    rendition = _check_identity(item, release.statement, withdrawn)
    _check_place(item, release, place)
    _check_dates(release.statement, starts_utc, begin)
    if plays_today >= release.statement.repeat_limit:
        raise NotCoveredError(
            "repeat_limit", "sounded often enough", expected=release.statement.repeat_limit, found=plays_today
        )
    _check_airtime(item, rendition, place, rules, begin, seconds_today)


def rendition_of(item: AgendaItem, release: ReleaseStatement) -> RenditionRef | None:
    """Return the released rendition that the item names by its hash, or None."""
    return next((one for one in release.renditions if one.sha256 == item.rendition_sha256), None)


def _check_identity(item: AgendaItem, release: ReleaseStatement, withdrawn: Collection[str]) -> RenditionRef:
    if item.release_id != release.release_id:
        raise NotCoveredError(
            "wrong_release", "another release", expected=item.release_id, found=release.release_id
        )
    if item.release_id in withdrawn:
        raise NotCoveredError("withdrawn", "the release was withdrawn", found=item.release_id)
    if item.priority_class != release.priority_class:
        raise NotCoveredError(
            "wrong_class", "class differs", expected=release.priority_class, found=item.priority_class
        )
    rendition = rendition_of(item, release)
    if rendition is None:
        raise NotCoveredError("hash_not_released", "not a released sound", found=item.rendition_sha256)
    return rendition


def _check_place(item: AgendaItem, release: VerifiedRelease, place: Place) -> None:
    statement = release.statement
    if place.commune not in statement.communes or place.codes.isdisjoint(statement.zones):
        raise NotCoveredError("wrong_place", "not released here", expected=statement.zones, found=place.codes)
    if place.codes.isdisjoint(item.zones):
        raise NotCoveredError("wrong_place", "not placed here", expected=item.zones, found=place.codes)
    if statement.is_test and not place.is_test:
        raise NotCoveredError("test_on_live_device", "a test, and this is no test device")
    here = [one for one in release.signers if not one.devices or place.device_id in one.devices]
    if len(_counted(here, statement, release.policy)) < release.policy.threshold:
        raise NotCoveredError("test_key_device", "its keys do not reach this device", found=place.device_id)


def _check_dates(release: ReleaseStatement, starts: datetime, begin: datetime) -> None:
    if starts < parse_utc(release.not_before):
        raise NotCoveredError("too_early", "before its time", expected=release.not_before, found=starts)
    if begin >= parse_utc(release.not_after):
        raise NotCoveredError("expired", "after its time", expected=release.not_after, found=begin)


def _check_airtime(
    item: AgendaItem,
    rendition: RenditionRef,
    place: Place,
    rules: RulesStatement,
    begin: datetime,
    seconds_today: float,
) -> None:
    rule = rule_for(rules, place, item.priority_class)
    if rule is None:
        if item.priority_class != "emergency":  # an alarm sounds unless a rule says otherwise
            raise NotCoveredError("no_rule", "no airtime rule for this class", found=item.priority_class)
        return
    seconds = rendition.duration_ms / 1000
    if not within_hours(rule, rules.zone_name, begin, begin + timedelta(seconds=seconds)):
        raise NotCoveredError("outside_hours", "outside the hours", expected=rule.windows, found=begin)
    if seconds_today + seconds > rule.minutes_per_day * 60:
        raise NotCoveredError(
            "minutes_used", "minutes of the day used", expected=rule.minutes_per_day * 60, found=seconds_today
        )


def _check_type(envelope: Envelope, payload_type: str) -> None:
    if envelope.payload_type != payload_type:
        raise MalformedError(
            "wrong_type", "another kind of file", expected=payload_type, found=envelope.payload_type
        )


def _check_admins(envelope: Envelope, trust: Trust) -> None:
    found = len(signing_keyids(envelope, trust.admin_keys))
    if found < trust.admin_threshold:
        raise ThresholdError(
            "too_few_admins", "too few administrators signed", expected=trust.admin_threshold, found=found
        )


def _check_home(trust: Trust, installation: str, communes: Collection[str]) -> None:
    if installation != trust.installation:
        raise WrongInstallationError(
            "wrong_installation", "another installation", expected=trust.installation, found=installation
        )
    if trust.commune not in communes:
        raise WrongCommuneError("wrong_commune", "another commune", expected=trust.commune, found=communes)


def _check_number(number: int, at_least: int) -> None:
    if number < at_least:
        raise RollbackError("older_number", "older than the last", expected=f">= {at_least}", found=number)


def _keys(people: Iterable[Approver]) -> list[PublicKey]:
    return [key for one in people for key in one.keys]


def _in_service(
    people: Iterable[Approver], signed_by: Collection[str], at: str, *, is_test: bool
) -> tuple[Approver, ...]:
    """Return the approvers who signed, were in office at that time, and may sign such a thing."""
    moment = parse_utc(at)
    return tuple(
        one
        for one in people
        if any(key.keyid in signed_by for key in one.keys)
        and parse_utc(one.not_before) <= moment
        and (one.not_after is None or moment < parse_utc(one.not_after))
        and (one.may == "release" or is_test)
    )


def _counted(signers: Iterable[Approver], release: ReleaseStatement, policy: Policy) -> tuple[Approver, ...]:
    """Return the signers who count: nobody who made the message, or one of them where the policy says so.

    One and no more: otherwise author and editor together could release what nobody else has read.
    """
    people = tuple(signers)
    others = tuple(one for one in people if one.person_id not in release.excluded)
    makers = tuple(one for one in people if one.person_id in release.excluded)
    return others + (makers[:1] if policy.author_may_sign else ())
