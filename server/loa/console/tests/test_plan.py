# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first page of a campaign: its lines lead to their rows, and the few that it shows are the right ones."""

import re
from datetime import date
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from loa.campaigns.models import Campaign, KeyMessage
from loa.campaigns.rules import TOP_MESSAGES
from loa.campaigns.seeing.rows import PlanFilter, Seen, narrowed, seen_by
from loa.campaigns.seeing.tests.factories import TODAY, fill
from loa.campaigns.tests.factories import make_activity, make_campaign, make_key_message
from loa.console.queries.plan import LINES, LISTED, PlanPage, plan_page
from loa.people.tests.factories import Cast, make_cast, make_organisation, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    return make_campaign(cast.organisation)


def read(cast: Cast, campaign: Campaign) -> tuple[Seen, PlanPage]:
    seen = seen_by(cast.viewer, campaign)
    return seen, plan_page(seen, TODAY)


def test_every_line_leads_to_the_rows_that_it_counts(cast: Cast, campaign: Campaign) -> None:
    fill(campaign, cast, 40)
    seen, page = read(cast, campaign)
    parts = (page.organisations, page.phases, page.channels, page.places)
    lines = [line for part in parts for line in part.lines] + [work for _message, work in page.messages]
    assert len(lines) >= 9
    for line in lines:
        chosen = PlanFilter.from_query(QueryDict(line.query[1:]).dict())
        assert narrowed(seen, chosen, TODAY).count() == line.tally.total > 0, line.name
        assert narrowed(seen, chosen.but(show="late"), TODAY).count() == line.tally.late, line.name


def test_of_many_offices_those_with_late_work_are_shown_in_tree_order(cast: Cast, campaign: Campaign) -> None:
    for number in range(LINES + 4):
        office = make_organisation(cast.commune, f"Cơ quan {number:02d}")
        due = date(2026, 11, 1) if number >= 4 else date(2026, 12, 1)
        make_activity(campaign, make_post(office), organisation=office, due=due)
    _seen, page = read(cast, campaign)
    names = [line.name for line in page.organisations.lines]
    assert names == [f"Cơ quan {number:02d}" for number in range(4, LINES + 4)]
    assert page.organisations.more == 4
    assert (len(page.late), len(page.coming), page.tally.late) == (LISTED, 4, LINES)


def test_at_most_five_messages_stand_on_top_and_the_first_ones_where_none_does(
    cast: Cast, campaign: Campaign
) -> None:
    for number in range(7):
        make_key_message(campaign, f"Thông điệp {number}")
    _seen, page = read(cast, campaign)
    assert [message.text for message, _work in page.messages] == [f"Thông điệp {n}" for n in range(5)]
    assert page.messages_more == 2
    KeyMessage.objects.filter(text="Thông điệp 6").update(priority="top")
    _seen, page = read(cast, campaign)
    assert [message.text for message, _work in page.messages] == ["Thông điệp 6"]


def test_coverage_comes_only_for_the_messages_that_stand_on_the_page_and_counts_the_others(
    cast: Cast, campaign: Campaign, client: Client
) -> None:
    for number in range(TOP_MESSAGES + 2):
        make_key_message(campaign, f"Thông điệp {number}", wanted_per_week=3)
    client.force_login(cast.viewer)
    page = client.get(reverse("console:campaign", args=[campaign.key])).content.decode()
    [address] = re.findall(r'hx-get="([^"]+/do-phu/[^"]*)"', page)
    bars = client.get(unescape(address), headers={"HX-Request": "true"}).content.decode()
    places = set(re.findall(r'id="(phu-\d+)"', page))
    assert len(places) == TOP_MESSAGES
    assert set(re.findall(r'id="(phu-\d+)" hx-swap-oob', bars)) == places
    assert "(2 không ở bảng dưới)" in bars
