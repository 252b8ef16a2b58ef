# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several people at once, in threads with connections of their own."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from loa.campaigns import actions
from loa.campaigns.models import Activity, Evidence, StoredFile
from loa.campaigns.tests.pictures import jpeg, picture
from loa.campaigns.tests.world import World, make_world
from loa.config.errors import LoaError
from loa.config.home import Home

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 4


@pytest.fixture
def world(transactional_db: None, settings: Any, tmp_path: Path) -> World:
    settings.HOME = Home(tmp_path)
    settings.HOME.make()
    made = make_world()
    Activity.objects.filter(pk=made.activity.pk).update(state="in_progress")
    return made


def at_once(work: Callable[[int], object]) -> list[str]:
    """Do the work in threads; return "done" or the code of the error of each."""

    def one(number: int) -> str:
        try:
            work(number)
        except LoaError as error:
            return error.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(THREADS) as threads:
        return sorted(threads.map(one, range(THREADS)))


def test_one_photo_sent_by_four_at_once_is_there_once(world: World) -> None:
    content, key = jpeg(picture(1)), uuid4()

    def send(number: int) -> None:
        actions.add_file(
            actor=None,
            activity=world.fresh(),
            file=io.BytesIO(content),
            name="anh.jpg",
            client_key=key if number % 2 else uuid4(),
        )

    assert at_once(send) == ["done"] * THREADS
    assert Evidence.objects.count() == StoredFile.objects.count() == 1


def test_of_two_who_verify_and_two_who_return_one_comes_first(world: World) -> None:
    Activity.objects.filter(pk=world.activity.pk).update(
        state="submitted", submitted_by=world.holders["accountable"]
    )
    above = [world.holders["above"], world.holders["steering"]]

    def decide(number: int) -> None:
        activity = world.fresh()
        state = "verified" if number % 2 else "returned"
        actions.set_activity_state(actor=above[number // 2], activity=activity, state=state, reason="vì")

    at_once(decide)
    stored = world.fresh()
    assert stored.state in {"verified", "returned"}
    assert (stored.verified_by is None) == (stored.state == "returned")


def test_two_who_make_each_wait_for_the_other_do_not_close_a_circle(world: World) -> None:
    post = world.posts["accountable"]
    pair = [
        actions.add_activity(
            actor=None,
            campaign=world.campaign,
            given=actions.ActivityInput(title=f"Việc {number}", accountable_post=post),
        )
        for number in range(2)
    ]

    def wait(number: int) -> None:
        activity = Activity.objects.select_related("campaign__area", "campaign__organisation").get(
            pk=pair[number % 2].pk
        )
        given = actions.ActivityInput(
            title=activity.title, accountable_post=post, needs=[pair[(number + 1) % 2]]
        )
        actions.edit_activity(actor=None, activity=activity, given=given)

    at_once(wait)
    assert sum(one.needs.exists() for one in pair) == 1
