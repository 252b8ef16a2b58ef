# SPDX-License-Identifier: AGPL-3.0-or-later
"""A planner of another commune, and addresses and forms filled with what no page would send."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from loa.campaigns import actions
from loa.campaigns.entering.removing import FINDERS
from loa.campaigns.models import Activity, Campaign, Removal
from loa.campaigns.seeing.rows import WORDS
from loa.campaigns.tests.factories import (
    make_activity,
    make_campaign,
    make_key_message,
    make_phase,
    make_plan_import,
)
from loa.campaigns.tests.whole_plan import make_finding, make_inspection, make_photo_evidence
from loa.campaigns.tests.world import World, make_world
from loa.jobs.queries import visible_job
from loa.people.models import Person, Role
from loa.people.tests.factories import make_member

DENIED = {403, 404, 405}
NO_KEY = "00000000-0000-4000-8000-000000000000"
FILLED = {"client_key": NO_KEY, "size": "large", "match": 1, "name": "flood", "token": "1-aa", "kind": "plan"}
ODD = ["\0", "²", "-1", "9" * 25, "9" * 5000, "2026-W48-2", "0001-01", "9999-12", "0001-01-01", "9999-12-31"]
PAGES = ["activities", "board", "gantt", "plan_calendar", "plan_map", "matrix", "workload", "levels", "wall"]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def planner(world: World) -> Person:
    return make_member(world.nodes["campaign"], Role.PLANNER)


@pytest.fixture
def theirs(world: World, planner: Person) -> dict[str, int]:
    """Return what a campaign holds that a stranger does not see, by the id of each."""
    campaign, activity = world.campaign, world.activity
    inspection = make_inspection(activity, planner)
    rows: dict[str, Any] = {
        "campaign": campaign,
        "activity": activity,
        "inspection": inspection,
        "finding": make_finding(inspection, activity),
        "evidence": make_photo_evidence(activity, planner),
        "plan_import": make_plan_import(campaign, planner),
        "phase": make_phase(campaign),
        "key_message": make_key_message(campaign),
        "legal_document": campaign.legal_documents.create(citation="Chỉ thị"),
        "objective": campaign.objectives.create(text="Nghe", measure="lần", target=1, unit="lần"),
        "audience": campaign.audiences.create(name="Hộ dân"),
        "budget_line": campaign.budget_lines.create(name="In", planned=1),
        "comment": actions.add_comment(actor=planner, campaign=campaign, text="Chưa được lộ"),
        "removal": actions.remove(actor=planner, row=make_activity(campaign, world.posts["accountable"])),
    }
    return {name: row.pk for name, row in rows.items()}


@pytest.fixture
def own(client: Client, world: World, theirs: dict[str, int]) -> Campaign:
    """Sign a planner of another commune in, and return his own campaign."""
    client.force_login(make_member(world.nodes["strange"], Role.PLANNER))
    campaign = make_campaign(world.nodes["strange"], key="cua-toi")
    make_activity(campaign, world.posts["nobody"])
    return campaign


def routes() -> list[tuple[str, list[str]]]:
    """Return every address of plans and their documents with what stands in it."""
    found = []
    for space in ("campaigns", "reports"):
        resolver = get_resolver().namespace_dict[space][1]
        for name in sorted(name for name in resolver.reverse_dict if isinstance(name, str)):
            found += [(f"{space}:{name}", ways[0][0][1]) for ways in resolver.reverse_dict.getlist(name)]
    return found


def test_no_address_opens_what_is_another_campaigns(
    client: Client, world: World, own: Campaign, theirs: dict[str, int]
) -> None:
    file = world.activity.evidence.get().file
    assert file is not None
    filled = {**FILLED, "sha256": file.sha256, "period": "ca-chien-dich", "format_": "pdf"}
    tried = 0
    for name, words in routes():
        ids = sorted(set(theirs.values())) if "pk" in words else [0]
        keys = [world.campaign.key, *([own.key] if "pk" in words else [])]
        if not {"pk", "key", "sha256"} & {*words} or "token" in words:
            continue
        for key in keys if "key" in words else [""]:
            for pk in ids:
                for what in FINDERS if "what" in words else [""]:
                    if what == "campaign" and key == own.key:
                        continue  # his own, whatever number stands behind it
                    values = {**filled, "key": key, "pk": pk, "what": what}
                    address = reverse(name, kwargs={word: values[word] for word in words})
                    for answer in (client.get(address), client.post(address)):
                        assert answer.status_code in DENIED, address
                        tried += 1
    assert tried > 150
    assert Activity.objects.filter(campaign=world.campaign).count() == 1
    assert Removal.objects.count() == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_whatever_stands_in_its_address(
    client: Client, world: World, planner: Person, page: str
) -> None:
    client.force_login(planner)
    address = reverse(f"campaigns:{page}", args=[world.campaign.key])
    for value in ODD:
        every = dict.fromkeys((*WORDS.values(), "trang", "thang", "nhom", "sap-xep"), value)
        assert client.get(address, every).status_code == 200
    chosen = reverse("campaigns:chosen_calendar", args=[world.campaign.key])
    assert client.get(chosen, {"chon": ODD}).status_code == 302


def test_a_job_is_hidden_behind_a_key_that_is_no_number(planner: Person) -> None:
    for kind in ("campaigns.import", "reports.document", "voice.language", "voice.rendition"):
        assert [visible_job(planner, f"{kind}:{value}") for value in ODD] == [None] * len(ODD)


def test_a_number_that_no_database_holds_is_no_choice(client: Client, world: World, planner: Person) -> None:
    client.force_login(planner)
    address = reverse("campaigns:activity_around", args=[world.campaign.key, world.activity.pk])
    for value in ODD:
        sent = {"text": "Xem giúp", "mentions": ["1", value]}
        assert client.post(address, sent).status_code == 200  # the form again
    assert not world.campaign.comments.exists()


def test_a_block_from_a_place_that_is_no_number_begins_the_file(
    client: Client, world: World, planner: Person
) -> None:
    client.force_login(planner)
    address = reverse("campaigns:upload", args=[world.campaign.key, world.activity.pk, NO_KEY])
    for value in ODD:
        answer = client.post(f"{address}?tu={value}", b"x", content_type="application/octet-stream")
        assert answer.status_code == 404


@pytest.mark.parametrize("year", ["0001", "1899", "2101", "9999"])
def test_a_day_beside_which_no_other_lies_is_refused(
    client: Client, world: World, planner: Person, year: str
) -> None:
    client.force_login(planner)
    key, post = world.campaign.key, world.posts["accountable"]
    typed = {"title": "Treo cờ", "accountable_post": post.pk, "due": f"{year}-12-31"}
    answer = client.post(reverse("campaigns:add_activity", args=[key]), typed)
    assert "Năm chưa đúng" in answer.content.decode()
    phase = {"name": "Sau đại hội", "end": f"31/12/{year}"}
    assert "Năm chưa đúng" in client.post(reverse("campaigns:add_phase", args=[key]), phase).content.decode()
    assert client.get(reverse("campaigns:gantt", args=[key])).status_code == 200
