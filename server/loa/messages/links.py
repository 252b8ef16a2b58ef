# SPDX-License-Identifier: AGPL-3.0-or-later
"""Addresses of pages that lower apps lead back to; the only place that names a page of a higher app."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def message_page(code: str) -> str:
    """Return the address of a message's own page, which the console joins from all layers."""
    return reverse("console:message", args=[code])


def hearing_place(code: str) -> str:
    """Return the place on a message's page where its sound is made and heard; it takes the focus."""
    return f"{message_page(code)}#nghe"


def own_address(request: HttpRequest, address: str, *, otherwise: str) -> str:
    """Return ``address`` if it is one of ours, else ``otherwise``: nobody is led to a foreign site.

    A word alone is no address: Django would look for a view of that name.
    """
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=hosts, require_https=request.is_secure())
    return address if is_ours and "/" in address else otherwise
