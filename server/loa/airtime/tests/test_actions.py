# SPDX-License-Identifier: AGPL-3.0-or-later
"""Placing, cancelling, moving, and the rules of a commune."""

from datetime import timedelta

import pytest

from loa.airtime import queries
from loa.airtime.actions import cancel, move, place, set_rule
from loa.airtime.models import Placement
from loa.airtime.rules_list import publish_rules
from loa.airtime.tests.factories import FIVE, NOON, make_placement, make_release
from loa.areas.tests.factories import make_village
from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError, NotFoundError, PermissionDeniedError
from loa.jobs.models import OutboxEntry
from loa.people.tests.factories import make_cast
from loa.releases import authority
from loa.releases.models import ReleaseState
from loa_protocol import envelope
from loa_protocol.verify import verify_rules

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def release(cast):
    return make_release(cast.organisation, cast.editor, [cast.commune])


def put(cast, release, starts_at=FIVE, zones=None, actor=None):
    return place(
        actor=actor or cast.editor,
        release=release,
        channel="loudspeaker",
        zones=zones or [cast.commune],
        starts_at=starts_at,
    )


def test_a_placement_is_stored_audited_and_published(cast, release):
    placement = put(cast, release, FIVE + timedelta(milliseconds=300))
    assert placement.starts_at == FIVE
    assert placement.duration_ms == 60_000
    assert Entry.objects.get(action="airtime.place").object_id == str(placement.pk)
    assert list(OutboxEntry.objects.values_list("topic", "key")) == [("publish", cast.commune.code)]


@pytest.mark.parametrize("who", ["viewer", "planner", "device_keeper", "outsider"])
def test_only_editors_of_the_zone_place(cast, release, who):
    with pytest.raises(PermissionDeniedError):
        put(cast, release, actor=getattr(cast, who))
    assert not Placement.objects.exists()


def test_a_placement_in_two_communes_needs_the_permission_in_both(cast):
    release = make_release(cast.organisation, cast.editor, [cast.province])
    with pytest.raises(PermissionDeniedError):
        put(cast, release, zones=[cast.commune, cast.other_commune])


@pytest.mark.parametrize("state", ["awaiting", "returned", "withdrawn", "superseded"])
def test_what_is_not_released_is_not_placed(cast, release, state):
    release.state = state
    release.save(update_fields=["state"])
    with pytest.raises(ConflictError):
        put(cast, release)


def test_a_zone_outside_of_the_release_is_refused(cast):
    release = make_release(cast.organisation, cast.editor, [cast.villages[0]])
    put(cast, release, zones=[cast.villages[0]])
    with pytest.raises(ConflictError) as error:
        put(cast, release, zones=[cast.villages[0], cast.villages[1]])
    assert error.value.field == "zones"
    assert cast.villages[1].name in error.value.message


def test_outside_of_the_hours_the_nearest_time_is_proposed(cast, release):
    with pytest.raises(ConflictError) as error:
        put(cast, release, FIVE + timedelta(hours=3, minutes=30))
    assert error.value.data["proposal"] == FIVE + timedelta(hours=12, minutes=30)
    assert error.value.message == "Lúc 20:30 xã không cho phát loa. Giờ gần nhất: 05:30 ngày mai."


def test_a_sound_that_would_not_end_in_time_is_told_from_one_that_may_not_begin(cast, release):
    with pytest.raises(ConflictError) as error:
        put(cast, release, FIVE + timedelta(minutes=59, seconds=30))
    assert error.value.message.startswith("Tin dài 01:00, bắt đầu lúc 17:59:30 thì chưa xong đã hết giờ")


def test_a_time_in_the_past_is_refused_with_a_later_one(cast, release):
    with pytest.raises(ConflictError) as error:
        put(cast, release, NOON - timedelta(minutes=1))
    assert error.value.data["proposal"] == FIVE


def test_two_placements_on_the_same_loudspeakers_clash(cast, release):
    put(cast, release, zones=[cast.villages[0]])
    other = make_release(cast.organisation, cast.editor, [cast.commune])
    put(cast, other, zones=[cast.villages[1]])
    with pytest.raises(ConflictError) as error:
        put(cast, other, FIVE + timedelta(seconds=30))
    assert error.value.data["proposal"] == FIVE + timedelta(minutes=1)
    assert release.revision.title in error.value.message


def test_cancelled_and_withdrawn_placements_are_not_in_the_way(cast, release):
    cancel(actor=cast.editor, placement=put(cast, release))
    withdrawn = make_release(cast.organisation, cast.editor, [cast.commune], state=ReleaseState.WITHDRAWN)
    make_placement(withdrawn, [cast.commune])
    assert put(cast, release)


def test_cancelling_twice_is_one_change(cast, release):
    placement = put(cast, release)
    cancel(actor=cast.editor, placement=placement)
    first = cancel(actor=cast.editor, placement=placement).cancelled_at
    assert placement.cancelled_at == first == NOON
    assert Entry.objects.filter(action="airtime.cancel").count() == 1


def test_what_has_begun_cannot_be_cancelled(cast, release):
    placement = put(cast, release)
    with clock.frozen(FIVE), pytest.raises(ConflictError):
        cancel(actor=cast.editor, placement=placement)


