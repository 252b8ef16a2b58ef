# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the loudspeaker channel tells devices, and where it says a release may still lie."""

from datetime import timedelta

import pytest

from loa.airtime.actions import cancel
from loa.airtime.tests.factories import FIVE, NOON, make_placement, make_release
from loa.areas.tests.factories import make_village
from loa.broadcast.channel import LOUDSPEAKER, zones_in
from loa.config import clock
from loa.deliveries.actions import list_everywhere
from loa.deliveries.models import StillOut
from loa.devices.models import DeviceState, Publication
from loa.devices.tests.factories import make_device
from loa.people.tests.factories import make_cast
from loa.releases.models import ReleaseState

pytestmark = pytest.mark.django_db
SINCE, UNTIL = NOON - timedelta(days=1), NOON + timedelta(days=7)


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def cast():
    return make_cast()


def items(commune):
    return LOUDSPEAKER.agenda.items(commune, SINCE, UNTIL)


def test_an_item_says_what_was_placed_in_local_time(cast):
    release = make_release(cast.organisation, cast.editor, [cast.commune])
    placement = make_placement(release, cast.villages[:2], FIVE + timedelta(seconds=7), volume=60)
    (item,) = items(cast.commune)
    assert item.item_id == str(placement.pk)
    assert item.starts == "2026-11-24T17:00:07"
    assert item.zones == [village.code for village in cast.villages[:2]]
    assert (item.rendition_sha256, item.volume) == (release.sound.sha256, 60)


def test_it_says_in_which_villages_loudspeakers_stand(cast):
    heard, gone, tried = cast.villages
    make_device(heard)
    make_device(heard, "Cụm thứ hai")
    make_device(gone, state=DeviceState.RETIRED)
    make_device(tried, is_test=True)
    assert LOUDSPEAKER.stations.counts([cast.commune], is_test=False) == {heard.pk: 2, tried.pk: 1}
    assert LOUDSPEAKER.stations.counts([heard, tried], is_test=True) == {tried.pk: 1}


def test_a_province_wide_placement_is_each_communes_own(cast):
    make_village(cast.other_commune)
    release = make_release(cast.organisation, cast.editor, [cast.province])
    make_placement(release, [cast.province])
    assert [item.zones for item in items(cast.commune)] == [[cast.commune.code]]
    assert [item.zones for item in items(cast.other_commune)] == [[cast.other_commune.code]]


def test_villages_of_other_communes_are_left_out(cast):
    theirs = make_village(cast.other_commune)
    assert zones_in(cast.commune, [cast.villages[0], theirs]) == [cast.villages[0].code]
    assert zones_in(cast.other_commune, [cast.villages[0], theirs]) == [theirs.code]


def test_cancelled_withdrawn_and_foreign_placements_are_not_carried(cast):
    release = make_release(cast.organisation, cast.editor, [cast.commune])
    cancel(actor=cast.editor, placement=make_placement(release, [cast.commune]))
    withdrawn = make_release(cast.organisation, cast.editor, [cast.commune], state=ReleaseState.WITHDRAWN)
    make_placement(withdrawn, [cast.commune])
    make_placement(release, [cast.commune], channel="board")
    assert items(cast.commune) == []


def test_the_agenda_needs_few_queries_however_much_is_placed(cast, django_assert_max_num_queries):
    for number in range(12):
        release = make_release(cast.organisation, cast.editor, [cast.commune])
        make_placement(release, [cast.commune], FIVE + timedelta(minutes=2 * number))
    with django_assert_max_num_queries(3):
        assert len(items(cast.commune)) == 12


class TestHolders:
    @pytest.fixture
    def release(self, cast):
        return make_release(cast.organisation, cast.editor, cast.villages[:2])

    def keys(self, release):
        return {place.key for place in LOUDSPEAKER.holders.places(release)}

    def test_devices_in_the_zones_may_hold_what_was_placed(self, cast, release):
        inside = make_device(cast.villages[0])
        make_device(cast.villages[2])
        assert self.keys(release) == set()
        make_placement(release, [cast.villages[1]], cancelled_at=NOON)
        assert self.keys(release) == {str(inside.pk)}

    def test_a_device_taken_out_of_service_lately_still_counts(self, cast, release):
        make_placement(release, cast.villages)
        gone = make_device(cast.villages[0], state=DeviceState.RETIRED, retired_at=NOON + timedelta(hours=1))
        make_device(cast.villages[0], state=DeviceState.RETIRED, retired_at=NOON - timedelta(days=1))
        assert self.keys(release) == {str(gone.pk)}

    def test_it_is_silent_at_the_latest_when_its_agenda_or_the_release_ends(self, cast, release):
        make_placement(release, cast.villages)
        make_device(cast.villages[0])
        (place,) = LOUDSPEAKER.holders.places(release)
        assert place.silent_by == release.not_after
        Publication.objects.create(
            commune=cast.commune, number=1, agenda={}, valid_until=NOON + timedelta(days=7), published_at=NOON
        )
        (place,) = LOUDSPEAKER.holders.places(release)
        assert place.silent_by == NOON + timedelta(days=7)

    def test_every_place_is_listed_when_a_release_ends(self, cast, release):
        make_placement(release, cast.villages)
        devices = [make_device(village) for village in cast.villages[:2]]
        list_everywhere(release)
        assert set(StillOut.objects.values_list("place_key", flat=True)) == {str(one.pk) for one in devices}
