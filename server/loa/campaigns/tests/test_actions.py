# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from loa.audit.models import Entry
from loa.campaigns import actions
from loa.campaigns.actions import ActivityInput, CampaignInput, PlanError
from loa.campaigns.entering.activity_forms import ActivityForm
from loa.campaigns.models import Activity, ActivityState, Campaign
from loa.campaigns.rules import NEXT_STATES
from loa.campaigns.tests.factories import make_activity, make_campaign, make_key_message, make_phase
from loa.config.errors import ConflictError, LoaError, PermissionDeniedError
from loa.people.models import Post
from loa.people.tests.factories import Cast, make_cast, make_post


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    return make_campaign(cast.organisation)


def given_campaign(cast: Cast, **fields: Any) -> CampaignInput:
    return CampaignInput(
        **{"title": "Mùa mưa", "event_name": "Bão", "organisation": cast.organisation, **fields}
    )


def given_activity(cast: Cast, **fields: Any) -> ActivityInput:
    return ActivityInput(**{"title": "Phát loa hằng ngày", "accountable_post": cast.head_post, **fields})


def test_a_planner_begins_a_campaign_with_phases_messages_and_activities(cast: Cast) -> None:
    campaign = actions.create_campaign(
        actor=cast.planner,
        given=given_campaign(
            cast, title="Tuyên truyền mùa mưa bão", legal_basis=["Kế hoạch 05/KH-UBND", " "]
        ),
    )
    phase = actions.add_phase(actor=cast.planner, campaign=campaign, name="Trước bão", start=date(2026, 6, 1))
    message = actions.add_key_message(
        actor=cast.planner, campaign=campaign, text="Chằng chống nhà cửa", phase=phase
    )
    activity = actions.add_activity(
        actor=cast.planner,
        campaign=campaign,
        given=given_activity(cast, phase=phase, key_messages=[message], areas=cast.villages[:2], quantity=20),
    )
    assert campaign.key == "tuyen-truyen-mua-mua-bao"
    assert [document.citation for document in campaign.legal_documents.all()] == ["Kế hoạch 05/KH-UBND"]
    assert (phase.key, phase.order, message.order) == ("truoc-bao", 1, 1)
    assert activity.organisation == cast.organisation
    assert list(activity.key_messages.all()) == [message]
    assert [entry.action for entry in Entry.objects.order_by("pk")] == [
        "campaigns.create_campaign",
        "campaigns.add_phase",
        "campaigns.add_key_message",
        "campaigns.add_activity",
        "notices.tell",  # the head, that it is his
    ]


@pytest.mark.parametrize(
    "part", ["viewer", "editor", "approver_one", "device_keeper", "administrator", "head", "outsider"]
)
def test_nobody_but_the_planner_changes_a_plan(cast: Cast, campaign: Campaign, part: str) -> None:
    actor = cast.people[part]
    phase, message = make_phase(campaign), make_key_message(campaign)
    activity = make_activity(campaign, cast.head_post)
    new = given_activity(cast)
    attempts = (
        lambda: actions.create_campaign(actor=actor, given=given_campaign(cast)),
        lambda: actions.add_phase(actor=actor, campaign=campaign, name="x"),
        lambda: actions.edit_phase(actor=actor, phase=phase, name="x", start=None, end=None),
        lambda: actions.add_key_message(actor=actor, campaign=campaign, text="x"),
        lambda: actions.edit_key_message(
            actor=actor, key_message=message, text="x", phase=None, wanted_per_week=None
        ),
        lambda: actions.add_activity(actor=actor, campaign=campaign, given=new),
        lambda: actions.edit_activity(actor=actor, activity=activity, given=new),
        lambda: actions.set_activity_state(actor=actor, activity=activity, state="cancelled", reason="x"),
    )
    for attempt in attempts:
        with pytest.raises(PermissionDeniedError):
            attempt()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "a" * 301}, "title"),
        ({"event_name": ""}, "event_name"),
        ({"steering_body": "a" * 201}, "steering_body"),
    ],
)
def test_a_campaign_needs_a_title_and_an_event(cast: Cast, fields: dict[str, str], field: str) -> None:
    with pytest.raises(PlanError) as caught:
        actions.create_campaign(actor=cast.planner, given=given_campaign(cast, **fields))
    assert caught.value.field == field


def test_a_campaign_lies_inside_its_organisations_area(cast: Cast) -> None:
    with pytest.raises(PlanError, match="nằm ngoài địa bàn"):
        actions.create_campaign(actor=cast.planner, given=given_campaign(cast, area=cast.other_commune))


def test_two_campaigns_of_one_title_have_two_addresses(cast: Cast) -> None:
    keys = {actions.create_campaign(actor=cast.planner, given=given_campaign(cast)).key for _ in range(3)}
    assert keys == {"mua-mua", "mua-mua-2", "mua-mua-3"}


def test_dates_that_run_backwards_are_refused_with_the_first_possible_day(
    cast: Cast, campaign: Campaign
) -> None:
    backwards: dict[str, Any] = {"start": date(2026, 11, 25), "end": date(2026, 11, 24)}
    with pytest.raises(PlanError, match="Chọn từ 25/11/2026 trở đi"):
        actions.add_phase(actor=cast.planner, campaign=campaign, name="Trước", **backwards)
    phase = make_phase(campaign)
    with pytest.raises(PlanError):
        actions.edit_phase(actor=cast.planner, phase=phase, name="Trước", **backwards)
    with pytest.raises(PlanError) as caught:
        actions.add_activity(
            actor=cast.planner,
            campaign=campaign,
            given=given_activity(cast, start=date(2026, 11, 25), due=date(2026, 11, 24)),
        )
    assert caught.value.field == "due"


