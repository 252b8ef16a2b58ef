# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks of signed files: bytes, trusted state and a time go in; an object or a named error comes out.

Signatures are always checked before the payload is read.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from loa_protocol.envelope import (
    ACTIVATION_TYPE,
    APPROVERS_TYPE,
    RELEASE_TYPE,
    RULES_TYPE,
    WITHDRAWAL_TYPE,
    Envelope,
    judge,
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
from loa_protocol.permits import check_item, rendition_of
from loa_protocol.places import Place
from loa_protocol.signers import (
    VerifiedRelease,
    check_policy,
    check_suits,
    in_service,
    may_sign,
    signed_by,
    stands_in,
)
from loa_protocol.statements import (
    ActivationStatement,
    Administrators,
    Agenda,
    ApproversStatement,
    Id,
    Name,
    Policy,
    ReleaseStatement,
    RulesStatement,
    WithdrawalStatement,
    decode_statement,
)
from loa_protocol.times import parse_utc
from loa_protocol.webauthn import RelyingParty

MAX_JUMP = (
    1_000_000_000  # of an agenda's number: whoever stole online keys must not use up all numbers at once
)
AHEAD = timedelta(days=1)  # that an agenda may be made in the future, by a server whose clock is wrong

__all__ = [
    "Place",
    "Trust",
    "VerifiedRelease",
    "check_item",
    "is_ahead",
    "rendition_of",
    "trust_of",
    "verify_activation",
    "verify_agenda",
    "verify_approvers",
    "verify_release",
    "verify_rules",
    "verify_withdrawal",
]


class Trust(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device believes from its enrolment on: its house, its commune, and the administrators' keys.

    Args:
        relying_parties: the sites at which administrators sign with passkeys.
        admin_people: key id -> person, for people with several keys: people count, not keys.
    """

    installation: Id
    commune: Id
    admin_keys: Annotated[list[PublicKey], Meta(min_length=2)]
    admin_threshold: Annotated[int, Meta(ge=2, le=8)]
    relying_parties: list[RelyingParty] = []
    admin_people: dict[Name, Name] = {}

    def __post_init__(self) -> None:
        keyids = [key.keyid for key in self.admin_keys]
        found = len(self.people(keyids))
        if not 2 <= self.admin_threshold <= found or len(set(keyids)) != len(keyids):
            raise MalformedError(
                "weak_trust", "too few distinct administrators", expected=self.admin_threshold, found=found
            )

    def people(self, keyids: Collection[str]) -> frozenset[str]:
        """Return whose keys these are; a key that names nobody is a person of its own."""
        return frozenset(self.admin_people.get(keyid, keyid) for keyid in keyids)


def trust_of(administrators: Administrators, commune: str) -> Trust:
    """Return what a device of that commune believes from this root on.

    Raises:
        MalformedError: `weak_trust`.
    """
    return Trust(
        installation=administrators.installation,
        commune=commune,
        admin_keys=administrators.admin_keys,
        admin_threshold=administrators.admin_threshold,
        relying_parties=administrators.relying_parties,
        admin_people=administrators.admin_people,
    )


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


def verify_agenda(data: bytes, trust: Trust, *, at_least: int, now: datetime | None = None) -> Agenda:
    """Read an agenda whose bytes TUF has already verified.

    Args:
        at_least: number of the agenda accepted last (0 for none).
        now: trusted time (UTC), where there is one: an agenda from far ahead would hold for ever.

    Raises:
        MalformedError: not well-formed.
        WrongInstallationError: of another installation.
        WrongCommuneError: of another commune.
        RollbackError: older than `at_least`, or `number_too_far` above it.
        ExpiredError: `issued_ahead`.
    """
    agenda = decode_statement(data, Agenda)
    _check_home(trust, agenda.installation, [agenda.commune])
    _check_number(agenda.number, at_least)
    if at_least and agenda.number > at_least + MAX_JUMP:
        raise RollbackError("number_too_far", "a number out of reach", expected=at_least, found=agenda.number)
    if now is not None and is_ahead(agenda, now):
        raise ExpiredError("issued_ahead", "made in the future", expected=f"<= {now}", found=agenda.issued_at)
    return agenda


def is_ahead(agenda: Agenda, now: datetime) -> bool:
    """Say whether an agenda is from the future: its own end bounds nothing then."""
    return parse_utc(agenda.issued_at) > now + AHEAD


def verify_release(envelope: Envelope, trust: Trust, approvers: ApproversStatement) -> VerifiedRelease:
    """Check a release against the approvers' list in force.

    Raises:
        MalformedError: another kind of file, or not well-formed.
        WrongInstallationError: of another installation.
        WrongCommuneError: not for this commune, or the approvers are another commune's.
        NotCoveredError: `unknown_policy` or `wrong_policy`.
        SignatureError: too few of the right people signed, and a passkey's signature was refused so.
        ThresholdError: too few of the right people signed.
    """
    _check_type(envelope, RELEASE_TYPE)
    _check_home(trust, approvers.installation, [approvers.commune])
    signed = signed_by(envelope, approvers)
    statement = decode_statement(envelope.payload, ReleaseStatement)
    _check_home(trust, statement.installation, statement.communes)
    policy = _policy_of(statement, approvers)
    check_suits(statement, policy)
    people = in_service(approvers.people, signed.keyids, statement.created_at, passkeys_only=not policy.weak)
    counted = check_policy(people, statement, policy, signed)
    ids = tuple(one.person_id for one in counted)
    return VerifiedRelease(statement=statement, people=ids, policy=policy, signers=counted)


def verify_withdrawal(
    envelope: Envelope,
    trust: Trust,
    approvers: ApproversStatement,
    *,
    release: ReleaseStatement | None = None,
) -> WithdrawalStatement:
    """Check a withdrawal: one approver, for an emergency two, or one with break glass.

    Makers of the message may withdraw it.

    Args:
        release: the release that it ends, where it is known. Pass it whenever you have it: only then is the
            class that the withdrawal names compared with the true one, and test approvers count for a test.

    Raises:
        MalformedError: another kind of file, or not well-formed.
        WrongInstallationError: of another installation.
        WrongCommuneError: not for this commune, or the approvers are another commune's.
        NotCoveredError: `wrong_release` or `wrong_class`.
        SignatureError: too few approvers signed, and a passkey's signature was refused so.
        ThresholdError: too few approvers signed.
    """
    _check_type(envelope, WITHDRAWAL_TYPE)
    _check_home(trust, approvers.installation, [approvers.commune])
    signed = signed_by(envelope, approvers)
    statement = decode_statement(envelope.payload, WithdrawalStatement)
    _check_home(trust, statement.installation, statement.communes)
    if release is not None:
        _check_release(statement.release_id, release)
    _check_class(statement, release)
    is_test = release is not None and release.is_test
    people = in_service(approvers.people, signed.keyids, statement.at)
    if statement.break_glass:
        people = tuple(one for one in people if "break_glass" in one.may)
    else:
        people = tuple(one for one in people if may_sign(one, statement.priority_class, is_test=is_test))
    needed = 2 if statement.priority_class == "emergency" and not statement.break_glass else 1
    if len(people) < needed:
        signed.fail(needed, len(people))
    return statement


def verify_activation(
    envelope: Envelope, trust: Trust, approvers: ApproversStatement, *, release: ReleaseStatement
) -> ActivationStatement:
    """Check that somebody who may sign emergencies under the release's policy lets a prepared message sound.

    Where the release's policy asks for passkeys, so does its activation.

    Raises:
        MalformedError: another kind of file, or not well-formed.
        WrongInstallationError: of another installation.
        WrongCommuneError: not for this commune, or the approvers are another commune's.
        NotCoveredError: `wrong_release`, `not_prepared` or `unknown_policy`.
        SignatureError: nobody who may signed, and a passkey's signature was refused so.
        ThresholdError: nobody who may signed.
    """
    _check_type(envelope, ACTIVATION_TYPE)
    _check_home(trust, approvers.installation, [approvers.commune])
    signed = signed_by(envelope, approvers)
    statement = decode_statement(envelope.payload, ActivationStatement)
    _check_home(trust, statement.installation, statement.communes)
    _check_release(statement.release_id, release)
    if not release.prepared:
        raise NotCoveredError("not_prepared", "only a prepared message is activated")
    policy = _policy_of(release, approvers)
    people = in_service(approvers.people, signed.keyids, statement.at, passkeys_only=not policy.weak)
    is_test = release.is_test
    people = tuple(one for one in people if stands_in(one, policy, is_test=is_test))
    if not any(may_sign(one, release.priority_class, is_test=is_test) for one in people):
        signed.fail(1, 0)
    return statement


def _check_type(envelope: Envelope, payload_type: str) -> None:
    if envelope.payload_type != payload_type:
        raise MalformedError(
            "wrong_type", "another kind of file", expected=payload_type, found=envelope.payload_type
        )


def _check_admins(envelope: Envelope, trust: Trust) -> None:
    good, refused = judge(envelope, trust.admin_keys, trust.relying_parties)
    found = len(trust.people(good))
    if found < trust.admin_threshold:
        for error in refused:
            if error.code != "bad_signature":
                raise error
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


def _policy_of(release: ReleaseStatement, approvers: ApproversStatement) -> Policy:
    policy = next((one for one in approvers.policies if one.policy_id == release.policy_id), None)
    if policy is None:
        raise NotCoveredError("unknown_policy", "policy not in the list", found=release.policy_id)
    return policy


def _check_class(statement: WithdrawalStatement, release: ReleaseStatement | None) -> None:
    """Check that a withdrawal names the true class, on which it depends how many people it takes.

    Only emergencies are prepared and activated: one person could end an activation by naming a release that is none.
    """
    true = {release.priority_class} if release is not None else {statement.priority_class}
    if statement.activation_id:
        true &= {"emergency"}
    if statement.priority_class not in true:
        raise NotCoveredError("wrong_class", "class differs", expected=true, found=statement.priority_class)


def _check_release(release_id: str, release: ReleaseStatement) -> None:
    if release_id != release.release_id:
        raise NotCoveredError(
            "wrong_release", "names another release", expected=release.release_id, found=release_id
        )
