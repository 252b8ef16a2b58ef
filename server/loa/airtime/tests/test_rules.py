# SPDX-License-Identifier: AGPL-3.0-or-later
"""The calendar's decisions as tables."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.airtime import rules
from loa.airtime.rules import Blocker, Need, Sound, Spot
from loa_protocol.statements import AirtimeRule, RulesStatement
from loa_protocol.verify import Place

ZONE = "Asia/Ho_Chi_Minh"  # seven hours before UTC
RELEASE_START = datetime(2026, 11, 1, tzinfo=UTC)
RELEASE_END = datetime(2026, 12, 1, tzinfo=UTC)


def local(text: str, day: int = 24) -> datetime:
    """Return 24 November 2026, HH:MM or HH:MM:SS in Vietnam, in UTC."""
    hour, minute, *rest = (int(part) for part in text.split(":"))
    second = rest[0] if rest else 0
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC) - timedelta(hours=7)


def statement(
    *extra: AirtimeRule, windows=(("05:30", "06:30"), ("17:00", "18:00")), minutes=120
) -> RulesStatement:
    commune = AirtimeRule(
        zone="06895", priority_class="normal", windows=list(windows), minutes_per_day=minutes, volume_cap=100
    )
    return RulesStatement(
        installation="test", commune="06895", number=1, issued_at="2026-11-01T00:00:00Z", zone_name=ZONE,
        note="", rules=[commune, *extra],
    )  # fmt: skip


def spot(number: int = 1, rules_statement: RulesStatement | None = None) -> Spot:
    place = Place(device_id="x", province="22", commune="06895", village=f"06895-{number:02d}", is_test=False)
    return Spot(number, f"{number:04d}", place, rules_statement or statement())


def need(seconds: float = 60, **fields) -> Need:
    values = {
        "release_id": "new",
        "duration": timedelta(seconds=seconds),
        "priority_class": "normal",
        "is_test": False,
        "not_before": RELEASE_START,
        "not_after": RELEASE_END,
        "repeat_limit": 2,
    }
    return Need(**{**values, **fields})


def sound(starts: datetime, seconds: float = 60, *, key: str = "old", spots=(1,), **fields) -> Sound:
    values = {"release_id": f"release-{key}", "priority_class": "normal", "is_test": False, **fields}
    return Sound(
        key=key, starts=starts, ends=starts + timedelta(seconds=seconds), spots=frozenset(spots), **values
    )


@pytest.mark.parametrize(
    ("one", "one_is_test", "other", "other_is_test", "clash"),
    [
        ("normal", False, "normal", False, True),
        ("normal", False, "priority", False, True),
        ("priority", False, "priority", False, True),
        ("normal", True, "normal", True, True),
        ("normal", True, "normal", False, False),  # a test gives way
        ("emergency", False, "normal", False, False),  # an emergency interrupts
        ("emergency", False, "emergency", False, False),
    ],
)
def test_what_clashes(one, one_is_test, other, other_is_test, clash):
    assert rules.clashes(one, one_is_test, other, other_is_test) is clash
    assert rules.clashes(other, other_is_test, one, one_is_test) is clash


@pytest.mark.parametrize(
    ("starts", "what", "code", "until"),
    [
        (local("17:02"), need(), "", None),
        (local("17:59"), need(60), "", None),
        (local("17:59:01"), need(60), "outside_hours", local("05:30", 25)),
        (local("12:00"), need(), "outside_hours", local("17:00")),
        (local("20:30"), need(), "outside_hours", local("05:30", 25)),
        (local("04:00"), need(), "outside_hours", local("05:30")),
        (local("17:00"), need(priority_class="emergency"), "", None),  # an alarm sounds without a rule
        (local("03:00"), need(priority_class="emergency"), "", None),
        (local("17:00"), need(priority_class="priority"), "no_rule", None),
        (local("17:00"), need(not_before=local("17:30")), "too_early", local("17:30")),
        (local("17:00"), need(not_after=local("17:00")), "expired", None),
        (local("17:30"), need(121 * 60, not_after=RELEASE_END), "outside_hours", local("05:30", 25)),
    ],
)
def test_when_a_sound_may_begin(starts, what, code, until):
    found = rules.blockers(what, starts, [spot()], [])
    assert [(one.code, one.until) for one in found] == ([(code, until)] if code else [])


def test_what_sounds_already_is_in_the_way_until_the_next_full_minute():
    other = sound(local("17:05"), 90)
    (found,) = rules.blockers(need(), local("17:05:30"), [spot()], [other])
    assert found == Blocker("overlap", spot(), local("17:07"), other)


def test_two_sounds_may_touch():
    before, after = sound(local("17:01"), 60), sound(local("17:03"), 60)
    assert rules.blockers(need(60), local("17:02"), [spot()], [before, after]) == []


def test_what_sounds_in_another_village_is_not_in_the_way():
    assert rules.blockers(need(), local("17:05"), [spot(1)], [sound(local("17:05"), spots=(2,))]) == []


@pytest.mark.parametrize(
    ("planned", "limit", "free"), [(0, 1, True), (1, 1, False), (1, 2, True), (2, 2, False)]
)
def test_the_repeat_limit_counts_a_local_day(planned, limit, free):
    others = [
        sound(local("05:30") + timedelta(minutes=n), key=str(n), release_id="new") for n in range(planned)
    ]
    found = rules.blockers(need(repeat_limit=limit), local("17:00"), [spot()], others)
    assert [one.code for one in found] == ([] if free else ["repeat_limit"])
    if not free:
        assert found[0].until == local("00:00", 25)


@pytest.mark.parametrize(("minutes", "code"), [(3, ""), (2, "minutes_used"), (0, "minutes_used")])
def test_minutes_of_the_day_are_counted(minutes, code):
    used = [sound(local("05:30"), 120)]
    found = rules.blockers(need(60), local("17:00"), [spot(1, statement(minutes=minutes))], used)
    assert [one.code for one in found] == ([code] if code else [])


def test_a_sound_longer_than_the_minutes_of_a_day_is_never_free():
    what, place = need(180), spot(1, statement(minutes=2))
    assert rules.first_free(what, local("17:00"), [place], []) is None


def test_a_village_has_its_own_hours():
    own = AirtimeRule(
        zone="06895-02",
        priority_class="normal",
        windows=[("17:30", "18:00")],
        minutes_per_day=60,
        volume_cap=50,
    )
    places = [spot(1, statement(own)), spot(2, statement(own))]
    assert rules.first_free(need(), local("17:00"), places, []) == local("17:30")


def test_the_nearest_time_steps_over_everything_in_the_way():
    planned = [sound(local("17:00") + timedelta(minutes=2 * n), 120, key=str(n)) for n in range(29)]
    assert rules.first_free(need(60), local("16:00"), [spot()], planned) == local("17:58")
    assert rules.first_free(need(180), local("16:00"), [spot()], planned) == local("05:30", 25)


def test_no_time_is_proposed_after_the_release_ends():
    assert rules.first_free(need(not_after=local("05:30", 25)), local("18:00"), [spot()], []) is None


def test_all_day_windows_run_over_midnight():
    always = statement(windows=(("00:00", "24:00"),), minutes=1440)
    assert rules.first_free(need(60), local("23:59:30"), [spot(1, always)], []) == local("23:59:30")


moments = st.integers(0, 3 * 24 * 60).map(lambda minutes: local("00:00") + timedelta(minutes=minutes))
planned_sounds = st.lists(
    st.builds(
        lambda starts, seconds, spots, number: sound(starts, seconds, key=str(number), spots=spots),
        moments, st.integers(1, 900), st.sets(st.integers(1, 3), min_size=1), st.integers(),
    ),
    max_size=12,
)  # fmt: skip


@given(wanted=moments, seconds=st.integers(1, 1800), planned=planned_sounds)
def test_a_proposed_time_is_always_allowed(wanted, seconds, planned):
    spots = [spot(1), spot(2)]
    free = rules.first_free(need(seconds), wanted, spots, planned)
    assert free is not None
    assert free >= wanted
    assert rules.blockers(need(seconds), free, spots, planned) == []


@given(one=moments, other=moments, seconds=st.integers(1, 7200))
def test_overlapping_is_symmetric(one, other, seconds):
    first, second = sound(one, seconds), sound(other, seconds)
    assert rules.overlaps(first, second) == rules.overlaps(second, first)
