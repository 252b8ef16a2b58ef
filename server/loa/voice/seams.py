# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where higher apps say what this one cannot know.

``released``: each function returns the revisions that are released now; their sound stays as it was signed,
and whoever changes the lexicon is told which of them would now be read otherwise.
"""

from collections.abc import Callable

from django.db.models import QuerySet

from loa.messages.models import Revision

released: list[Callable[[], QuerySet[Revision]]] = []
