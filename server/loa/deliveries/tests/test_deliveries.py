# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ledger takes each delivery once and forgets none; what may still be out stays listed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loa.areas.tests.factories import make_village
from loa.audit.models import Entry
from loa.channels.ports import Place
from loa.config.errors import ConflictError, NotFoundError, PermissionDeniedError
from loa.deliveries import queries
from loa.deliveries.actions import confirm_by_hand, confirm_gone, list_still_out, record
from loa.deliveries.models import Delivery, StillOut
from loa.deliveries.tests.factories import NOW, make_delivery
from loa.people.tests.factories import make_cast

pytestmark = pytest.mark.django_db


class Release:
    """As much of a release as the ledger looks at."""

    def __init__(self):
        self.pk = uuid4()


def place(key, village):
    return Place(key=key, name=f"Loa {key}", village_id=village.pk, silent_by=NOW + timedelta(days=7))


def test_a_delivery_is_stored_once():
    row = make_delivery(save=False)
    assert record([row]) == 1
    assert record([make_delivery(save=False, place_key=row.place_key, seconds=99)]) == 0
    assert Delivery.objects.get().seconds == row.seconds


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(batches=st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=10), max_size=6))
def test_any_batches_equal_a_naive_recount(batches):
    Delivery.objects.all().delete()
    village = make_village()
    seen: set[tuple[int, int]] = set()
    for batch in batches:
        rows = [
            make_delivery(village, save=False, place_key=f"loa-{place}", sequence=number)
            for place, number in batch
        ]
        new = record(rows)
        assert new == len(set(batch) - seen)
        seen |= set(batch)
    stored = Delivery.objects.values_list("place_key", "sequence")
    assert sorted(stored) == sorted((f"loa-{place}", number) for place, number in seen)


def test_an_amended_row_gives_way():
    wrong = make_delivery(seconds=10)
    right = make_delivery(
        sequence=2, seconds=30, placement_id=wrong.placement_id, release_id=wrong.release_id, amends=wrong
    )
    assert list(queries.deliveries_of_placements([wrong.placement_id])) == [right]
    assert Delivery.objects.count() == 2


def test_deliveries_are_found_by_place_and_counted_by_outcome():
    village, other = make_village(number=1), make_village(number=2)
    here = make_delivery(village)
    make_delivery(other, place_key="khác")
    make_delivery(village, sequence=2, due_at=NOW + timedelta(days=2))
    assert queries.deliveries_at(here.place_key).count() == 2
    assert queries.outcomes_of([here.release_id]) == {(here.release_id, "delivered"): 1}


def test_places_are_listed_once_and_keep_their_confirmation():
    release, village = Release(), make_village()
    assert list_still_out(release, "loudspeaker", [place("a", village), place("b", village)], now=NOW) == 2
    assert confirm_gone(release_id=release.pk, place_key="a", stopped_at=NOW, by="Loa a", now=NOW)
    assert list_still_out(release, "loudspeaker", [place("a", village), place("c", village)], now=NOW) == 1
    assert [one.place_key for one in queries.still_out([release.pk])] == ["b", "c", "a"]
    assert not queries.still_out([])
    assert Entry.objects.filter(action="deliveries.confirm_gone").count() == 1


def test_confirming_twice_is_one_change():
    release, village = Release(), make_village()
    list_still_out(release, "loudspeaker", [place("a", village)], now=NOW)
    assert confirm_gone(release_id=release.pk, place_key="a", stopped_at=None, by="Loa a", now=NOW)
    assert not confirm_gone(release_id=release.pk, place_key="a", stopped_at=NOW, by="Loa a", now=NOW)
    assert not confirm_gone(release_id=release.pk, place_key="z", stopped_at=NOW, by="Loa z", now=NOW)
    assert StillOut.objects.get().stopped_at is None


def test_a_keeper_confirms_by_hand_and_says_how():
    cast, release = make_cast(), Release()
    list_still_out(release, "loudspeaker", [place("a", cast.villages[0])], now=NOW)
    waiting = queries.still_out_place(StillOut.objects.get().pk)
    for who in (cast.editor, cast.outsider, cast.viewer):
        with pytest.raises(PermissionDeniedError):
            confirm_by_hand(actor=who, place=waiting, note="đã rút nguồn")
    with pytest.raises(ConflictError):
        confirm_by_hand(actor=cast.device_keeper, place=waiting, note="  ")
    done = confirm_by_hand(actor=cast.device_keeper, place=waiting, note="đã rút nguồn")
    assert done.confirmed_by == f"{cast.device_keeper.full_name}: đã rút nguồn"
    with pytest.raises(NotFoundError):
        queries.still_out_place(0)
