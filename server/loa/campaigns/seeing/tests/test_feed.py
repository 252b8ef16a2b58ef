# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calendars are parsed back by the library and read line by line as programs read them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from loa.audit.models import Entry
from loa.campaigns.actions.calendars import end_calendar_address, renew_calendar_address
from loa.campaigns.models import CalendarAddress, Inspection
from loa.campaigns.seeing.address import feed_url, reader_of, token_of
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.campaigns.tests.world import World, make_world
from loa.config import clock
from loa.config.errors import NotFoundError
from loa.people.models import Role
from loa.people.tests.factories import grant, make_member

NOW = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)  # 00:30 of the 25th in Hà Nội
DUE = date(2027, 2, 5)
LONG = "Phát động toàn dân treo cờ Tổ quốc, cờ hoa ở các trục đường; dọn vệ sinh, thu gom rác \\ bao bì"


@pytest.fixture
def world(db: None) -> World:
    world = make_world()
    world.activity.due = DUE
    world.activity.title = LONG
    world.activity.save()
    for person in world.holders.values():
        grant(person, world.nodes["campaign"], Role.VIEWER)
    return world


def read(client: Client, token: str, key: str = "") -> tuple[Any, bytes]:
    """Fetch a calendar as a program without a session does."""
    with clock.frozen(NOW):
        address = (
            reverse("campaigns:campaign_feed", args=[token, key])
            if key
            else reverse("campaigns:own_feed", args=[token])
        )
        answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content), answer.content


def token_for(world: World, name: str) -> str:
    return token_of(renew_calendar_address(actor=world.holders[name]))


def test_a_due_date_is_a_whole_day_in_every_calendar(client: Client, world: World) -> None:
    found, content = read(client, token_for(world, "accountable"))
    [event] = found.walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (DUE, DUE + timedelta(days=1))
    assert b"DTSTART;VALUE=DATE:20270205\r\n" in content
    assert b"DTSTAMP:20261124T173000Z\r\n" in content
    assert b"TZID" not in content  # so no VTIMEZONE is missing
    assert LONG in str(event["summary"])
    assert event["url"].endswith(f"/chien-dich/{world.campaign.key}/dau-moi/{world.activity.pk}/")
    assert (str(event["transp"]), event["sequence"]) == ("TRANSPARENT", world.activity.version)
    assert (str(found["method"]), str(found["version"])) == ("PUBLISH", "2.0")
    assert [found.errors, event.errors] == [[], []]


def test_every_line_has_at_most_75_bytes_and_ends_as_the_standard_says(client: Client, world: World) -> None:
    _found, content = read(client, token_for(world, "accountable"))
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in lines:
        line.decode()  # no letter is cut in two


def test_the_same_work_keeps_its_name_when_it_moves(client: Client, world: World) -> None:
    token = token_for(world, "accountable")
    before, _content = read(client, token)
    world.activity.due, world.activity.version = DUE + timedelta(days=7), 2
    world.activity.save()
    after, _content = read(client, token)
    [old], [new] = before.walk("VEVENT"), after.walk("VEVENT")
    assert old["uid"] == new["uid"]
    assert (new.decoded("dtstart"), new["sequence"]) == (DUE + timedelta(days=7), 2)


def test_whoever_may_no_longer_see_a_campaign_gets_none_of_its_work(client: Client, world: World) -> None:
    token = token_for(world, "accountable")
    assert len(read(client, token)[0].walk("VEVENT")) == 1
    world.holders["accountable"].grants.filter(organisation=world.nodes["campaign"]).delete()
    assert len(read(client, token)[0].walk("VEVENT")) == 0


def test_one_reads_ones_own_posts_those_below_and_ones_inspections(client: Client, world: World) -> None:
    visit = Inspection.objects.create(campaign=world.campaign, title="Kiểm tra cờ", planned_on=DUE)
    visit.inspectors.add(world.holders["nobody"])
    assert len(read(client, token_for(world, "above"))[0].walk("VEVENT")) == 1
    assert len(read(client, token_for(world, "steering"))[0].walk("VEVENT")) == 0
    [event] = read(client, token_for(world, "nobody"))[0].walk("VEVENT")
    assert str(event["summary"]) == "Kiểm tra: Kiểm tra cờ"


def test_work_without_a_date_cancelled_or_long_done_is_left_out(client: Client, world: World) -> None:
    post = world.posts["accountable"]
    long_ago = date(2026, 1, 5)
    make_activity(world.campaign, post, due=None)
    make_activity(world.campaign, post, due=DUE, state="cancelled")
    make_activity(world.campaign, post, due=long_ago, state="verified")
    make_activity(world.campaign, post, "Còn nợ", due=long_ago)
    found, _content = read(client, token_for(world, "above"), world.campaign.key)
    assert sorted(event.decoded("dtstart") for event in found.walk("VEVENT")) == [long_ago, DUE]


