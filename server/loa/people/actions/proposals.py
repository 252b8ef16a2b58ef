# SPDX-License-Identifier: AGPL-3.0-or-later
"""What takes two administrators: one proposes, another one confirms, neither for himself."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people.actions.checks import Actors, refuse_own, require_settings
from loa.people.actions.recovery import begin_anew
from loa.people.actions.roles import grant_role, running_grant, write_grant
from loa.people.models import (
    Deputyship,
    Organisation,
    Outcome,
    Person,
    Proposal,
    ProposalKind,
    Role,
    RoleGrant,
)
from loa.people.queries import require
from loa.people.rules import Permission, needs_two

LASTS = timedelta(days=14)  # a proposal that nobody confirmed by then is over


@dataclass(frozen=True)
class Confirmed:
    """What came of a confirmation: a role, or for a new beginning the password for the first sign-in."""

    grant: RoleGrant | None = None
    password: str = ""


def give_role(
    *, actor: Actors, person: Person, organisation: Organisation, role: Role | str
) -> RoleGrant | Proposal:
    """Give a role, or propose it where it takes two people.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation, or would raise himself.
    """
    if not isinstance(actor, Person) or not needs_two(role):
        return grant_role(actor=actor, person=person, organisation=organisation, role=role)
    return propose_role(actor=actor, person=person, organisation=organisation, role=role)


@transaction.atomic
def propose_role(
    *,
    actor: Person,
    person: Person,
    organisation: Organisation,
    role: Role | str,
    deputyship: Deputyship | None = None,
) -> RoleGrant | Proposal:
    """Propose a role that takes two people; one that he has, or that waits already, is returned.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation, or would raise himself.
    """
    require_settings(actor, organisation)
    refuse_own(actor, person)
    role = Role(role)
    held = None if deputyship else running_grant(person, organisation, role)
    if held is not None:
        return held
    return _propose(actor, ProposalKind.GRANT, person, organisation, role, deputyship)


@transaction.atomic
def propose_recovery(*, actor: Person, person: Person) -> Proposal:
    """Propose that somebody who has nothing left to sign in with begins anew.

    Raises:
        PermissionDeniedError: the person has a role somewhere that the actor does not manage, or it is himself.
    """
    refuse_own(actor, person)
    grants = _require_all(actor, person)
    return _propose(actor, ProposalKind.RECOVERY, person, grants[0].organisation, "", None)


def _require_all(actor: Person, person: Person) -> list[RoleGrant]:
    """Return a person's roles, all of which the actor manages: a commune cannot take over a province.

    Raises:
        PermissionDeniedError: he does not, or there is none.
    """
    grants = list(
        person.grants.filter(until__isnull=True).select_related("organisation__area").order_by("pk")
    )
    for grant in grants:
        require_settings(actor, grant.organisation)
    if not grants:
        raise PermissionDeniedError(_("Người này không có vai trò nào ở cơ quan bạn quản trị."))
    return grants


def _propose(
    actor: Person,
    kind: ProposalKind,
    person: Person,
    organisation: Organisation,
    role: Role | str,
    deputyship: Deputyship | None,
) -> Proposal:
    now = clock.now()
    same = Proposal.objects.filter(
        kind=kind,
        person=person,
        organisation=organisation,
        role=role,
        outcome=Outcome.WAITING,
        deputyship=deputyship,
    )
    same.filter(proposed_at__lte=now - LASTS).update(outcome=Outcome.WITHDRAWN, decided_at=now)
    waiting = same.first()
    if waiting is not None:
        return waiting
    made = Proposal.objects.create(
        kind=kind,
        person=person,
        organisation=organisation,
        role=role,
        deputyship=deputyship,
        proposed_by=actor,
        proposed_at=now,
    )
    _record(actor, "people.propose", made)
    return made


def _record(actor: Actors, action: str, proposal: Proposal) -> None:
    audit.record(
        actor=actor,
        action=action,
        obj=proposal.person,
        details={
            "kind": proposal.kind,
            "role": proposal.role,
            "organisation": proposal.organisation.name,
            "proposed_by": proposal.proposed_by.full_name,
        },
        area_code=proposal.organisation.area.code,
    )


def _waiting(proposal: Proposal) -> Proposal:
    """Return a proposal as it is now, held until the transaction ends.

    Raises:
        ConflictError: it was decided already, or its days are over.
    """
    found = Proposal.objects.select_for_update().filter(pk=proposal.pk, outcome=Outcome.WAITING).first()
    if found is None or found.proposed_at <= clock.now() - LASTS:
        raise ConflictError(_("Đề nghị này không còn chờ nữa. Xem lại danh sách; cần thì đề nghị lại."))
    return found


@transaction.atomic
def confirm_proposal(*, actor: Person, proposal: Proposal) -> Confirmed:
    """Confirm as the second administrator what a first one proposed; it takes effect at once.

    Raises:
        PermissionDeniedError: the actor proposed it, gains by it, or does not manage the organisation; or who
            proposed it does not manage it any more.
        ConflictError: it was decided already, or its days are over.
    """
    found = _waiting(proposal)
    require_settings(actor, found.organisation)
    refuse_own(actor, found.person)
    if found.proposed_by_id == actor.pk:
        raise PermissionDeniedError(_("Bạn đã đề nghị việc này. Cần một người quản trị khác đồng ý."))
    require(found.proposed_by, Permission.SETTINGS_MANAGE, organisation=found.organisation)
    found.outcome, found.decided_by, found.decided_at = Outcome.CONFIRMED, actor, clock.now()
    found.save(update_fields=["outcome", "decided_by", "decided_at"])
    _record(actor, "people.confirm", found)
    if found.kind == ProposalKind.RECOVERY:
        for one in (actor, found.proposed_by):
            _require_all(one, found.person)
        password = begin_anew(actor=actor, person=found.person, proposed_by=found.proposed_by.full_name)
        return Confirmed(password=password)
    return Confirmed(grant=_grant(actor, found))


def _grant(actor: Person, proposal: Proposal) -> RoleGrant:
    role, span = Role(proposal.role), proposal.deputyship
    held = None if span else running_grant(proposal.person, proposal.organisation, role)
    if held is not None:
        return held
    now = clock.now()
    if span is not None and span.ends_at <= now:
        raise ConflictError(_("Những ngày thay đã qua. Ghi lại người thay với ngày khác."))
    return write_grant(
        actor=actor,
        person=proposal.person,
        organisation=proposal.organisation,
        role=role,
        since=max(now, span.begins_at) if span else now,
        until=span.ends_at if span else None,
        proposed_by=proposal.proposed_by.full_name,
        deputyship=span,
    )


@transaction.atomic
def refuse_proposal(*, actor: Person, proposal: Proposal) -> None:
    """Refuse what somebody proposed; who proposed it takes it back.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation.
        ConflictError: it was decided already, or its days are over.
    """
    found = _waiting(proposal)
    require_settings(actor, found.organisation)
    is_own = actor.pk in {found.proposed_by_id, found.person_id}
    found.outcome = Outcome.WITHDRAWN if is_own else Outcome.REFUSED
    found.decided_by, found.decided_at = actor, clock.now()
    found.save(update_fields=["outcome", "decided_by", "decided_at"])
    _record(actor, "people.refuse", found)
