# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names of roles for templates: ``{% load people %}``."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loa.people.models import Outcome, PasskeyEnd, Role
from loa.people.rules import ROLE_NAMES
from loa.people.security_forms import ALL_END_NAMES

OUTCOME_NAMES: dict[Outcome, str | Promise] = {
    Outcome.WAITING: _("quá 14 ngày, không ai đồng ý"),
    Outcome.CONFIRMED: _("đã đồng ý"),
    Outcome.REFUSED: _("bị từ chối"),
    Outcome.WITHDRAWN: _("đã rút lại"),
}

register = template.Library()


@register.filter
def role_name(role: str) -> str:
    """Return the name of a role as people read it."""
    return str(ROLE_NAMES[Role(role)])


@register.filter
def end_reason(reason: str) -> str:
    """Return why a passkey ended, as people read it."""
    return str(ALL_END_NAMES[PasskeyEnd(reason)])


@register.filter
def outcome_name(outcome: str) -> str:
    """Return what became of a proposal that is no longer waiting, as people read it."""
    return str(OUTCOME_NAMES[Outcome(outcome)])
