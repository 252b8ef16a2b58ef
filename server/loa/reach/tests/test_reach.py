# SPDX-License-Identifier: AGPL-3.0-or-later
"""A figure equals a naive recount; silence is unknown."""

from datetime import timedelta

import pytest

from loa.airtime.tests.factories import FIVE, make_placement, make_release
from loa.campaigns.tests.factories import make_campaign, make_key_message
from loa.deliveries.tests.factories import make_delivery
from loa.devices.tests.factories import make_device
from loa.people.tests.factories import make_cast
from loa.reach import queries
from loa.reach.rules import Heard, sums

pytestmark = pytest.mark.django_db
LATER = FIVE + timedelta(days=2)


class Story:
    """A campaign with one released message in all three villages, a loudspeaker in each."""

    def __init__(self):
        self.cast = make_cast()
        self.campaign = make_campaign(self.cast.organisation)
        self.key_message = make_key_message(self.campaign)
        self.other_key_message = make_key_message(self.campaign, "Chưa ai nói")
        self.release = make_release(self.cast.organisation, self.cast.editor, [self.cast.commune])
        self.release.revision.message.key_messages.add(self.key_message)
        self.devices = [
            make_device(village, enrolled_at=FIVE - timedelta(days=1)) for village in self.cast.villages
        ]
        self.sequence = 0

    def place(self, zones=None, starts_at=FIVE):
        return make_placement(self.release, zones or [self.cast.commune], starts_at)

    def deliver(self, placement, number, outcome="delivered", **fields):
        self.sequence += 1
        device = self.devices[number]
        return make_delivery(
            device.village, placement_id=placement.pk, release_id=placement.release_id,
            place_key=str(device.pk), sequence=self.sequence, outcome=outcome, due_at=placement.starts_at,
            **fields,
        )  # fmt: skip

    def cells(self, now=LATER, since=None):
        first, _other = queries.coverage(self.campaign, since, now=now).rows
        return [first.cells[village.pk] for village in self.cast.villages]

    def heard(self, **arguments):
        return [cell.heard for cell in self.cells(**arguments)]


@pytest.fixture
def story():
    return Story()


def test_before_anything_is_due_nobody_heard_anything(story):
    story.place()
    assert story.heard(now=FIVE - timedelta(minutes=1)) == [Heard.NOT] * 3


def test_a_village_whose_proof_is_awaited_is_unknown(story):
    placement = story.place()
    assert story.heard() == [Heard.UNKNOWN] * 3
    story.deliver(placement, 0)
    story.deliver(placement, 1, "missed")
    assert story.heard() == [Heard.COULD, Heard.NOT, Heard.UNKNOWN]


@pytest.mark.parametrize("outcome", ["partial", "stopped", "refused", "missed"])
def test_what_did_not_sound_to_its_end_does_not_count(story, outcome):
    story.deliver(story.place([story.cast.villages[0]]), 0, outcome)
    assert story.heard() == [Heard.NOT] * 3


def test_a_village_without_a_loudspeaker_could_not_hear(story):
    story.devices[2].state = "retired"
    story.devices[2].save()
    story.place()
    assert story.heard() == [Heard.UNKNOWN, Heard.UNKNOWN, Heard.NOT]


def test_times_count_placements_and_not_loudspeakers(story):
    first, second = story.place(), story.place(starts_at=FIVE + timedelta(days=1))
    for placement in (first, second):
        story.deliver(placement, 0)
    twin = make_device(story.cast.villages[0])
    story.sequence += 1
    make_delivery(
        twin.village, placement_id=first.pk, release_id=first.release_id, place_key=str(twin.pk), due_at=FIVE
    )
    (cell, *_rest) = story.cells(now=FIVE + timedelta(days=3))
    assert (cell.times, cell.last, cell.days_since) == (2, FIVE + timedelta(days=1), 2)


def test_an_amended_delivery_counts_no_more(story):
    wrong = story.deliver(story.place([story.cast.villages[0]]), 0)
    make_delivery(
        wrong.village, placement_id=wrong.placement_id, release_id=wrong.release_id,
        place_key=wrong.place_key, sequence=99, outcome="missed", amends=wrong,
    )  # fmt: skip
    assert story.heard()[0] == Heard.NOT


def test_what_was_before_since_does_not_count(story):
    story.deliver(story.place(), 0)
    assert story.heard(since=FIVE + timedelta(hours=1)) == [Heard.NOT] * 3


def test_tests_and_other_campaigns_do_not_count(story):
    story.release.is_test = True
    story.release.save(update_fields=["is_test"])
    story.deliver(story.place(), 0)
    assert story.heard() == [Heard.NOT] * 3
    other = make_campaign(story.cast.organisation)
    assert queries.coverage(other).rows == []


def test_sums_equal_a_recount_and_name_villages_without_a_number(story):
    story.cast.villages[1].households = None
    story.cast.villages[1].save(update_fields=["households"])
    placement = story.place()
    story.deliver(placement, 0)
    story.deliver(placement, 1)
    row, empty = queries.coverage(story.campaign, now=LATER).rows
    assert (row.sums.villages_could, row.sums.villages_unknown, row.sums.villages_not) == (2, 1, 0)
    assert (row.sums.households_could, row.sums.households_unknown) == (100, 100)
    assert row.sums.villages_without_households == 1
    assert row.sums.villages_total == 3
    assert row.sums.households_total == 200
    assert empty.sums.villages_not == 3


def test_the_map_says_the_same_as_the_table(story):
    placement = story.place()
    story.deliver(placement, 0)
    states = queries.villages_state(story.campaign, now=LATER)
    assert [state.heard for state in states] == [Heard.COULD, Heard.UNKNOWN, Heard.UNKNOWN]
    assert [state.key_messages_could for state in states] == [1, 0, 0]
    assert states[0].last == FIVE


def test_coverage_needs_few_queries(story, django_assert_max_num_queries):
    for day in range(10):
        placement = story.place(starts_at=FIVE + timedelta(days=day))
        for number in range(3):
            story.deliver(placement, number)
    with django_assert_max_num_queries(8):
        queries.coverage(story.campaign, now=FIVE + timedelta(days=20))


def test_nothing_sums_to_nothing():
    assert sums([]).households_total == 0
