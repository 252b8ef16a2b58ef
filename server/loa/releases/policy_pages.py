# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages about policies show."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from loa.areas import tree
from loa.people.models import Organisation, Person
from loa.people.queries import organisations_for
from loa.people.rules import Permission
from loa.releases.able import either
from loa.releases.actions.policies import THRESHOLD
from loa.releases.models import Policy, PolicyKind, PolicyProposal, ProposalOutcome
from loa.releases.sentences import policy_sentence


@dataclass(frozen=True)
class PolicyLine:
    """An organisation, the policy that holds there, and whether another one waits."""

    organisation: Organisation
    policy: Policy | None
    sentence: str
    is_waiting: bool


def policy_lines(organisations: Iterable[Organisation]) -> list[PolicyLine]:
    """Return what holds at each organisation: its own policy, or the nearest one above. Three queries."""
    organisations = list(organisations)
    above = {path for one in organisations for path in tree.ancestor_paths(one.path)}
    rows = Policy.objects.filter(organisation__path__in=above, until=None)
    rows = rows.exclude(kind=PolicyKind.BREAK_GLASS).select_related("organisation")
    held = {policy.organisation.path: policy for policy in rows.prefetch_related("partners")}
    waiting = set(
        PolicyProposal.objects.filter(
            organisation__in=organisations, outcome=ProposalOutcome.WAITING
        ).values_list("organisation_id", flat=True)
    )
    lines = []
    for one in organisations:
        paths = sorted(tree.ancestor_paths(one.path), key=len, reverse=True)
        policy = next((held[path] for path in paths if path in held), None)
        lines.append(PolicyLine(one, policy, sentence_of(policy) if policy else "", one.pk in waiting))
    return lines


def waiting_policies(person: Person) -> QuerySet[PolicyProposal]:
    """Return the policies that wait for a person to be the second administrator, the oldest first."""
    managed = organisations_for(person, Permission.SETTINGS_MANAGE).order_by()
    waiting = PolicyProposal.objects.filter(organisation__in=managed, outcome=ProposalOutcome.WAITING)
    return (
        waiting.exclude(proposed_by=person)
        .select_related("organisation", "proposed_by")
        .order_by("proposed_at", "pk")
    )


def sentence_of(policy: Policy) -> str:
    """Return a policy as a sentence, with the names of the partners."""
    return policy_sentence(policy.kind, policy.threshold, either([one.name for one in policy.partners.all()]))


def sentence_of_proposal(proposal: PolicyProposal) -> str:
    """Return a proposed policy as a sentence."""
    return policy_sentence(proposal.kind, THRESHOLD, either([one.name for one in proposal.partners.all()]))
