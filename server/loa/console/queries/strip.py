# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rounds as the hour strip and lists show them."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from loa.console.queries.way import Round
from loa.ui.strips import Item


def strip_items(rounds: Iterable[Round]) -> list[Item]:
    """Return the rounds as items of the hour strip."""
    return [_item(one) for one in rounds]


def _item(one: Round) -> Item:
    revision = one.placement.release.revision
    on_air = one.count("on_air")
    words = (
        _("%(count)d/%(total)d cụm loa") % {"count": on_air, "total": len(one.rows)}
        if on_air
        else _("%(total)d cụm loa") % {"total": len(one.rows)}
    )
    return Item(
        title=revision.title,
        start=one.placement.starts_at,
        end=one.ends_at,
        line=words,
        url=reverse("console:message", args=[revision.message.code]),
        state="on_air" if on_air else "planned" if not one.is_over else "past",
    )
