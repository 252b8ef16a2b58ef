# SPDX-License-Identifier: AGPL-3.0-or-later
"""From files to trusted state: what holds, and for each thing that does not, the reason code."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from loa_device.repository import Files
from loa_protocol.envelope import Envelope, decode
from loa_protocol.errors import NotCoveredError, ProtocolError, RollbackError, WrongInstallationError
from loa_protocol.statements import (
    ActivationStatement,
    Administrators,
    Agenda,
    ApproversStatement,
    PriorityClass,
    RulesStatement,
    WithdrawalStatement,
    decode_statement,
)
from loa_protocol.verify import (
    Trust,
    VerifiedRelease,
    trust_of,
    verify_activation,
    verify_agenda,
    verify_approvers,
    verify_release,
    verify_rules,
    verify_withdrawal,
)


class Floors(msgspec.Struct, frozen=True, kw_only=True):
    """What never falls: numbers of accepted files, and what was ended by signature.

    Args:
        withdrawn: ids of releases that were ended before agents noted the class.
        ended: id of a release -> the class that its withdrawal named. The release is often not there when that
            is checked, so its class is compared whenever it is: an emergency takes two people to end.
        activations: ended ones.
    """

    root: int = 0
    agenda: int = 0
    approvers: int = 0
    rules: int = 0
    withdrawn: tuple[str, ...] = ()
    ended: dict[str, PriorityClass] = {}
    activations: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Trusted:
    """Files of which every byte in use was verified.

    Args:
        releases: verified releases by id, withdrawn ones included.
        withdrawn: ids that may not sound any more, by the agenda or by signature.
        signed_withdrawals: those whose withdrawal an approver signed, with the class that it names.
        bad_releases: ids whose file was refused, with the reason code.
        activations: verified activations of prepared messages, by id, without those that were ended.
        ended_activations: ids of activations that an approver ended by signature.
        bad_files: other files that were refused, by name, with the reason code.
    """

    agenda: Agenda
    approvers: ApproversStatement
    rules: RulesStatement
    releases: Mapping[str, VerifiedRelease] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    signed_withdrawals: Mapping[str, PriorityClass] = field(default_factory=dict)
    bad_releases: Mapping[str, str] = field(default_factory=dict)
    activations: Mapping[str, ActivationStatement] = field(default_factory=dict)
    ended_activations: frozenset[str] = frozenset()
    bad_files: Mapping[str, str] = field(default_factory=dict)
    root_version: int = 0

    def floors(self, former: Floors) -> Floors:
        """Return the floors that hold once this state is accepted; none is lower than before."""
        return Floors(
            root=max(former.root, self.root_version),
            agenda=max(former.agenda, self.agenda.number),
            approvers=max(former.approvers, self.approvers.number),
            rules=max(former.rules, self.rules.number),
            withdrawn=former.withdrawn,
            ended={**former.ended, **self.signed_withdrawals},
            activations=tuple(sorted({*former.activations, *self.ended_activations})),
        )


def verify_files(
    files: Files,
    trust: Trust,
    floors: Floors,
    *,
    now: datetime,
    former: Files | None = None,
    is_time_known: bool = True,
) -> Trusted:
    """Check a set of files against what the device believes.

    A release that does not hold is left out with its reason and hinders nothing else.

    Args:
        trust: of the enrolment; administrators whom the root names take the place of those in it.
        floors: what was accepted before.
        now: trusted time (UTC).
        former: the set in force; an agenda of the same number must have the same bytes.
        is_time_known: whether `now` is more than a floor.

    Raises:
        ProtocolError: administrators, approvers, rules or agenda do not hold; nothing of the set may be used.
    """
    with _named("root.json"):
        trust = _administered(files, trust, floors)
    with _named("approvers.json"):
        approvers = verify_approvers(decode(files.approvers), trust, now=now, at_least=floors.approvers)
    with _named("rules.json"):
        rules = verify_rules(decode(files.rules), trust, at_least=floors.rules)
    with _named("agenda.json"):
        agenda = _agenda(files, trust, floors, former, now if is_time_known else None)
    releases, bad = _releases(files, trust, approvers)
    activations, bad_activations = _activations(files, agenda, trust, approvers, releases)
    ended = _withdrawals(files, trust, approvers, releases)
    over = ended.activations | {*floors.activations}
    return Trusted(
        agenda=agenda,
        approvers=approvers,
        rules=rules,
        releases=releases,
        withdrawn=frozenset({*agenda.withdrawn} - over) | _still_ended(floors, releases) | {*ended.releases},
        signed_withdrawals=ended.releases,
        ended_activations=ended.activations,
        bad_releases=bad,
        activations={one: what for one, what in activations.items() if one not in over},
        bad_files={**bad_activations, **ended.bad},
        root_version=files.root_version,
    )


@contextmanager
def _named(file: str) -> Iterator[None]:
    """Say in an error which file was refused."""
    try:
        yield
    except ProtocolError as error:
        error.file = file
        raise


def _administered(files: Files, trust: Trust, floors: Floors) -> Trust:
    """Return whom to believe: the administrators whom the offline root keys signed, else the enrolment's."""
    if files.root_version < floors.root:
        raise RollbackError(
            "older_number", "an older root", expected=f">= {floors.root}", found=files.root_version
        )
    if not files.administrators:
        return trust
    named = decode_statement(files.administrators, Administrators)
    if named.installation != trust.installation:
        raise WrongInstallationError(
            "wrong_installation", "another root", expected=trust.installation, found=named.installation
        )
    return trust_of(named, trust.commune)


