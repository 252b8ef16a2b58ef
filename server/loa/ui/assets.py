# SPDX-License-Identifier: AGPL-3.0-or-later
"""The style files in their order, and the one file that production sends instead of them."""

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

STYLES = (
    "variables", "fonts", "base", "layout", "positions", "button", "badge", "panel", "table", "field", "notice",
    "progress", "empty", "dialog", "tabs", "menu", "person", "strength", "coverage", "steps", "player", "readaloud",
    "map", "strip", "week",
)  # fmt: skip
BUNDLE = "ui/css/all.css"


def is_bundled() -> bool:
    """Say whether the static storage joins the style files (``loa.ui.storage``)."""
    return (
        not settings.DEBUG
        and settings.STORAGES["staticfiles"]["BACKEND"] == "loa.ui.storage.BundledStaticFiles"
    )


def stylesheets() -> SafeString:
    """Link the style files: one joined file in production, each by itself in development."""
    paths = [BUNDLE] if is_bundled() else [f"ui/css/{name}.css" for name in STYLES]
    links = format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(path),) for path in paths))
    return links + format_html(
        '\n<link rel="stylesheet" href="{}" media="print">', static("ui/css/print.css")
    )