def test_an_outsider_cannot_cancel(cast, release):
    with pytest.raises(PermissionDeniedError):
        cancel(actor=cast.outsider, placement=put(cast, release))


def test_moving_keeps_the_old_time_when_the_new_one_is_refused(cast, release):
    placement = put(cast, release)
    with pytest.raises(ConflictError):
        move(actor=cast.editor, placement=placement, starts_at=NOON + timedelta(minutes=1))
    placement.refresh_from_db()
    assert placement.cancelled_at is None
    moved = move(actor=cast.editor, placement=placement, starts_at=FIVE + timedelta(seconds=20))
    assert list(queries.placements_between([cast.commune], NOON, FIVE + timedelta(days=1))) == [moved]


def test_an_emergency_is_placed_over_everything(cast, release):
    put(cast, release)
    alarm = make_release(cast.organisation, cast.editor, [cast.commune], priority_class="emergency")
    assert put(cast, alarm)
    assert queries.conflicts([cast.commune], NOON, FIVE + timedelta(days=1)) == []


def test_conflicts_that_exist_are_found_with_their_villages(cast, release):
    first = make_placement(release, [cast.commune])
    second = make_placement(release, cast.villages[:2], FIVE + timedelta(seconds=30))
    make_placement(release, [cast.commune], FIVE + timedelta(minutes=5))
    (found,) = queries.conflicts([cast.commune], NOON, FIVE + timedelta(days=1))
    assert (found.first, found.second) == (first, second)
    assert found.village_ids == {village.pk for village in cast.villages[:2]}


def test_placements_above_and_below_an_area_touch_it(cast):
    release = make_release(cast.organisation, cast.editor, [cast.province])
    by_province = make_placement(release, [cast.province])
    in_village = make_placement(release, [cast.villages[0]])
    elsewhere = make_placement(release, [make_village(cast.other_commune)])
    found = queries.placements_between([cast.commune], NOON, FIVE + timedelta(days=1))
    assert set(found) == {by_province, in_village}
    assert set(queries.placements_between([cast.villages[1]], NOON, FIVE + timedelta(days=1))) == {
        by_province
    }
    assert elsewhere not in found


def test_a_placement_elsewhere_looks_as_if_it_were_not_there(cast, release):
    placement = put(cast, release)
    assert queries.placement(cast.viewer, placement.pk) == placement
    with pytest.raises(NotFoundError):
        queries.placement(cast.outsider, placement.pk)


def test_rules_fall_back_from_village_to_commune_to_province_to_default(cast):
    with pytest.raises(PermissionDeniedError):
        set_rule(actor=cast.editor, zone=cast.commune, priority_class="normal",
                 windows=[("06:00", "07:00")], minutes_per_day=30)  # fmt: skip
    assert queries.windows_of(cast.villages[0], "normal") == (("05:30", "06:30"), ("17:00", "18:00"))
    set_rule(actor=cast.administrator, zone=cast.commune, priority_class="normal",
             windows=[("06:00", "07:00")], minutes_per_day=30)  # fmt: skip
    set_rule(actor=cast.administrator, zone=cast.villages[0], priority_class="normal",
             windows=[("06:30", "07:00")], minutes_per_day=10)  # fmt: skip
    assert queries.windows_of(cast.villages[0], "normal") == (("06:30", "07:00"),)
    assert queries.windows_of(cast.villages[1], "normal") == (("06:00", "07:00"),)
    assert queries.windows_of(cast.other_commune, "normal") == (("05:30", "06:30"), ("17:00", "18:00"))


@pytest.mark.parametrize(
    ("windows", "minutes", "cap"),
    [([("07:00", "06:00")], 60, 100), ([("7h", "8h")], 60, 100), ([("06:00", "07:00")], 2000, 100),
     ([("06:00", "07:00")], 60, 101), ([("06:00", "07:00")], 60, 0)],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(cast, windows, minutes, cap):
    with pytest.raises(ConflictError):
        set_rule(actor=cast.administrator, zone=cast.commune, priority_class="normal",
                 windows=windows, minutes_per_day=minutes, volume_cap=cap)  # fmt: skip


def test_signed_rules_get_a_new_number_only_when_they_change(cast):
    first = publish_rules(cast.commune)
    assert publish_rules(cast.commune).number == first.number == 1
    set_rule(actor=cast.administrator, zone=cast.commune, priority_class="normal",
             windows=[("00:00", "24:00")], minutes_per_day=1440, note="demo: mọi giờ")  # fmt: skip
    second = publish_rules(cast.commune)
    assert second.number == 2
    assert publish_rules(cast.commune, above=40).number == 41
    statement = verify_rules(
        envelope.decode(bytes(second.envelope)), authority.trust(cast.commune.code), at_least=2
    )
    assert statement.note == "demo: mọi giờ"
    assert {rule.priority_class for rule in statement.rules} == {"normal", "priority", "emergency"}


def test_an_unchanged_rule_leaves_no_second_entry(cast):
    for _time in range(2):
        set_rule(actor=cast.administrator, zone=cast.commune, priority_class="normal",
                 windows=[("06:00", "07:00")], minutes_per_day=30)  # fmt: skip
    assert Entry.objects.filter(action="airtime.set_rule").count() == 1
