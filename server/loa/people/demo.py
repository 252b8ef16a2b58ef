# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sign-ins of a demo installation, shown where a visitor needs them."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise

from loa.people.models import Person, Role, RoleGrant
from loa.people.rules import ROLE_NAMES

DEMO_PASSWORD = "loa-demo-2026"  # noqa: S105  # of every demo person; printed at the start of a demo


@dataclass(frozen=True)
class DemoSignIn:
    """One way into the demo."""

    username: str
    full_name: str
    role: str | Promise
    password: str = DEMO_PASSWORD


def demo_sign_ins() -> list[DemoSignIn]:
    """Return the demo's ways in, none in an installation that is no demo. Two queries."""
    if not settings.DEMO:
        return []
    people = Person.objects.filter(is_sample=True, is_active=True).order_by("pk")
    roles = dict(RoleGrant.objects.filter(person__in=people, until=None).values_list("person", "role"))
    return [
        DemoSignIn(person.username, person.full_name, ROLE_NAMES[Role(roles[person.pk])])
        for person in people
        if person.pk in roles
    ]
