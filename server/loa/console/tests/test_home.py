# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first page lists what only its reader can move on, and nothing that has moved on already."""

from datetime import timedelta

import pytest

from loa.airtime.models import Placement
from loa.airtime.tests.factories import NOON, make_placement, make_release
from loa.console.queries.home import count_tasks, tasks_for
from loa.messages.models import Revision
from loa.people.models import Person, ProposalKind, Role
from loa.people.tests.factories import PASSWORD, make_cast, make_member, make_organisation, make_proposal
from loa.releases.actions import withdraw
from loa.releases.models import PriorityClass, Release, ReleaseState
from loa.releases.tests.factories import make_policy_proposal
from loa.releases.tests.factories import make_release as make_signed

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


def waits_for(person: Person) -> list[str]:
    """Return what waits for a person, counted in both ways."""
    found = [task.title for task in tasks_for(Person.objects.get(pk=person.pk), NOON)]
    assert count_tasks(Person.objects.get(pk=person.pk), NOON) == len(found)
    return found


def test_what_takes_a_second_administrator_waits_for_him_and_not_for_who_proposed_it() -> None:
    cast = make_cast()
    second = make_member(cast.organisation, Role.ADMINISTRATOR)
    make_proposal(cast.viewer, cast.organisation, cast.administrator)
    make_proposal(cast.editor, cast.organisation, cast.administrator, role="", kind=ProposalKind.RECOVERY)
    make_policy_proposal(cast.organisation, cast.administrator)
    assert waits_for(second) == [
        f"{cast.viewer.full_name}: Người duyệt",
        f"{cast.editor.full_name}: bắt đầu lại đăng nhập",
        f"Cách ký duyệt của {cast.organisation.name}",
    ]
    assert waits_for(cast.administrator) == waits_for(cast.editor) == []


def test_the_end_of_an_emergency_waits_for_the_second_signature() -> None:
    cast = make_cast()
    release = make_signed(cast, priority_class=PriorityClass.EMERGENCY)
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason="Lũ đã rút.")
    assert waits_for(cast.approver_two) == [release.revision.title]
    assert waits_for(cast.approver_one) == []


def test_a_priority_message_from_above_waits_for_an_hour_where_it_must_sound() -> None:
    cast = make_cast()
    office = make_organisation(cast.province, "Sở Y tế")
    author = make_member(office, Role.EDITOR, "so-y-te")
    above = make_release(office, author, [cast.province], priority_class=PriorityClass.PRIORITY)
    make_release(office, author, [cast.province])  # a normal one: the commune is free
    make_release(cast.organisation, cast.approver_one, [cast.commune], priority_class=PriorityClass.PRIORITY)

    def waits_for(person: Person) -> list[bool]:
        found = tasks_for(Person.objects.get(pk=person.pk), NOON)
        assert count_tasks(Person.objects.get(pk=person.pk), NOON) == len(found)
        return [task.is_late for task in found if task.title == above.revision.title]

    assert waits_for(cast.editor) == [True]
    assert waits_for(cast.viewer) == []
    make_placement(above, [cast.other_commune])
    assert waits_for(cast.editor) == [True]
    placed = make_placement(above, [cast.villages[0]])
    assert waits_for(cast.editor) == []
    Placement.objects.filter(pk=placed.pk).update(cancelled_at=NOON)
    assert waits_for(cast.editor) == [True]
    Release.objects.filter(pk=above.pk).update(state=ReleaseState.WITHDRAWN)
    assert waits_for(cast.editor) == []
