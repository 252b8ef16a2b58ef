# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words of a plan for templates: ``{% load entering %}``."""

from decimal import Decimal

from django import template

from loa.campaigns.words import UNITS, Words

register = template.Library()


@register.simple_tag
def units() -> tuple[Words, ...]:
    """Return the units in which plans count."""
    return UNITS


@register.filter
def amount(value: Decimal | int | None) -> str:
    """Write an amount as people here do: 2.067 or 21,5; nothing for none."""
    if value is None:
        return ""
    whole, _point, rest = f"{Decimal(value).normalize():f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{rest}" if rest else grouped