def _agenda(files: Files, trust: Trust, floors: Floors, former: Files | None, now: datetime | None) -> Agenda:
    agenda = verify_agenda(files.agenda, trust, at_least=floors.agenda, now=now)
    if former is not None and agenda.number == floors.agenda and files.agenda != former.agenda:
        raise RollbackError("same_number", "another agenda with the same number", found=agenda.number)
    return agenda


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


def _activations(
    files: Files,
    agenda: Agenda,
    trust: Trust,
    approvers: ApproversStatement,
    releases: Mapping[str, VerifiedRelease],
) -> tuple[dict[str, ActivationStatement], dict[str, str]]:
    """Return the activations that hold, by id, and those that do not, by file name with the reason code."""
    by_item = {item.activation_id: item.release_id for item in agenda.items}
    good: dict[str, ActivationStatement] = {}
    bad: dict[str, str] = {}
    for activation_id, content in files.activations.items():
        release = releases.get(by_item.get(activation_id, ""))
        try:
            if release is None:
                raise NotCoveredError("no_release", "the prepared message is not there")
            statement = verify_activation(decode(content), trust, approvers, release=release.statement)
            if statement.activation_id != activation_id:
                raise NotCoveredError("wrong_release", "another activation", found=statement.activation_id)
        except ProtocolError as error:
            bad[f"activations/{activation_id}.json"] = error.code
            continue
        good[activation_id] = statement
    return good, bad


@dataclass(frozen=True, kw_only=True)
class _Ended:
    """What was ended by signature, and the withdrawals that do not hold, by file name with the reason code."""

    releases: Mapping[str, PriorityClass]
    activations: frozenset[str]
    bad: Mapping[str, str]


def _withdrawals(
    files: Files, trust: Trust, approvers: ApproversStatement, releases: Mapping[str, VerifiedRelease]
) -> _Ended:
    """Check the withdrawals. Activations are kept apart: ending one must never end a release of that id."""
    ended: dict[str, PriorityClass] = {}
    activations, bad = set(), {}
    for ended_id, content in files.withdrawals.items():
        try:
            statement = _withdrawal(ended_id, decode(content), trust, approvers, releases)
        except ProtocolError as error:
            bad[f"withdrawals/{ended_id}.json"] = error.code
            continue
        if statement.activation_id:
            activations.add(ended_id)
        else:
            ended[ended_id] = statement.priority_class
    return _Ended(releases=ended, activations=frozenset(activations), bad=bad)


def _still_ended(floors: Floors, releases: Mapping[str, VerifiedRelease]) -> frozenset[str]:
    """Return what was ended by signature before; not by a withdrawal of a class that the release never had."""
    known = {one: release.statement.priority_class for one, release in releases.items()}
    ended = {one for one, named in floors.ended.items() if known.get(one, named) == named}
    return frozenset(ended.union(floors.withdrawn))


def _withdrawal(
    ended_id: str,
    envelope: Envelope,
    trust: Trust,
    approvers: ApproversStatement,
    releases: Mapping[str, VerifiedRelease],
) -> WithdrawalStatement:
    named = releases.get(ended_id)
    statement = verify_withdrawal(envelope, trust, approvers, release=named.statement if named else None)
    if ended_id != (statement.activation_id or statement.release_id):
        raise NotCoveredError("wrong_release", "ends another", found=statement.release_id)
    meant = releases.get(statement.release_id)
    if meant is not None:  # of an activation: now that its release is known
        verify_withdrawal(envelope, trust, approvers, release=meant.statement)
    return statement
