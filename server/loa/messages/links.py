# SPDX-License-Identifier: AGPL-3.0-or-later
"""Addresses of pages that lower apps lead back to; the only place that names a page of a higher app."""

from django.urls import reverse


def message_page(code: str) -> str:
    """Return the address of a message's own page, which the console joins from all layers."""
    return reverse("console:message", args=[code])
