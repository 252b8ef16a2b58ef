# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule 1 of the design: in no sequence of edits has an activity none or two accountable posts."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from loa.campaigns import actions
from loa.campaigns.actions import ActivityInput, CopyInput, Take
from loa.campaigns.models import Activity, Campaign, Removal
from loa.campaigns.rules import STEPS
from loa.campaigns.tests.world import World, make_world
from loa.config.errors import LoaError
from loa.people.models import Post

POSTS = ["accountable", "vacant", "above", "nobody"]
EDITS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(POSTS)),
    st.tuples(st.just("edit"), st.integers(0, 5), st.sampled_from(POSTS)),
    st.tuples(st.just("need"), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.just("step"), st.integers(0, 5), st.sampled_from(STEPS)),
    st.tuples(st.just("remove"), st.integers(0, 5)),
    st.tuples(st.just("undo"), st.integers(0, 5)),
    st.tuples(st.just("copy")),
    st.tuples(st.just("take over")),
    st.tuples(st.just("accept")),
)


def given_activity(world: World, post: str, **fields: Any) -> ActivityInput:
    return ActivityInput(**{"title": f"Việc của {post}", "accountable_post": world.posts[post], **fields})


def nth(rows: Any, number: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[number % len(found)] if found else None


class Editor:
    """Whoever edits, in any order, with rights to everything."""

    def __init__(self, world: World) -> None:
        self.world = world

    def do(self, edit: tuple[Any, ...]) -> None:
        """Carry one edit out; one that is refused changes nothing."""
        getattr(self, edit[0].replace(" ", "_"))(*edit[1:])

    def add(self, post: str) -> None:
        actions.add_activity(actor=None, campaign=self.world.campaign, given=given_activity(self.world, post))

    def edit(self, number: int, post: str) -> None:
        if activity := nth(Activity.objects, number):
            actions.edit_activity(actor=None, activity=activity, given=given_activity(self.world, post))

    def need(self, number: int, other: int) -> None:
        activity, needed = nth(Activity.objects, number), nth(Activity.objects, other)
        if activity and needed:
            wanted = ActivityInput(
                title=activity.title, accountable_post=activity.accountable_post, needs=[needed]
            )
            actions.edit_activity(actor=None, activity=activity, given=wanted)

    def step(self, number: int, step: Any) -> None:
        if activity := nth(Activity.objects, number):
            actions.take_step(
                actor=self.world.holders["accountable"], activity=activity, step=step, reason="vì"
            )

    def remove(self, number: int) -> None:
        if activity := nth(Activity.objects, number):
            actions.remove(actor=None, row=activity)

    def undo(self, number: int) -> None:
        if removal := nth(Removal.objects, number):
            actions.undo_removal(actor=None, removal=removal)

    def copy(self) -> None:
        wanted = CopyInput(title="Bản sao", organisation=self.world.nodes["campaign"], days=7)
        actions.copy_campaign(actor=None, source=self.world.campaign, given=wanted)

    def take_over(self) -> None:
        takes = [
            Take(upper_activity=one, accountable_post=self.world.posts["vacant"])
            for one in self.world.campaign.activities.all()
        ]
        actions.take_over(
            actor=None, upper=self.world.campaign, organisation=self.world.nodes["office"], takes=takes
        )

    def accept(self) -> None:
        for lower in Campaign.objects.exclude(upper=None):
            for upper in Activity.objects.filter(campaign=self.world.campaign):
                actions.accept_proposal(
                    actor=None,
                    campaign=lower,
                    upper_activity=upper,
                    take=Take(upper_activity=upper, accountable_post=self.world.posts["accountable"]),
                )


def check(world: World) -> None:
    """Hold every activity that is stored, also deleted ones, to the rule; and none waits for itself."""
    for activity in Activity.everything.all():
        assert Post.objects.filter(activities=activity).count() == 1
        assert activity.organisation_id == activity.accountable_post.organisation_id
        assert activity.accountable_post != world.posts["nobody"]  # of a strange commune
        ahead, seen = [activity.pk], set()
        while ahead:
            for needed in Activity.needs.through.objects.filter(from_activity=ahead.pop()):
                assert needed.to_activity_id != activity.pk
                if needed.to_activity_id not in seen:
                    seen.add(needed.to_activity_id)
                    ahead.append(needed.to_activity_id)


class ExactlyOneAccountablePost(TestCase):
    @given(edits=st.lists(EDITS, max_size=10))
    @settings(max_examples=40)
    def test_in_no_sequence_of_edits_none_or_two(self, edits: list[tuple[Any, ...]]) -> None:
        world = make_world()
        editor = Editor(world)
        for edit in edits:
            with suppress(LoaError), transaction.atomic():
                editor.do(edit)
            check(world)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_work_that_waits_for_itself_is_refused_however_far_round(world: World) -> None:
    def make(title: str, *needs: Activity) -> Activity:
        wanted = given_activity(world, "accountable", title=title, needs=needs)
        return actions.add_activity(actor=None, campaign=world.campaign, given=wanted)

    first = make("một")
    third = make("ba", make("hai", first))
    with pytest.raises(actions.PlanError, match="một → ba → hai → một"):
        actions.edit_activity(
            actor=None,
            activity=first,
            given=given_activity(world, "accountable", title="một", needs=[third]),
        )
    assert not first.needs.exists()


def test_the_database_takes_no_activity_without_its_post(world: World) -> None:
    for change in ({"accountable_post": None}, {"accountable_post": 999_999}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Activity.objects.filter(pk=world.activity.pk).update(**change)
            from django.db import connection

            connection.check_constraints()


def test_a_post_that_answers_for_work_cannot_be_deleted(world: World) -> None:
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        world.posts["accountable"].delete()


def test_the_due_date_of_a_copy_lies_where_its_rule_says(world: World) -> None:
    Activity.objects.filter(pk=world.activity.pk).update(start=date(2026, 2, 2), due=date(2026, 2, 6))
    wanted = CopyInput(title="x", organisation=world.nodes["campaign"], days=10)
    copy = actions.copy_campaign(actor=None, source=world.campaign, given=wanted)
    assert (copy.activities.get().start, copy.activities.get().due) == (date(2026, 2, 12), date(2026, 2, 13))
