# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks of signed files: bytes, trusted state and a time go in; an object or a named error comes out.

Signatures are always checked before the payload is read.
"""

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

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
from loa_protocol.statements import (
    Agenda,
    AgendaItem,
    Approver,
    ApproversStatement,
    Code,
    Id,
    Policy,
    ReleaseStatement,
    RulesStatement,
    WithdrawalStatement,
    decode_statement,
)
from loa_protocol.times import parse_utc


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


class Place(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a device stands, by area codes; `village` may be empty."""

    device_id: Id
    province: Code
    commune: Id
    village: Code | str
    is_test: bool

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all areas that hold this place."""
        return frozenset({self.province, self.commune, self.village} - {""})


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
        MalformedError, ThresholdError, WrongInstallationError, WrongCommuneError, RollbackError, ExpiredError
    """
    raise NotImplementedError


def verify_rules(envelope: Envelope, trust: Trust, *, at_least: int) -> RulesStatement:
    """Check airtime rules.

    Raises:
        MalformedError, ThresholdError, WrongInstallationError, WrongCommuneError, RollbackError
    """
    raise NotImplementedError


def verify_agenda(data: bytes, trust: Trust, *, at_least: int) -> Agenda:
    """Read an agenda whose bytes TUF has already verified.

    Raises:
        MalformedError, WrongInstallationError, WrongCommuneError, RollbackError
    """
    raise NotImplementedError


def verify_release(envelope: Envelope, trust: Trust, approvers: ApproversStatement) -> VerifiedRelease:
    """Check a release against the approvers' list in force.

    Raises:
        MalformedError, ThresholdError, WrongInstallationError, WrongCommuneError, NotCoveredError
    """
    raise NotImplementedError


def verify_withdrawal(
    envelope: Envelope,
    trust: Trust,
    approvers: ApproversStatement,
    *,
    release: ReleaseStatement | None = None,
) -> WithdrawalStatement:
    """Check a withdrawal: one approver, for an emergency two.

    Args:
        release: the release that it ends, where it is known: its class then decides, not what the withdrawal
            says about it, and test approvers count if it is a test.

    Raises:
        MalformedError, ThresholdError, WrongInstallationError, WrongCommuneError, NotCoveredError
    """
    raise NotImplementedError


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
        plays_today: how often this release sounded here on that local day.
        seconds_today: how long items of this class sounded here on that local day.
        withdrawn: ids of withdrawn releases.

    Raises:
        NotCoveredError: with the reason code.
    """
    raise NotImplementedError
