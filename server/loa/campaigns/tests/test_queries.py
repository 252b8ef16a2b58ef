# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, timedelta
from typing import Any

import pytest

from loa.campaigns import queries
from loa.campaigns.listings import campaign_lines, lines_of
from loa.campaigns.models import ActivityState
from loa.campaigns.rules import key_for
from loa.campaigns.tests.factories import make_activity, make_campaign, make_key_message, make_phase
from loa.config.errors import NotFoundError, PermissionDeniedError
from loa.people.models import Role
from loa.people.tests.factories import Cast, make_cast, make_member, make_organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_person_sees_the_campaigns_of_his_area_and_those_that_reach_into_it(cast: Cast) -> None:
    province = make_organisation(cast.province, "UBND tỉnh Quảng Ninh")
    own, above = make_campaign(cast.organisation), make_campaign(province)
    foreign = make_campaign(cast.other_organisation)
    assert set(queries.campaigns_for(cast.viewer)) == {own, above}
    assert set(queries.campaigns_for(make_member(province, Role.VIEWER))) == {own, above, foreign}


def test_a_campaign_elsewhere_and_an_absent_one_look_the_same(cast: Cast) -> None:
    make_campaign(cast.organisation, key="cua-xa")
    sentences = set()
    for key in ("cua-xa", "khong-co"):
        with pytest.raises(NotFoundError) as caught:
            queries.campaign(cast.outsider, key)
        sentences.add(caught.value.message)
    assert len(sentences) == 1


def test_a_campaign_that_one_only_sees_cannot_be_changed(cast: Cast) -> None:
    campaign = make_campaign(cast.organisation)
    assert queries.campaign(cast.planner, campaign.key, "plan.edit") == campaign
    assert queries.campaign(cast.viewer, campaign.key) == campaign
    with pytest.raises(PermissionDeniedError):
        queries.campaign(cast.viewer, campaign.key, "plan.edit")


def test_parts_are_found_in_their_own_campaign_only(cast: Cast) -> None:
    campaign, other = make_campaign(cast.organisation), make_campaign(cast.organisation)
    activity, message, phase = make_activity(other), make_key_message(other), make_phase(other)
    assert queries.activity(cast.viewer, other.key, activity.pk) == activity
    assert queries.key_message(cast.viewer, other.key, message.pk) == message
    assert queries.phase(cast.viewer, other.key, phase.pk) == phase
    for get, pk in (
        (queries.activity, activity.pk),
        (queries.key_message, message.pk),
        (queries.phase, phase.pk),
    ):
        with pytest.raises(NotFoundError):
            get(cast.viewer, campaign.key, pk)


def test_late_is_open_work_whose_day_has_passed(cast: Cast) -> None:
    campaign = make_campaign(cast.organisation)
    make_activity(campaign, cast.head_post, due=TODAY - timedelta(days=6))
    make_activity(campaign, cast.head_post, due=TODAY)
    make_activity(campaign, cast.head_post, due=None)
    for state in (ActivityState.VERIFIED, ActivityState.CANCELLED):
        make_activity(campaign, cast.head_post, due=TODAY - timedelta(days=6), state=state)
    assert [line.days_late for line in lines_of(queries.activities_of(campaign), TODAY) if line.is_late] == [
        6
    ]


def test_activities_come_by_due_date_and_undated_ones_last(cast: Cast) -> None:
    campaign = make_campaign(cast.organisation)
    undated = make_activity(campaign, cast.head_post)
    later = make_activity(campaign, cast.head_post, due=TODAY + timedelta(days=1))
    sooner = make_activity(campaign, cast.head_post, due=TODAY)
    assert list(queries.activities_of(campaign)) == [sooner, later, undated]


def test_a_line_names_the_holder_or_shows_the_post_as_vacant(cast: Cast) -> None:
    campaign = make_campaign(cast.organisation)
    make_activity(campaign, cast.head_post)
    make_activity(campaign, cast.vacant_post)
    assert [line.holder for line in lines_of(queries.activities_of(campaign), TODAY)] == [cast.head, None]


def test_the_running_phase_is_found_and_a_phase_without_dates_never_runs(cast: Cast) -> None:
    campaign = make_campaign(cast.organisation)
    phase = make_phase(campaign, "before", TODAY - timedelta(days=3), TODAY)
    make_phase(campaign, "after")
    assert queries.phase_at(campaign, TODAY) == phase
    assert queries.phase_at(campaign, TODAY + timedelta(days=1)) is None


def test_campaign_lines_equal_a_recount(cast: Cast) -> None:
    campaign = make_campaign(cast.organisation)
    make_phase(campaign, "before", TODAY - timedelta(days=3), TODAY + timedelta(days=15))
    for number in range(3):
        make_activity(campaign, cast.head_post, due=TODAY - timedelta(days=number))
        make_key_message(campaign)
    make_key_message(campaign)
    [line] = campaign_lines(queries.campaigns_for(cast.viewer), TODAY)
    assert (line.late, line.activity_count, line.key_message_count, line.days_left) == (2, 3, 4, 15)


@pytest.mark.parametrize("count", [1, 6])
def test_lists_take_the_same_few_queries_however_long_they_are(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        campaign = make_campaign(cast.organisation)
        for _ in range(count):
            make_activity(campaign, cast.head_post, due=TODAY)
    with django_assert_num_queries(2):
        lines_of(queries.activities_of(campaign), TODAY)
    with django_assert_num_queries(7):
        campaign_lines(queries.campaigns_for(cast.viewer), TODAY)


def test_posts_that_may_answer_serve_the_area_of_the_campaign(cast: Cast) -> None:
    campaign = make_campaign(cast.organisation)
    assert set(queries.posts_for(campaign)) == {cast.head_post, cast.vacant_post}


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Tuyên truyền Đại hội", "tuyen-truyen-dai-hoi"),
        ("90 năm - Vinh quang!", "90-nam-vinh-quang"),
        ("???", "chien-dich"),
        ("a" * 300, "chien-dich"),
        (
            "Tuyên truyền Đại hội Đảng bộ huyện Đầm Hà lần thứ XXV, nhiệm kỳ",
            "tuyen-truyen-dai-hoi-dang-bo-huyen-dam-ha-lan-thu",
        ),
    ],
)
def test_an_address_is_read_from_the_title(title: str, key: str) -> None:
    assert key_for(title, set()) == key
    assert key_for(title, {key}) == f"{key}-2"
