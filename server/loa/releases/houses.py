# SPDX-License-Identifier: AGPL-3.0-or-later
"""Of which organisations' approvers people count under a policy: on a device as on this server."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from loa.areas import tree
from loa.areas.models import Area
from loa.people.models import Organisation
from loa.releases.models import Policy, PolicyKind, Release, ReleaseState


def houses_of(commune: Area, policies: Iterable[Policy], now: datetime) -> dict[int, list[str]]:
    """Return by policy the ids of the organisations whose approvers sign under it, as a signed list names them.

    They are those that release in the commune under it, those above them, and the partners of a joined policy. So
    a neighbour who stands on the list for a joined policy counts under no other one. Three queries.

    Args:
        policies: those of the list, with organisation and partners.
    """
    policies = list(policies)
    near = Q(area__path__in=tree.ancestor_paths(commune.path)) | Q(area__path__startswith=commune.path)
    users: dict[int, set[str]] = {policy.pk: {policy.organisation.path} for policy in policies}
    for path in Organisation.objects.filter(near).values_list("path", flat=True):
        for policy in _held_by(path, policies):
            users[policy.pk].add(path)
    named = Release.objects.filter(
        policy__in=list(users), state__in=(ReleaseState.AWAITING, ReleaseState.RELEASED), not_after__gt=now
    )
    for policy_pk, path in named.order_by().values_list("policy", "organisation__path").distinct():
        users[policy_pk].add(path)
    above = {pk: {one for path in paths for one in tree.ancestor_paths(path)} for pk, paths in users.items()}
    wanted = Organisation.objects.filter(path__in={path for paths in above.values() for path in paths})
    ids = dict(wanted.values_list("path", "pk"))
    return {
        policy.pk: sorted(
            {str(ids[path]) for path in above[policy.pk] if path in ids}
            | {str(one.pk) for one in policy.partners.all() if policy.kind == PolicyKind.JOINED}
        )
        for policy in policies
    }


def _held_by(path: str, policies: Iterable[Policy]) -> list[Policy]:
    """Return the policies in force that hold for an organisation: the nearest, and its breaking of the glass."""
    above = set(tree.ancestor_paths(path))
    open_ones = [one for one in policies if one.until is None and one.organisation.path in above]
    usual = [one for one in open_ones if one.kind != PolicyKind.BREAK_GLASS]
    if not usual:
        return []
    nearest = max(usual, key=lambda one: len(one.organisation.path))
    return [
        nearest,
        *(
            one
            for one in open_ones
            if one.kind == PolicyKind.BREAK_GLASS and one.organisation_id == nearest.organisation_id
        ),
    ]