def test_a_campaign_that_its_owner_does_not_see_is_not_there(client: Client, world: World) -> None:
    strange = make_campaign(world.nodes["strange"], key="noi-khac")
    token = token_for(world, "accountable")
    address = reverse("campaigns:campaign_feed", args=[token, strange.key])
    assert client.get(address).status_code == 200
    world.holders["accountable"].grants.filter(organisation=world.nodes["strange"]).delete()
    assert client.get(address).status_code == 404


def test_a_renewed_or_ended_address_and_one_who_left_are_not_there(client: Client, world: World) -> None:
    person = world.holders["accountable"]
    first = token_for(world, "accountable")
    second = token_for(world, "accountable")
    address = reverse("campaigns:own_feed", args=[second])
    assert client.get(reverse("campaigns:own_feed", args=[first])).status_code == 404
    assert client.get(address).status_code == 200
    person.is_active = False
    person.save()
    assert client.get(address).status_code == 404
    person.is_active = True
    person.save()
    end_calendar_address(actor=person)
    assert client.get(address).status_code == 404
    end_calendar_address(actor=person)
    actions = Entry.objects.order_by("pk").values_list("action", flat=True)
    assert [one for one in actions if "calendar" in one] == [
        "campaigns.renew_calendar_address",
        "campaigns.renew_calendar_address",
        "campaigns.end_calendar_address",
    ]


@pytest.mark.parametrize("change", ["", "x", "0" * 40])
def test_nobody_guesses_an_address_from_another(world: World, change: str) -> None:
    token = token_for(world, "accountable")
    other = renew_calendar_address(actor=world.holders["above"])
    owner, _, secret = token.partition("-")
    for wrong in (f"{other.person_id}-{secret}", f"{owner}-{change}", "", "-", f"{owner}", f"²-{secret}"):
        with pytest.raises(NotFoundError):
            reader_of(wrong)
    assert reader_of(token) == world.holders["accountable"]


def test_the_database_does_not_hold_the_address(world: World) -> None:
    made = renew_calendar_address(actor=world.holders["above"])
    assert made.seed not in feed_url(made)
    assert feed_url(made).startswith("http")


def test_what_did_not_change_is_not_sent_again(client: Client, world: World) -> None:
    address = reverse("campaigns:own_feed", args=[token_for(world, "accountable")])
    with clock.frozen(NOW):
        etag = client.get(address)["ETag"]
    with clock.frozen(NOW + timedelta(minutes=5)):
        again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    world.activity.title = "Tên mới"
    world.activity.save()
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_the_page_makes_shows_and_ends_ones_address(client: Client, world: World) -> None:
    person = world.holders["accountable"]

    client.force_login(person)
    page = reverse("campaigns:plan_calendar", args=[world.campaign.key])
    assert "Tạo địa chỉ lịch" in client.get(page).content.decode()
    assert client.post(reverse("campaigns:renew_calendar_address"), {"next": page})["Location"] == page
    shown = client.get(page).content.decode()
    assert feed_url(CalendarAddress.objects.get()) in shown
    elsewhere = client.post(reverse("campaigns:end_calendar_address"), {"next": "//evil.example/"})
    assert elsewhere["Location"] == reverse("campaigns:campaigns")
    assert not CalendarAddress.objects.exists()


def test_chosen_activities_become_a_file_and_none_changes_nothing(client: Client, world: World) -> None:

    client.force_login(make_member(world.nodes["campaign"], Role.VIEWER))
    address = reverse("campaigns:chosen_calendar", args=[world.campaign.key])
    found = Calendar.from_ical(client.get(f"{address}?chon={world.activity.pk}&chon=x").content)
    assert len(found.walk("VEVENT")) == 1
    strange = make_activity(make_campaign(world.nodes["strange"]), world.posts["nobody"], due=DUE)
    for query in ("", f"?chon={strange.pk}"):
        assert client.get(address + query).status_code == 302


def test_no_title_writes_a_line_of_its_own_or_a_sign_that_programs_refuse(
    client: Client, world: World
) -> None:
    world.activity.title = "Treo cờ\r\nATTACH:https://example.vn/x\x07\x1b"
    world.activity.place = "Chợ\nEND:VEVENT"
    world.activity.save()
    found, content = read(client, token_for(world, "accountable"))
    [event] = found.walk("VEVENT")
    lines = content.replace(b"\r\n ", b"").split(b"\r\n")
    assert not [line for line in lines if line.startswith(b"ATTACH")]
    assert lines.count(b"END:VEVENT") == 1
    assert not {0x07, 0x1B} & {*content}
    assert event["location"] == "Chợ\nEND:VEVENT"
