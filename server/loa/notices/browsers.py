# SPDX-License-Identifier: AGPL-3.0-or-later
"""A browser's name in words, so that its owner knows which one it is."""

from django.utils.translation import gettext as _

_PROGRAMS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung"), ("Firefox", "Firefox"),
             ("coc_coc", "Cốc Cốc"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def browser_name(user_agent: str) -> str:
    """Return "Chrome trên Android" for what a browser says of itself; nothing more of it is kept."""
    program = next((name for mark, name in _PROGRAMS if mark in user_agent), _("Trình duyệt"))
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), _("một máy"))
    return _("%(program)s trên %(system)s") % {"program": program, "system": system}
