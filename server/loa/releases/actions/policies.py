# SPDX-License-Identifier: AGPL-3.0-or-later
"""Set and find the policy under which an organisation releases."""

from django.db import transaction

from loa.areas import tree
from loa.areas.queries import communes_in
from loa.audit import actions as audit
from loa.jobs import outbox
from loa.people.actions.checks import Actors, require_settings
from loa.people.models import Organisation
from loa.releases.models import ApproversList, Policy, PolicyKind, policy_key

THRESHOLD = 2  # people


def set_policy(*, actor: Actors, organisation: Organisation, kind: str) -> Policy:
    """Say how many people release what the organisation says. "Already so" is no change.

    What was sent under the former policy goes on under it: its id is inside the bytes.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation's settings.
    """
    require_settings(actor, organisation)
    known = Policy.objects.filter(organisation=organisation).first()
    if known is not None and known.kind == kind:
        return known
    with transaction.atomic():
        policy, _is_new = Policy.objects.update_or_create(
            organisation=organisation,
            defaults={
                "kind": PolicyKind(kind),
                "key": policy_key(organisation.pk, kind),
                "threshold": THRESHOLD,
            },
        )
        audit.record(
            actor=actor,
            action="releases.set_policy",
            obj=policy,
            details={"kind": kind, "threshold": policy.threshold, "former": known.kind if known else ""},
            area_code=organisation.area.code,
        )
        listed = ApproversList.objects.filter(commune__in=communes_in([organisation.area]))
        for code in listed.values_list("commune__code", flat=True).distinct():
            outbox.put("publish", key=code)
    return policy


def policy_of(organisation: Organisation) -> Policy:
    """Return the organisation's own policy, or the nearest one above it; where none is, make the strict one.

    Call it inside a transaction.
    """
    above = tree.ancestor_paths(organisation.path)
    known = Policy.objects.filter(organisation__path__in=above).order_by("-organisation__path").first()
    if known is not None:
        return known
    policy = Policy.objects.create(
        organisation=organisation,
        kind=PolicyKind.STRICT,
        key=policy_key(organisation.pk, PolicyKind.STRICT),
        threshold=THRESHOLD,
    )
    audit.record(actor=None, action="releases.set_policy", obj=policy, details={"kind": policy.kind})
    return policy
