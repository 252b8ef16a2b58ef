# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is said after a change of the lexicon, and the drafts that are read anew for it."""

from typing import Any

from django.contrib import messages
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.messages.links import message_page
from loa.people.http import AuthenticatedHttpRequest
from loa.voice.answers import renew_readings
from loa.voice.lexicon.effects import Effect

NAMED = 10  # messages named after a change; the page before names all


def tell(request: AuthenticatedHttpRequest, saved: str, effect: Effect) -> None:
    """Say what was stored, read drafts anew, and name the released messages that keep their sound."""
    renewed = renew_readings(actor=request.user, revisions=effect.drafts)
    parts: list[Any] = [saved]
    if renewed:
        words = ngettext("%(count)s tin nháp được đọc lại.", "%(count)s tin nháp được đọc lại.", renewed)
        parts.append(words % {"count": renewed})
    if effect.released:
        words = ngettext(
            "%(count)s tin đã duyệt giữ tiếng cũ:",
            "%(count)s tin đã duyệt giữ tiếng cũ:",
            len(effect.released),
        )
        parts += [words % {"count": len(effect.released)}, _links(effect)]
    messages.success(request, format_html_join(" ", "{}", ((part,) for part in parts)))


def _links(effect: Effect) -> SafeString:
    named = effect.released[:NAMED]
    links = format_html_join(
        ", ", '<a href="{}">{}</a>', ((message_page(one.message.code), one.title) for one in named)
    )
    left = len(effect.released) - len(named)
    more = _(" và %(count)s tin khác") % {"count": left} if left else ""
    return format_html("{}{}.", links, more)
