# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests as views see them, and named errors beside the fields that they are about."""

from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

from loa.config.errors import LoaError
from loa.people.models import Person


class AuthenticatedHttpRequest(HttpRequest):
    """A request of somebody who has signed in: every view without ``login_not_required`` gets one."""

    user: Person
    htmx: HtmxDetails


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, None when the page is only looked at: an empty form sent is an error."""
    return request.POST if request.method == "POST" else None


def show_error(form: BaseForm, error: LoaError) -> None:
    """Put an action's sentence beside its field, or at the top when it is about no field of this form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


def address_of(request: HttpRequest) -> str:
    """Return the network address of whoever asks.

    Only a proxy on this machine is believed about whom it speaks for; others could write any address.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    if direct in {"127.0.0.1", "::1", ""} and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return direct
