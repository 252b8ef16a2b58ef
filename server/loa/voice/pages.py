# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of the spoken rendition, put together once for all views that end on it."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from loa.messages.models import Revision
from loa.messages.queries import may_write
from loa.people.http import AuthenticatedHttpRequest
from loa.voice import queries
from loa.voice.languages.queries import language_lines
from loa.voice.languages.rules import CODES


def spoken_page(
    request: AuthenticatedHttpRequest,
    revision: Revision,
    *,
    form: forms.Form | None = None,
    language_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show how a revision is read and heard: a page, or its panel alone for a refresh.

    Args:
        form: a recording in place of the machine that was refused.
        language_form: a recording in another language that was refused.
    """
    now = queries.spoken(revision)
    context = {
        "spoken": now,
        "is_heard": now.sound is not None and queries.has_heard(request.user, now.sound),
        "revision": revision,
        "message": revision.message,
        "form": form,
        "asked": now.questions,
        "is_read_otherwise": now.is_read_otherwise,
        "may_change": revision.frozen_at is None and may_write(request.user, revision.message),
    }
    if request.htmx and language_form is None and "tieng" not in request.GET:
        return render(request, "voice/panel.html", context, status=status)
    lines = language_lines(revision)
    context |= {
        "languages": lines,
        "is_any_working": any(line.is_working for line in lines),
        "language_form": language_form,
        "suggested": tuple(CODES),
    }
    template = "voice/languages.html" if request.htmx else "voice/spoken.html"
    return render(request, template, context, status=status)
