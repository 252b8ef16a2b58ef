# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links to the style files, or to the one file that production sends instead of them."""

from functools import cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from loa.ui.storage import BundledStaticFiles
from loa.ui.styles import BUNDLE, STYLES


def is_bundled() -> bool:
    """Say whether the static storage has joined the style files."""
    return not settings.DEBUG and isinstance(staticfiles_storage, BundledStaticFiles)


def stylesheets() -> SafeString:
    """Link the style files: one joined file in production, each by itself in development."""
    return _links(are_joined=is_bundled())


@cache
def _links(*, are_joined: bool) -> SafeString:
    paths = [BUNDLE] if are_joined else [f"ui/css/{name}.css" for name in STYLES]
    links = format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(path),) for path in paths))
    printed = format_html('\n<link rel="stylesheet" href="{}" media="print">', static("ui/css/print.css"))
    return links + printed