def test_a_phase_has_one_name_in_its_campaign(cast: Cast, campaign: Campaign) -> None:
    actions.add_phase(actor=cast.planner, campaign=campaign, name="Trước đại hội")
    with pytest.raises(ConflictError, match="đã có giai đoạn"):
        actions.add_phase(actor=cast.planner, campaign=campaign, name="Trước  đại hội")


def test_parts_of_another_campaign_are_refused(cast: Cast, campaign: Campaign) -> None:
    other = make_campaign(cast.organisation)
    phase, message = make_phase(other), make_key_message(other)
    for wrong in ({"phase": phase}, {"key_messages": [message]}):
        with pytest.raises(PlanError, match="thuộc chiến dịch khác"):
            actions.add_activity(actor=cast.planner, campaign=campaign, given=given_activity(cast, **wrong))
    with pytest.raises(PlanError):
        actions.add_key_message(actor=cast.planner, campaign=campaign, text="x", phase=phase)
    assert not campaign.activities.exists()


def test_a_post_of_another_commune_cannot_answer(cast: Cast, campaign: Campaign) -> None:
    foreign = make_post(cast.other_organisation)
    with pytest.raises(PlanError) as caught:
        actions.add_activity(
            actor=cast.planner, campaign=campaign, given=given_activity(cast, accountable_post=foreign)
        )
    assert caught.value.field == "accountable_post"


def test_an_unknown_channel_is_named(cast: Cast, campaign: Campaign) -> None:
    with pytest.raises(PlanError, match="kênh telex"):
        actions.add_activity(
            actor=cast.planner, campaign=campaign, given=given_activity(cast, channels=["telex"])
        )


def test_the_organisation_of_an_activity_follows_its_post(cast: Cast, campaign: Campaign) -> None:
    activity = make_activity(campaign, cast.head_post)
    actions.edit_activity(
        actor=cast.planner, activity=activity, given=given_activity(cast, accountable_post=cast.vacant_post)
    )
    activity.refresh_from_db()
    assert activity.organisation == cast.office
    assert Entry.objects.get().details["changes"] == {
        "accountable_post": [cast.head_post.title, cast.vacant_post.title],
        "organisation": [cast.organisation.name, cast.office.name],
        "channels": [["loudspeaker"], []],
    }


@pytest.mark.parametrize("old", list(ActivityState))
@pytest.mark.parametrize("new", list(ActivityState))
def test_a_state_follows_another_as_the_table_says(
    cast: Cast, campaign: Campaign, old: ActivityState, new: ActivityState
) -> None:
    activity = make_activity(campaign, cast.head_post, state=old)
    actor = cast.planner
    if (old, new) == (ActivityState.SUBMITTED, ActivityState.IN_PROGRESS):
        Activity.objects.filter(pk=activity.pk).update(submitted_by=actor)
    if new == old or new in NEXT_STATES[old]:
        actions.set_activity_state(actor=actor, activity=activity, state=new, reason="vì")
    else:
        with pytest.raises(ConflictError):
            actions.set_activity_state(actor=actor, activity=activity, state=new, reason="vì")
    activity.refresh_from_db()
    assert activity.state == (new if new == old or new in NEXT_STATES[old] else old)
    assert Entry.objects.exists() is (new in NEXT_STATES[old])


def test_the_database_refuses_an_activity_without_a_post(cast: Cast, campaign: Campaign) -> None:
    activity = make_activity(campaign, cast.head_post)
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.filter(pk=activity.pk).update(accountable_post=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.create(campaign=campaign, title="x", organisation=cast.organisation)


class ExactlyOneAccountablePost(TestCase):
    """Rule 1 of the design: whatever is typed into the form, exactly one post answers afterwards."""

    @given(edits=st.lists(st.lists(st.integers(0, 5), max_size=3), min_size=1, max_size=6))
    @hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_over_any_edits_through_the_form(self, edits: list[list[int]]) -> None:
        cast = make_cast()
        campaign = make_campaign(cast.organisation)
        foreign = make_post(cast.other_organisation)
        posts = [cast.head_post.pk, cast.vacant_post.pk, make_post(cast.office, "Phó phòng").pk]
        choices = [*posts, foreign.pk, 999_999, ""]
        activity = make_activity(campaign, cast.head_post)
        expected = cast.head_post.pk
        for edit in edits:
            typed = QueryDict(mutable=True)
            typed["title"] = "Phát loa"
            typed.setlist("accountable_post", [str(choices[index]) for index in edit])
            form = ActivityForm(typed, campaign=campaign)
            if form.is_valid():
                actions.edit_activity(actor=cast.planner, activity=activity, given=form.given())
                chosen = {choices[index] for index in edit}
                assert len(chosen) == 1
                expected = next(iter(chosen))
            stored = Activity.objects.get(pk=activity.pk)
            assert stored.accountable_post_id == expected
            assert Post.objects.filter(activities=stored).count() == 1
            assert stored.organisation_id == stored.accountable_post.organisation_id

    @given(posts=st.lists(st.integers(0, 2), min_size=1, max_size=5))
    @hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_over_any_edits_through_the_action(self, posts: list[int]) -> None:
        cast = make_cast()
        campaign = make_campaign(cast.organisation)
        choices = [cast.head_post, cast.vacant_post, make_post(cast.other_organisation)]
        activity = make_activity(campaign, cast.head_post)
        for index in posts:
            try:
                actions.edit_activity(
                    actor=cast.planner,
                    activity=Activity.objects.select_related("campaign").get(pk=activity.pk),
                    given=given_activity(cast, accountable_post=choices[index]),
                )
            except LoaError:
                assert index == 2
            stored = Activity.objects.get(pk=activity.pk)
            assert stored.accountable_post_id in {cast.head_post.pk, cast.vacant_post.pk}
