# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may sign a release, and for which times one may be asked for: pure decisions, tested as tables."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST = timedelta(days=366)  # of a release
REPEAT_LIMIT = 48  # plays a day at one place that may be asked for
WITHDRAWAL_THRESHOLD = {"normal": 1, "priority": 1, "emergency": 2}  # people
UNLOCK_ATTEMPTS = 5  # wrong passwords …
UNLOCK_WINDOW = timedelta(minutes=15)  # … within this time lock the key until the first of them is so old


class WhyNot(StrEnum):
    """Why a person may not sign; one sentence each in ``sentences``."""

    NOT_WAITING = "not_waiting"
    EXPIRED = "expired"
    NOT_APPROVER = "not_approver"
    AUTHOR = "author"
    EDITOR = "editor"
    SUBMITTER = "submitter"
    SECOND_MAKER = "second_maker"
    SIGNED = "signed"
    APPROVER_LATER = "approver_later"
    NEEDS_PARTNER = "needs_partner"
    NEEDS_OWN = "needs_own"
    NO_KEY = "no_key"
    NO_PASSKEY = "no_passkey"
    NOT_HEARD = "not_heard"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a signature is asked for."""

    is_waiting: bool
    makers_may_sign: bool  # small office: one of those who made it may be one of the signers
    is_alone: bool = False  # break glass: one person with a reason, who may have made it
    needed: int = 2  # people
    is_weak: bool = True  # server-kept keys count
    must_hear: bool = True
    author: int
    editors: Set[int]
    submitter: int
    signers: Set[int]
    created_at: datetime
    not_after: datetime
    sides: "Sides | None" = None  # of a joined policy

    @property
    def makers(self) -> frozenset[int]:
        """Everyone who wrote, edited or sent it."""
        return frozenset({self.author, self.submitter, *self.editors})


@dataclass(frozen=True)
class Sides:
    """Whose approvers are whose under a joined policy: one of each must sign, and they are two people."""

    own: Set[int]
    partner: Set[int]

    def lack(self, signers: Set[int], person: int) -> WhyNot | None:
        """Return which side would still be missing if ``person`` gave the last signature."""
        both = signers | {person}
        if any(one != other for one in both & self.own for other in both & self.partner):
            return None
        return WhyNot.NEEDS_PARTNER if both & self.own else WhyNot.NEEDS_OWN


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Who would sign."""

    person: int
    is_approver: bool  # for this organisation in every commune of the zones, or a partner's
    approver_since: datetime | None
    has_key: bool  # kept by the server
    has_heard: bool
    has_passkey: bool = False


def why_not(request: Request, candidate: Candidate, now: datetime) -> WhyNot | None:
    """Return the first reason why ``candidate`` may not sign now, or None when nothing stands against it."""
    reasons = (
        (not request.is_waiting, WhyNot.NOT_WAITING),
        (request.not_after <= now, WhyNot.EXPIRED),
        (not candidate.is_approver, WhyNot.NOT_APPROVER),
        (candidate.person in request.signers, WhyNot.SIGNED),
        (_is_excluded(request, candidate.person), _made_as(request, candidate.person)),
        (
            candidate.approver_since is None or candidate.approver_since > request.created_at,
            WhyNot.APPROVER_LATER,
        ),
        (side_missing(request, candidate.person) is not None, side_missing(request, candidate.person)),
        (request.is_weak and not candidate.has_key and not candidate.has_passkey, WhyNot.NO_KEY),
        (not request.is_weak and not candidate.has_passkey, WhyNot.NO_PASSKEY),
        (request.must_hear and not candidate.has_heard, WhyNot.NOT_HEARD),
    )
    return next((reason for stands_against, reason in reasons if stands_against), None)


def side_missing(request: Request, person: int) -> WhyNot | None:
    """Return which side would be missing under a joined policy if the person gave the last signature."""
    if request.sides is None or len(request.signers) + 1 < request.needed:
        return None
    return request.sides.lack(request.signers, person)


def lasting(reason: WhyNot | None) -> bool:
    """Say whether a reason cannot be mended by the person: such a release does not wait for him."""
    return reason is not None and reason not in {WhyNot.NO_KEY, WhyNot.NO_PASSKEY, WhyNot.NOT_HEARD}


def _is_excluded(request: Request, person: int) -> bool:
    if person not in request.makers or request.is_alone:
        return False
    # Two makers alone would be one opinion: also in a small office one signer must be somebody else.
    return not request.makers_may_sign or bool(request.signers & request.makers)


def _made_as(request: Request, person: int) -> WhyNot:
    if request.makers_may_sign:
        return WhyNot.SECOND_MAKER
    if person == request.author:
        return WhyNot.AUTHOR
    return WhyNot.EDITOR if person in request.editors else WhyNot.SUBMITTER


STRICT_FROM = 3  # officers: one writes, two others sign


def fitting_policy(officers: int, *, has_partner: bool) -> str:
    """Return the policy that suits an office with so many people who write, edit or approve.

    Args:
        has_partner: there is an organisation above or beside it that could sign with it.
    """
    if officers >= STRICT_FROM:
        return "strict"
    return "joined" if officers == STRICT_FROM - 1 and has_partner else "small_office"


class BadPeriod(StrEnum):
    """Why a release cannot be asked for those times."""

    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    OVER = "over"
    TOO_LONG = "too_long"


def bad_period(not_before: datetime, not_after: datetime, now: datetime) -> BadPeriod | None:
    """Return what is wrong with the time of a release, or None."""
    if not_after <= not_before:
        return BadPeriod.ENDS_BEFORE_IT_BEGINS
    if not_after <= now:
        return BadPeriod.OVER
    return BadPeriod.TOO_LONG if not_after - not_before > LONGEST else None
