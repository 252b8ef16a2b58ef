# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking for new lists of approvers where something about the people on them has changed."""

from collections.abc import Iterable

from django.db.models import QuerySet

from loa.areas.models import Area
from loa.areas.queries import communes_in
from loa.jobs import outbox
from loa.people.models import Organisation, Person, RoleGrant
from loa.people.rules import signing_roles
from loa.releases.models import ApproversList, Policy, PolicyKind


def publish_where_signing(person: Person) -> None:
    """Ask for new files in the communes whose list this person is on, was on, or now belongs on."""
    _publish_for(person.grants.filter(role__in=signing_roles()))


def publish_after_role_change(grant: RoleGrant) -> None:
    """Ask for new lists of approvers where the role counts; listens to ``people.actions.on_role_change``."""
    if grant.role in signing_roles():
        _publish_for(RoleGrant.objects.filter(pk=grant.pk))


def publish_in(areas: Iterable[Area]) -> None:
    """Ask for new files in the communes of some areas that have a list."""
    listed = ApproversList.objects.filter(commune__in=communes_in(areas))
    for code in listed.values_list("commune__code", flat=True).distinct():
        outbox.put("publish", key=code)


def _publish_for(grants: QuerySet[RoleGrant]) -> None:
    organisations = [grant.organisation for grant in grants.select_related("organisation")]
    areas = {
        below.area
        for organisation in organisations
        for below in Organisation.objects.filter(path__startswith=organisation.path).select_related("area")
    }
    joined = Policy.objects.filter(kind=PolicyKind.JOINED, partners__in=organisations)
    areas |= {policy.organisation.area for policy in joined.select_related("organisation__area")}
    publish_in(areas)
