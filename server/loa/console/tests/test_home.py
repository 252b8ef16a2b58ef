# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first page lists what only its reader can move on, and nothing that has moved on already."""

from datetime import timedelta

import pytest

from loa.airtime.tests.factories import NOON, make_release
from loa.console.queries.home import count_tasks, tasks_for
from loa.messages.models import Revision
from loa.people.models import Person
from loa.people.tests.factories import make_cast
from loa.releases.models import Release, ReleaseState

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned() -> Release:
    """A request for the second revision of a message, given back to its author."""
    cast = make_cast()
    release = make_release(
        cast.organisation,
        cast.editor,
        [cast.villages[0]],
        state=ReleaseState.RETURNED,
        returned_by=cast.approver_one,
        returned_at=NOON,
        return_reason="Thiếu nguồn.",
    )
    Revision.objects.filter(pk=release.revision_id).update(number=2)
    release.revision.refresh_from_db()
    return release


def tasks(release: Release) -> list[str]:
    """Return the titles of what waits for the release's author, counted in both ways."""
    author = Person.objects.get(pk=release.submitted_by_id)
    found = [task.title for task in tasks_for(author, NOON)]
    assert count_tasks(Person.objects.get(pk=author.pk), NOON) == len(found)
    return found


def test_what_was_returned_waits_for_its_author(returned: Release) -> None:
    assert tasks(returned) == [returned.revision.title]


def test_written_anew_it_waits_no_more_whatever_its_number(returned: Release) -> None:
    revision = returned.revision
    revision.pk, revision.number = None, 3
    revision.save(force_insert=True)
    assert tasks(returned) == []


def test_sent_again_it_waits_no_more(returned: Release) -> None:
    again = Release.objects.get(pk=returned.pk)
    again.pk, again.state = None, ReleaseState.AWAITING
    again.submitted_at = returned.submitted_at + timedelta(hours=1)
    again.save(force_insert=True)
    assert tasks(returned) == []
