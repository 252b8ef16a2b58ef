# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names of roles for templates: ``{% load people %}``."""

from django import template

from loa.people.models import Role
from loa.people.rules import ROLE_NAMES

register = template.Library()


@register.filter
def role_name(role: str) -> str:
    """Return the name of a role as people read it."""
    return str(ROLE_NAMES[Role(role)])
