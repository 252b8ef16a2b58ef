# SPDX-License-Identifier: AGPL-3.0-or-later
"""Programmes: their rounds become placements once, take turns, follow what changes, and leave what people decided."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from loa.airtime import programmes, recurrence
from loa.airtime.actions import cancel, move, set_rule
from loa.airtime.filling import HORIZON, fill, plan
from loa.airtime.jobs import fill_programmes
from loa.airtime.models import Placement, Programme, ZoneGroup
from loa.airtime.programmes import Wanted, change_programme, end_programme, make_programme, save_group
from loa.airtime.tests.factories import FIVE, NOON, make_placement, make_release
from loa.areas.tests.factories import make_village
from loa.audit.models import Entry
from loa.channels.registry import channel
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.jobs import outbox
from loa.jobs.models import OutboxEntry
from loa.people.tests.factories import make_cast

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def cast():
    return make_cast()


def released(cast, title="Tin", **fields):
    return make_release(cast.organisation, cast.editor, [cast.commune], title=title, **fields)


def wanted(cast, *releases, **fields):
    return Wanted(
        **{
            "area": cast.commune,
            "name": "Bản tin chiều",
            "channel": "loudspeaker",
            "recurrence": "FREQ=DAILY",
            "first_day": TUESDAY,
            "time": time(17, 0, 5),
            "messages": [one.revision.message for one in releases],
            **fields,
        }
    )


def made(cast, *releases, **fields):
    return make_programme(actor=cast.editor, wanted=wanted(cast, *releases, **fields))


def alive(programme):
    return list(programme.placements.filter(cancelled_at=None).order_by("starts_at"))


def test_a_daily_programme_sounds_every_day_at_its_second(cast):
    programme = made(cast, released(cast))
    found = alive(programme)
    assert [one.starts_at for one in found] == [
        FIVE + timedelta(days=number, seconds=5) for number in range(HORIZON.days + 1)
    ]
    (item, *_rest) = channel("loudspeaker").agenda.items(cast.commune, NOON, NOON + timedelta(days=7))
    assert (item.starts, item.zones) == ("2026-11-24T17:00:05", [cast.commune.code])
    assert OutboxEntry.objects.filter(topic="publish", key=cast.commune.code).exists()


def test_filling_again_changes_nothing_and_the_next_day_brings_one_more(cast):
    programme = made(cast, released(cast))
    entries = Entry.objects.count()
    assert fill(programme.pk) == 0
    assert Entry.objects.count() == entries
    with clock.frozen(NOON + timedelta(days=1)):
        fill_programmes()
        outbox.run_due(["programme"])
        assert len(alive(programme)) == HORIZON.days + 2
        assert fill(programme.pk) == 0


def test_messages_take_turns_the_least_played_first(cast):
    releases = [released(cast, title) for title in ("một", "hai", "ba")]
    programme = made(cast, *releases, per_round=2)
    titles = [one.release.revision.title for one in alive(programme)]
    assert titles[:8] == ["một", "hai", "ba", "một", "hai", "ba", "một", "hai"]
    counts = [titles.count(one) for one in ("một", "hai", "ba")]
    assert max(counts) - min(counts) <= 1


def test_a_jingle_comes_before_the_round_and_a_chime_before_each_message(cast):
    jingle, chime = released(cast, "nhạc hiệu", seconds=4.2), released(cast, "chuông", seconds=2)
    programme = made(cast, released(cast, "một"), released(cast, "hai"), per_round=2,
                     jingle=jingle.revision.message, chime=chime.revision.message)  # fmt: skip
    found = [one for one in alive(programme) if one.programme_day == TUESDAY]
    assert [one.release.revision.title for one in found] == ["nhạc hiệu", "chuông", "một", "chuông", "hai"]
    assert [(one.starts_at - FIVE).total_seconds() for one in found] == [5, 10, 12, 72, 74]


def test_a_jingle_never_sounds_alone(cast):
    jingle, message = (
        released(cast, "nhạc hiệu", seconds=4),
        released(cast, not_before=NOON + timedelta(days=3)),
    )
    programme = made(cast, message, jingle=jingle.revision.message)
    assert {one.programme_day for one in alive(programme)} == {
        TUESDAY + timedelta(days=number) for number in range(4, HORIZON.days + 1)
    } | {TUESDAY + timedelta(days=3)}


def test_what_may_not_sound_then_leaves_its_turn_to_the_next(cast):
    far = released(cast, "cho nơi khác")
    far.zones.set([cast.villages[0]])
    long = released(cast, "dài", seconds=3700)
    programme = made(cast, far, long, released(cast, "ngắn"))
    assert {one.release.revision.title for one in alive(programme)} == {"ngắn"}


def test_a_round_that_may_not_sound_is_told_with_its_reason(cast):
    make_placement(released(cast), [cast.villages[0]], FIVE + timedelta(seconds=30))
    programme = made(cast, released(cast))
    found = plan(programme, NOON).days
    assert (found[0].day, found[0].standing, found[0].round.blocker.code) == (TUESDAY, (), "overlap")
    assert all(len(one.standing) == 1 for one in found[1:])


def test_an_emergency_is_never_a_part_of_a_programme(cast):
    assert alive(made(cast, released(cast, priority_class="emergency"))) == []


def test_a_withdrawn_message_is_followed_by_the_next_one(cast):
    first, second = released(cast, "một"), released(cast, "hai")
    programme = made(cast, first, second)
    first.state = "withdrawn"
    first.save(update_fields=["state"])
    programmes.follow_release(first)
    outbox.run_due(["programme"])
    assert {one.release.revision.title for one in alive(programme)} == {"hai"}
    assert len(alive(programme)) == HORIZON.days + 1


def test_what_a_person_cancelled_or_moved_stays_so(cast):
    programme = made(cast, released(cast))
    first, second, *_rest = alive(programme)
    cancel(actor=cast.editor, placement=first)
    moved = move(actor=cast.editor, placement=second, starts_at=second.starts_at + timedelta(minutes=20))
    asked = wanted(cast, first.release, time=time(17, 30))
    with clock.frozen(NOON + timedelta(minutes=1)):
        change_programme(actor=cast.editor, programme=programme, wanted=asked)
    found = alive(programme)
    assert found[0] == moved
    assert {one.starts_at for one in found[1:]} == {
        FIVE + timedelta(days=number, minutes=30) for number in range(2, HORIZON.days + 1)
    }


def test_a_group_of_villages_is_a_zone_and_what_sounds_follows_it(cast):
    group = save_group(actor=cast.editor, area=cast.commune, name="Ven biển", villages=cast.villages[:1])
    programme = made(cast, released(cast), group=group)
    assert set(alive(programme)[0].zones.all()) == {cast.villages[0]}
    save_group(actor=cast.editor, area=cast.commune, name="Ven biển", villages=cast.villages[1:], group=group)
    found = alive(programme)
    assert len(found) == HORIZON.days + 1
    assert all(set(one.zones.all()) == set(cast.villages[1:]) for one in found)
    items = channel("loudspeaker").agenda.items(cast.commune, NOON, NOON + timedelta(days=7))
    assert items[0].zones == sorted(village.code for village in cast.villages[1:])


def test_an_ended_programme_is_silent(cast):
    programme = made(cast, released(cast))
    with clock.frozen(FIVE + timedelta(seconds=20)):
        end_programme(actor=cast.editor, programme=programme)
        assert [one.programme_day for one in alive(programme)] == [TUESDAY]  # it sounds already
        assert end_programme(actor=cast.editor, programme=programme).ended_at == clock.now()
    assert Entry.objects.filter(action="airtime.end_programme").count() == 1
    with pytest.raises(ConflictError):
        change_programme(actor=cast.editor, programme=programme, wanted=wanted(cast, released(cast)))


def test_narrower_hours_leave_the_rounds_to_come_out(cast):
    set_rule(actor=cast.administrator, zone=cast.commune, priority_class="normal",
             windows=[("06:00", "07:00")], minutes_per_day=30)  # fmt: skip
    programme = made(cast, released(cast))
    assert alive(programme) == []
    assert {one.round.blocker.code for one in plan(programme, NOON).days} == {"outside_hours"}


@pytest.mark.parametrize("who", ["viewer", "planner", "device_keeper", "outsider"])
def test_only_who_may_place_there_makes_changes_or_ends_programmes_and_groups(cast, who):
    programme = made(cast, released(cast))
    actor, asked = getattr(cast, who), wanted(cast, released(cast))
    with pytest.raises(PermissionDeniedError):
        make_programme(actor=actor, wanted=asked)
    with pytest.raises(PermissionDeniedError):
        change_programme(actor=actor, programme=programme, wanted=asked)
    with pytest.raises(PermissionDeniedError):
        end_programme(actor=actor, programme=programme)
    with pytest.raises(PermissionDeniedError):
        save_group(actor=actor, area=cast.commune, name="Nhóm", villages=cast.villages)
    assert (Programme.objects.count(), ZoneGroup.objects.count()) == (1, 0)


def test_a_programme_is_not_carried_to_where_the_actor_may_not_place(cast):
    programme = made(cast, released(cast))
    with pytest.raises(PermissionDeniedError):
        change_programme(
            actor=cast.editor,
            programme=programme,
            wanted=wanted(cast, released(cast), area=cast.other_commune),
        )


def test_a_group_holds_villages_of_its_area_alone(cast):
    theirs = make_village(cast.other_commune)
    for name, villages in (("", cast.villages), ("Nhóm", []), ("Nhóm", [theirs])):
        with pytest.raises(ConflictError):
            save_group(actor=cast.editor, area=cast.commune, name=name, villages=villages)
    save_group(actor=cast.editor, area=cast.commune, name="Nhóm", villages=cast.villages)
    with pytest.raises(ConflictError):
        save_group(actor=cast.editor, area=cast.commune, name="Nhóm", villages=cast.villages)


@pytest.mark.parametrize(
    "fields",
    [{"name": " "}, {"messages": []}, {"per_round": 0}, {"per_round": 11}, {"volume": 5}, {"volume": 101},
     {"recurrence": "FREQ=SECONDLY"}],
)  # fmt: skip
def test_a_programme_that_makes_no_sense_is_refused(cast, fields):
    with pytest.raises(ConflictError):
        made(cast, released(cast), **fields)
    assert not Programme.objects.exists()


def test_a_programme_with_ten_days_of_rounds_is_filled_in_few_queries(cast, django_assert_max_num_queries):
    programme = made(cast, *[released(cast) for _number in range(5)], per_round=3)
    Placement.objects.all().delete()
    with django_assert_max_num_queries(30):
        assert fill(programme.pk) == 3 * (HORIZON.days + 1)
    with django_assert_max_num_queries(12):
        plan(programme, NOON)


def test_a_weekly_programme_sounds_on_its_days_alone(cast):
    programme = made(cast, released(cast), recurrence=recurrence.weekly([0, 4], until=date(2026, 11, 30)))
    assert [one.programme_day for one in alive(programme)] == [date(2026, 11, 27), date(2026, 11, 30)]


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "Europe/Berlin"])
def test_the_agenda_of_a_programme_is_the_naive_expansion_over_a_change_of_clocks(cast, settings, zone):
    settings.TIME_ZONE = zone  # Berlin sets its clocks back on 25/10/2026
    autumn = datetime(2026, 10, 20, 5, tzinfo=UTC)
    with clock.frozen(autumn):
        release = released(cast, not_before=autumn)
        made(cast, release, first_day=date(2026, 10, 1), recurrence=recurrence.weekly([0, 1, 6]))
        items = channel("loudspeaker").agenda.items(cast.commune, autumn, autumn + HORIZON)
    days = [date(2026, 10, 20) + timedelta(days=number) for number in range(HORIZON.days)]
    assert [item.starts for item in items] == [
        f"{day.isoformat()}T17:00:05" for day in days if day.weekday() in {0, 1, 6}
    ]
