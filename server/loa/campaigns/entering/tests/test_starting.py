# SPDX-License-Identifier: AGPL-3.0-or-later
"""A campaign begun from a template or as a copy: roles named later, and what would be late at once."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from loa.campaigns.library import template
from loa.campaigns.models import Campaign
from loa.config import clock
from loa.people.models import Post
from loa.people.tests.factories import Cast, make_cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # 10:00 in Hà Nội


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def planner(client: Client, cast: Cast) -> Client:
    client.force_login(cast.planner)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_role_that_is_named_later_gets_a_vacant_post_and_no_work_is_without_one(
    planner: Client, cast: Cast
) -> None:
    chosen = template("su-kien")
    typed = {
        "title": "Ngày hội",
        "organisation": cast.organisation.pk,
        "event_name": "Ngày hội",
        "event_on": "2027-04-30",
        "steering_head": cast.head_post.pk,
        "head_van-hoa": cast.head_post.pk,
    }
    address = f"/chien-dich/lap/mau/{chosen.key}/"
    with clock.frozen(NOW):
        assert planner.post(address, typed)["Location"].endswith("/ke-hoach/")
        assert planner.post(address, typed)["Location"].endswith("/ke-hoach/")  # the posts are there already
    made = Post.objects.filter(title__in=[head.name for head in chosen.heads])
    assert {post.title for post in made} == {head.name for head in chosen.heads if head.key != "van-hoa"}
    assert made.count() == 3
    assert all(post.organisation == cast.organisation for post in made)
    assert all(post.reports_to == cast.head_post and not post.holdings.exists() for post in made)


def test_what_would_be_late_at_once_is_said_before_anything_is_saved_and_moved_if_wanted(
    planner: Client, cast: Cast
) -> None:
    typed = {
        "title": "Ngày hội",
        "organisation": cast.organisation.pk,
        "event_name": "Ngày hội",
        "event_on": "2026-12-08",
        "head_van-hoa": cast.head_post.pk,
    }
    address = "/chien-dich/lap/mau/su-kien/"
    today = NOW.date()
    with clock.frozen(NOW):
        said = text(planner.post(address, typed))
        [count] = re.findall(r"(\d+) việc sẽ trễ ngay", said)
        assert not Campaign.objects.exists()
        planner.post(address, typed | {"late_seen": "on"})
        kept = Campaign.objects.get()
        planner.post(address, typed | {"late_seen": "on", "late_move": "on", "late_days": "3"})
        moved = Campaign.objects.exclude(pk=kept.pk).get()
        again = text(planner.post(f"/chien-dich/{kept.key}/nhan-ban/", typed | {"moved_to": "2026-12-08"}))
    assert kept.activities.filter(due__lt=today).count() == int(count) > 0
    assert moved.activities.filter(due=date(2026, 11, 27)).count() >= int(count)
    assert not moved.activities.filter(due__lt=today).exists()
    assert f"{count} việc sẽ trễ ngay" in again
