# SPDX-License-Identifier: AGPL-3.0-or-later
"""Another policy takes two administrators: one proposes, another one confirms."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people.models import Organisation, Person
from loa.people.queries import require
from loa.people.rules import Permission
from loa.releases.actions.policies import Terms, put_policy
from loa.releases.errors import BadRequestError
from loa.releases.models import Policy, PolicyKind, PolicyProposal, ProposalOutcome


@transaction.atomic
def propose_policy(
    *,
    actor: Person,
    organisation: Organisation,
    kind: str,
    is_weak: bool,
    must_hear: bool = True,
    partners: Sequence[Organisation] = (),
) -> PolicyProposal:
    """Propose how many people release what the organisation says; it takes the place of one that waits.

    Args:
        is_weak: signatures by server-kept keys count; otherwise passkeys alone do.
        must_hear: nobody signs before he played the sound to its end.
        partners: the organisations of whose approvers one signs a joined release.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation's settings.
        BadRequestError: no such policy, or a joined one without another organisation.
    """
    require(actor, Permission.SETTINGS_MANAGE, organisation=organisation)
    if kind not in set(PolicyKind.values) - {PolicyKind.BREAK_GLASS}:
        raise BadRequestError(_("Chọn một trong ba cách ký duyệt."), field="kind")
    others = [partner for partner in partners if partner.pk != organisation.pk]
    if kind == PolicyKind.JOINED and not others:
        raise BadRequestError(_("Chọn ít nhất một cơ quan cùng ký."), field="partners")
    now = clock.now()
    waiting = PolicyProposal.objects.filter(organisation=organisation, outcome=ProposalOutcome.WAITING)
    waiting.update(outcome=ProposalOutcome.WITHDRAWN, decided_by=actor, decided_at=now)
    made = PolicyProposal.objects.create(
        organisation=organisation,
        kind=kind,
        is_weak=is_weak,
        must_hear=must_hear,
        proposed_by=actor,
        proposed_at=now,
    )
    made.partners.set(others if kind == PolicyKind.JOINED else [])
    _record(actor, made, "releases.propose_policy")
    return made


@transaction.atomic
def confirm_policy(*, actor: Person, proposal: PolicyProposal) -> Policy:
    """Let a proposed policy hold, as the second administrator.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation's settings, or proposed it.
        ConflictError: it waits no more.
    """
    proposal = _waiting(actor, proposal)
    if proposal.proposed_by_id == actor.pk:
        raise PermissionDeniedError(_("Bạn đã đề nghị nên người quản trị khác đồng ý."))
    _decide(actor, proposal, ProposalOutcome.CONFIRMED)
    partners = tuple(proposal.partners.values_list("pk", flat=True))
    terms = Terms(
        kind=proposal.kind, is_weak=proposal.is_weak, must_hear=proposal.must_hear, partners=partners
    )
    return put_policy(actor=actor, organisation=proposal.organisation, terms=terms)


@transaction.atomic
def refuse_policy(*, actor: Person, proposal: PolicyProposal) -> None:
    """Refuse a proposed policy, or take one's own back.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation's settings.
        ConflictError: it waits no more.
    """
    proposal = _waiting(actor, proposal)
    is_own = proposal.proposed_by_id == actor.pk
    _decide(actor, proposal, ProposalOutcome.WITHDRAWN if is_own else ProposalOutcome.REFUSED)


def _waiting(actor: Person, proposal: PolicyProposal) -> PolicyProposal:
    found = PolicyProposal.objects.select_for_update(of=("self",)).select_related("organisation__area")
    proposal = found.get(pk=proposal.pk)
    require(actor, Permission.SETTINGS_MANAGE, organisation=proposal.organisation)
    if proposal.outcome != ProposalOutcome.WAITING:
        raise ConflictError(_("Đề nghị này không còn chờ. Tải lại trang."))
    return proposal


def _decide(actor: Person, proposal: PolicyProposal, outcome: ProposalOutcome) -> None:
    proposal.outcome, proposal.decided_by, proposal.decided_at = outcome, actor, clock.now()
    proposal.save(update_fields=["outcome", "decided_by", "decided_at"])
    _record(actor, proposal, "releases.decide_policy")


def _record(actor: Person, proposal: PolicyProposal, action: str) -> None:
    audit.record(
        actor=actor,
        action=action,
        obj=proposal,
        details={
            "kind": proposal.kind,
            "weak": proposal.is_weak,
            "must_hear": proposal.must_hear,
            "partners": list(proposal.partners.values_list("name", flat=True)),
            "outcome": proposal.outcome,
        },
        area_code=proposal.organisation.area.code,
    )
