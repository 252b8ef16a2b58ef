# SPDX-License-Identifier: AGPL-3.0-or-later
"""From files to trusted state: what holds, and for each thing that does not, the reason code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from loa_device.repository import Files
from loa_protocol.envelope import decode
from loa_protocol.errors import ProtocolError, RollbackError
from loa_protocol.statements import Agenda, ApproversStatement, RulesStatement
from loa_protocol.verify import (
    Trust,
    VerifiedRelease,
    verify_agenda,
    verify_approvers,
    verify_release,
    verify_rules,
    verify_withdrawal,
)


class Floors(msgspec.Struct, frozen=True, kw_only=True):
    """What never falls: numbers of accepted files, and releases that were withdrawn by signature."""

    agenda: int = 0
    approvers: int = 0
    rules: int = 0
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Trusted:
    """Files of which every byte in use was verified.

    Args:
        releases: verified releases by id, withdrawn ones included.
        withdrawn: ids that may not sound any more, by the agenda or by signature.
        signed_withdrawals: those among them whose withdrawal an approver signed.
        bad_releases: ids whose file was refused, with the reason code.
    """

    agenda: Agenda
    approvers: ApproversStatement
    rules: RulesStatement
    releases: Mapping[str, VerifiedRelease] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    signed_withdrawals: frozenset[str] = frozenset()
    bad_releases: Mapping[str, str] = field(default_factory=dict)

    def floors(self, former: Floors) -> Floors:
        """Return the floors that hold once this state is accepted; none is lower than before."""
        return Floors(
            agenda=max(former.agenda, self.agenda.number),
            approvers=max(former.approvers, self.approvers.number),
            rules=max(former.rules, self.rules.number),
            withdrawn=tuple(sorted({*former.withdrawn, *self.signed_withdrawals})),
        )


def verify_files(
    files: Files, trust: Trust, floors: Floors, *, now: datetime, former: Files | None = None
) -> Trusted:
    """Check a set of files against what the device believes.

    A release that does not hold is left out with its reason and hinders nothing else.

    Args:
        floors: what was accepted before.
        now: trusted time (UTC).
        former: the set in force; an agenda of the same number must have the same bytes.

    Raises:
        ProtocolError: agenda, approvers or rules do not hold; nothing of the set may be used.
    """
    approvers = verify_approvers(decode(files.approvers), trust, now=now, at_least=floors.approvers)
    rules = verify_rules(decode(files.rules), trust, at_least=floors.rules)
    agenda = verify_agenda(files.agenda, trust, at_least=floors.agenda)
    if former is not None and agenda.number == floors.agenda and files.agenda != former.agenda:
        raise RollbackError("same_number", "another agenda with the same number", found=agenda.number)
    releases, bad = _releases(files, trust, approvers)
    signed = _withdrawals(files, trust, approvers, releases)
    return Trusted(
        agenda=agenda,
        approvers=approvers,
        rules=rules,
        releases=releases,
        withdrawn=frozenset({*agenda.withdrawn, *signed, *floors.withdrawn}),
        signed_withdrawals=signed,
        bad_releases=bad,
    )


def _releases(
    files: Files, trust: Trust, approvers: ApproversStatement
) -> tuple[dict[str, VerifiedRelease], dict[str, str]]:
    good: dict[str, VerifiedRelease] = {}
    bad: dict[str, str] = {}
    for release_id, content in files.releases.items():
        try:
            release = verify_release(decode(content), trust, approvers)
        except ProtocolError as error:
            bad[release_id] = error.code
            continue
        if release.statement.release_id == release_id:
            good[release_id] = release
        else:
            bad[release_id] = "wrong_release"
    return good, bad


def _withdrawals(
    files: Files, trust: Trust, approvers: ApproversStatement, releases: Mapping[str, VerifiedRelease]
) -> frozenset[str]:
    """Return the releases whose withdrawal holds; the agenda's own list counts beside it."""
    ended = set()
    for release_id, content in files.withdrawals.items():
        release = releases.get(release_id)
        try:
            statement = verify_withdrawal(
                decode(content), trust, approvers, release=release.statement if release else None
            )
        except ProtocolError:
            continue
        if statement.release_id == release_id:
            ended.add(release_id)
    return frozenset(ended)
