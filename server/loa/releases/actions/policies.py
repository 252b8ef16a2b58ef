# SPDX-License-Identifier: AGPL-3.0-or-later
"""Set and find the policy under which an organisation releases."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.audit import actions as audit
from loa.audit.actor import Actor
from loa.config import clock
from loa.config.errors import PermissionDeniedError
from loa.people.models import Organisation, Person
from loa.releases.lists import publish_in
from loa.releases.models import Policy, PolicyKind

THRESHOLD = 2  # people


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a policy says."""

    kind: str
    is_weak: bool = True
    must_hear: bool = True
    partners: tuple[int, ...] = ()  # keys of organisations; of a joined policy

    def are_those_of(self, policy: Policy) -> bool:
        """Say whether a policy says the same."""
        partners = tuple(sorted(policy.partners.values_list("pk", flat=True)))
        return (policy.kind, policy.is_weak, policy.must_hear, partners) == (
            self.kind,
            self.is_weak,
            self.must_hear,
            tuple(sorted(self.partners)),
        )


def set_policy(
    *,
    actor: Actor | Person | None,
    organisation: Organisation,
    kind: str,
    is_weak: bool = True,
    must_hear: bool = True,
    partners: Iterable[Organisation] = (),
) -> Policy:
    """Say how many people release what the organisation says, without people: the demo and the self-test do.

    People propose and confirm (``proposals``). "Already so" is no change. What was sent under the former policy
    goes on under it: its id is inside the bytes.

    Args:
        is_weak: signatures by server-kept keys count; otherwise passkeys alone do.
        must_hear: nobody signs before he played the sound to its end.
        partners: the organisations of whose approvers one signs a joined release.

    Raises:
        PermissionDeniedError: the actor is a person.
    """
    if isinstance(actor, Person):
        raise PermissionDeniedError(
            _("Một người không tự đổi được cách ký duyệt. Đề nghị, rồi người khác đồng ý.")
        )
    ids = tuple(sorted(partner.pk for partner in partners))
    terms = Terms(kind=PolicyKind(kind), is_weak=is_weak, must_hear=must_hear, partners=ids)
    return put_policy(actor=actor, organisation=organisation, terms=terms)


@transaction.atomic
def put_policy(*, actor: Person | Actor | None, organisation: Organisation, terms: Terms) -> Policy:
    """Let a policy hold whose setting was checked, in place of the one before."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    known = _own(organisation)
    if known is not None and terms.are_those_of(known):
        return known
    now = clock.now()
    organisation.release_policies.filter(until=None).update(until=now)  # whoever breaks the glass, too
    policy = _make(actor, organisation, terms, former=known)
    publish_in([organisation.area])
    return policy


def policy_of(organisation: Organisation) -> Policy:
    """Return the organisation's own policy, or the nearest one above it; where none is, make the strict one.

    Only in a demo it counts keys that the server keeps. Call it inside a transaction.
    """
    usual = Terms(kind=PolicyKind.STRICT, is_weak=settings.DEMO)
    return nearest_policy(organisation) or _make(None, organisation, usual)


def nearest_policy(organisation: Organisation) -> Policy | None:
    """Return the policy that holds for an organisation: its own, or the nearest one above it. One query."""
    above = tree.ancestor_paths(organisation.path)
    return (
        Policy.objects.filter(organisation__path__in=above, until=None)
        .exclude(kind=PolicyKind.BREAK_GLASS)
        .select_related("organisation")
        .order_by("-organisation__path")
        .first()
    )


def break_glass_policy_of(organisation: Organisation) -> Policy:
    """Return the policy by which one person releases an emergency there; made when first needed.

    Call it inside a transaction.
    """
    usual = policy_of(organisation)
    found = usual.organisation.release_policies.filter(until=None, kind=PolicyKind.BREAK_GLASS).first()
    return found or _make(
        None, usual.organisation, Terms(kind=PolicyKind.BREAK_GLASS, is_weak=usual.is_weak, must_hear=False)
    )


def _own(organisation: Organisation) -> Policy | None:
    own = Policy.objects.filter(organisation=organisation, until=None)
    return own.exclude(kind=PolicyKind.BREAK_GLASS).first()


def _make(
    actor: Person | Actor | None, organisation: Organisation, terms: Terms, *, former: Policy | None = None
) -> Policy:
    policy = Policy.objects.create(
        organisation=organisation,
        kind=terms.kind,
        key=_free_key(organisation, terms.kind),
        threshold=1 if terms.kind == PolicyKind.BREAK_GLASS else THRESHOLD,
        is_weak=terms.is_weak,
        must_hear=terms.must_hear,
        since=clock.now(),
    )
    policy.partners.set(terms.partners)
    audit.record(
        actor=actor,
        action="releases.set_policy",
        obj=policy,
        details={
            "kind": policy.kind,
            "threshold": policy.threshold,
            "weak": policy.is_weak,
            "must_hear": policy.must_hear,
            "partners": list(terms.partners),
            "former": former.kind if former else "",
        },
        area_code=organisation.area.code,
    )
    return policy


def _free_key(organisation: Organisation, kind: str) -> str:
    """Return an id that no signed bytes name yet: another policy is another id."""
    stem = f"org{organisation.pk}-{kind.replace('_', '-')}"
    taken = set(Policy.objects.filter(key__startswith=stem).values_list("key", flat=True))
    number = 1
    while (key := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return key
