# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests as views see them, so that the type of ``request.user`` is known."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from loa.people.models import Person


class AuthenticatedHttpRequest(HttpRequest):
    """A request of somebody who has signed in: every view without ``login_not_required`` gets one."""

    user: Person
    htmx: HtmxDetails
