# SPDX-License-Identifier: AGPL-3.0-or-later
"""Components that hold a page's own markup: panel, notice, confirm, tabs, chips, segments."""

from dataclasses import dataclass
from typing import Any

from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

Words = str | Promise


@dataclass(frozen=True)
class NoticeLook:
    name: str
    icon: str


NOTICES = {
    "info": NoticeLook("info", "info-circle"),
    "success": NoticeLook("ok", "circle-check"),
    "ok": NoticeLook("ok", "circle-check"),
    "warning": NoticeLook("late", "alert-triangle"),
    "late": NoticeLook("late", "alert-triangle"),
    "error": NoticeLook("stop", "alert-circle"),
    "stop": NoticeLook("stop", "alert-circle"),
}


def notice_look(kind: str = "") -> NoticeLook:
    """Return how a notice of a kind (ours or of Django's messages) looks."""
    return NOTICES.get(str(kind or ""), NoticeLook("", "info-circle"))


def notice(content: SafeString, kind: str = "", icon: str = "") -> SafeString:
    """Draw a notice that stays; kind info, ok, late, stop or ""."""
    return render_to_string("ui/notice.html", {"kind": kind, "content": content, "icon": icon})


def panel(content: SafeString, title: Words = "", **options: Any) -> SafeString:
    """Draw a panel. Options: kind (ok, late, stop), icon, note, link, link_words, count, id, flush (no inner edge)."""
    return render_to_string("ui/panel.html", {"content": content, "title": title} | options)


def confirm(context: Context, content: SafeString, id: str, title: Words, **options: Any) -> SafeString:
    """Draw the dialog that asks before what cannot be undone; a button with ``opens=id`` shows it.

    Options: action (address of the POST), button (names count and place), danger, reason (label of a typed
    reason), reason_name, reason_hint, cancel.
    """
    values = {"content": content, "id": id, "title": title, "csrf_token": context.get("csrf_token")} | options
    return render_to_string("ui/confirm.html", values)


def _link(look: str, words: Words, url: str, current: bool, count: int | None) -> SafeString:
    here = format_html(' aria-current="{}"', "page" if look == "tab" else "true") if current else ""
    number = format_html(' <span class="num">{}</span>', count) if count is not None else ""
    styled = format_html(' class="{}"', look) if look != "tab" else ""
    inner = format_html('<a{} href="{}"{}><span>{}{}</span></a>', styled, url, here, words, number)
    return format_html("<li>{}</li>", inner) if look == "tab" else inner


def tab(words: Words, url: str, current: bool = False, count: int | None = None) -> SafeString:
    """Draw one tab inside ``tabs``."""
    return _link("tab", words, url, current, count)


def segment(words: Words, url: str, current: bool = False, count: int | None = None) -> SafeString:
    """Draw one of several joined choices inside ``segments``."""
    return _link("segment", words, url, current, count)


def tabs(content: SafeString, label: Words = "") -> SafeString:
    """Draw the row of tabs under a heading."""
    return format_html('<nav class="tabs" aria-label="{}"><ul role="list">{}</ul></nav>', label, content)


def segments(content: SafeString, label: Words = "") -> SafeString:
    """Draw joined choices of one thing."""
    return format_html('<div class="segments" role="group" aria-label="{}">{}</div>', label, content)


def chips(content: SafeString, label: Words = "") -> SafeString:
    """Draw a row of filters."""
    return format_html('<div class="chips" role="group" aria-label="{}">{}</div>', label, content)
