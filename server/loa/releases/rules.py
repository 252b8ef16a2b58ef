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
    NO_KEY = "no_key"
    NOT_HEARD = "not_heard"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a signature is asked for."""

    is_waiting: bool
    makers_may_sign: bool  # small office: one of those who made it may be one of the signers
    author: int
    editors: Set[int]
    submitter: int
    signers: Set[int]
    created_at: datetime
    not_after: datetime

    @property
    def makers(self) -> frozenset[int]:
        """Everyone who wrote, edited or sent it."""
        return frozenset({self.author, self.submitter, *self.editors})


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Who would sign."""

    person: int
    is_approver: bool  # for this organisation, in every commune of the zones
    approver_since: datetime | None
    has_key: bool
    has_heard: bool


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
        (not candidate.has_key, WhyNot.NO_KEY),
        (not candidate.has_heard, WhyNot.NOT_HEARD),
    )
    return next((reason for stands_against, reason in reasons if stands_against), None)


def lasting(reason: WhyNot | None) -> bool:
    """Say whether a reason cannot be mended by the person: such a release does not wait for him."""
    return reason is not None and reason not in {WhyNot.NO_KEY, WhyNot.NOT_HEARD}


def _is_excluded(request: Request, person: int) -> bool:
    if person not in request.makers:
        return False
    # Two makers alone would be one opinion: also in a small office one signer must be somebody else.
    return not request.makers_may_sign or bool(request.signers & request.makers)


def _made_as(request: Request, person: int) -> WhyNot:
    if request.makers_may_sign:
        return WhyNot.SECOND_MAKER
    if person == request.author:
        return WhyNot.AUTHOR
    return WhyNot.EDITOR if person in request.editors else WhyNot.SUBMITTER


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
