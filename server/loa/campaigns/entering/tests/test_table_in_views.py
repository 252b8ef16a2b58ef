# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of who may do what, tried at the pages: for every role at every node and every holder of a post."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from loa.campaigns import actions
from loa.campaigns.models import Activity, ActivityState, Campaign, Comment, Evidence, Inspection
from loa.campaigns.rules import DEEDS, STEPS, Deed, Part
from loa.campaigns.tests.test_table import HOLDING, PLANNING, ROLES
from loa.campaigns.tests.whole_plan import make_finding, make_inspection, make_photo_evidence
from loa.campaigns.tests.world import World, make_world
from loa.people.models import Person, Role
from loa.people.tests.factories import grant, make_member

Try = Callable[[Client, World], Any]
PLACES = ["above", "campaign", "office", "beside", "party"]  # nodes from which the campaign is seen


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def address(world: World, rest: str = "") -> str:
    return f"/chien-dich/{world.campaign.key}/dau-moi/{world.activity.pk}/{rest}"


def campaign_address(world: World, rest: str) -> str:
    return f"/chien-dich/{world.campaign.key}/{rest}"


def put(world: World, state: ActivityState) -> None:
    Activity.everything.filter(pk=world.activity.pk).update(
        state=state, submitted_by=None, verified_by=None, removal=None
    )


def add_part(client: Client, world: World) -> Any:
    return client.post(campaign_address(world, "ke-hoach/doi-tuong/"), {"name": "Hộ ven sông"})


def edit(client: Client, world: World) -> Any:
    typed = {"title": "Việc khác", "accountable_post": world.posts["accountable"].pk}
    return client.post(address(world, "sua/"), typed)


def delete(client: Client, world: World) -> Any:
    put(world, ActivityState.PLANNED)
    return client.post(campaign_address(world, f"xoa/activity/{world.activity.pk}/"))


def add_evidence(client: Client, world: World) -> Any:
    put(world, ActivityState.IN_PROGRESS)
    return client.post(address(world, "minh-chung/duong-dan/"), {"url": "https://example.vn/1"})


def announce(client: Client, world: World) -> Any:
    put(world, ActivityState.IN_PROGRESS)
    return client.post(address(world, "gui/"), {})


def remove_evidence(client: Client, world: World) -> Any:
    put(world, ActivityState.IN_PROGRESS)
    evidence = make_photo_evidence(world.activity, world.holders["nobody"])
    return client.post(campaign_address(world, f"xoa/evidence/{evidence.pk}/"))


def comment(client: Client, world: World) -> Any:
    return client.post(address(world, "trao-doi/"), {"text": "Đã xem"})


def remove_comment(client: Client, world: World) -> Any:
    said = actions.add_comment(
        actor=make_member(world.nodes["campaign"], Role.VIEWER),
        campaign=world.campaign,
        text="Lời của người khác",
    )
    return client.post(campaign_address(world, f"xoa/comment/{said.pk}/"))


def plan_inspection(client: Client, world: World) -> Any:
    inspector = make_member(world.nodes["campaign"], Role.VIEWER)
    typed = {"title": "Kiểm tra", "planned_on": "2026-12-01", "inspectors": [inspector.pk]}
    return client.post(campaign_address(world, "kiem-tra/them/"), typed)


def _visit(world: World) -> Inspection:
    return make_inspection(world.activity, make_member(world.nodes["strange"], Role.VIEWER))


def inspect(client: Client, world: World) -> Any:
    made = _visit(world)
    typed = {"made_on": date(2026, 11, 20).isoformat(), "conclusion": "Đủ"}
    return client.post(campaign_address(world, f"kiem-tra/{made.pk}/ket-qua/"), typed)


def sign_off(client: Client, world: World) -> Any:
    return client.post(campaign_address(world, f"kiem-tra/{_visit(world).pk}/ket-luan/"))


def resolve(client: Client, world: World) -> Any:
    finding = make_finding(_visit(world), world.activity)
    finding.owner_post = world.posts["vacant"]
    finding.save()
    return client.post(
        campaign_address(world, f"kiem-tra/phat-hien/{finding.pk}/"), {"resolution": "Đã thay"}
    )


def decide(client: Client, world: World) -> Any:
    return client.post(campaign_address(world, "de-nghi/quyet/"), {"all": "1"})


def take_back(client: Client, world: World) -> Any:
    audience = world.campaign.audiences.create(name="Học sinh")
    removal = actions.remove(actor=None, row=audience)
    return client.post(f"/chien-dich/lap/lay-lai/{removal.pk}/")


TRIED: list[tuple[Deed, Try]] = [
    (Deed.EDIT_PLAN, add_part),
    (Deed.EDIT_PLAN, edit),
    (Deed.EDIT_PLAN, delete),
    (Deed.ADD_EVIDENCE, add_evidence),
    (Deed.ADD_EVIDENCE, announce),
    (Deed.REMOVE_EVIDENCE, remove_evidence),
    (Deed.COMMENT, comment),
    (Deed.REMOVE_COMMENT, remove_comment),
    (Deed.PLAN_INSPECTION, plan_inspection),
    (Deed.INSPECT, inspect),
    (Deed.INSPECT, sign_off),
    (Deed.RESOLVE_FINDING, resolve),
    (Deed.DECIDE_PROPOSAL, decide),
    (Deed.UNDO_REMOVAL, take_back),
]


def refused(client: Client, attempt: Try, world: World) -> int | None:
    """Return the status of a refusal; None when it was let through."""
    status: int = attempt(client, world).status_code
    assert status in {200, 302, 400, 403, 404}, (attempt.__name__, status)
    return status if status in {403, 404} else None


def check(client: Client, world: World, person: Person, parts: set[Part], *, sees: bool) -> None:
    """Try every deed and every step at its page; what the table does not give is 403, unseen it is 404."""
    client.force_login(person)
    no = 403 if sees else 404
    if sees:
        parts = parts | {Part.READER}
    for deed, attempt in TRIED:
        given = sees and bool(parts & set(DEEDS[deed][1]))
        assert refused(client, attempt, world) == (None if given else no), attempt.__name__
        put(world, ActivityState.PLANNED)
    for step in STEPS:
        put(world, step.before[0])
        answer = client.post(address(world, "trang-thai/"), {"state": step.after.value, "reason": "vì sao"})
        given = sees and bool(parts & set(step.who))
        assert answer.status_code == (302 if given else no), step.name
        world.activity.refresh_from_db()
        assert world.activity.state == (step.after if given else step.before[0])


@pytest.mark.parametrize(("role", "node"), ROLES)
def test_a_role_at_a_node_gets_at_every_page_what_the_table_says(
    client: Client, world: World, role: Role, node: str
) -> None:
    parts = set(PLANNING[node]) if role == Role.PLANNER else set()
    check(client, world, make_member(world.nodes[node], role), parts, sees=node in PLACES)


@pytest.mark.parametrize("name", list(HOLDING))
def test_whoever_holds_a_post_gets_at_every_page_what_the_table_says(
    client: Client, world: World, name: str
) -> None:
    person = world.holders[name]
    if name != "nobody":
        grant(person, world.nodes["campaign"], Role.VIEWER)
    check(client, world, person, set(HOLDING[name]), sees=name != "nobody")


def test_a_page_offers_exactly_the_buttons_of_the_table(client: Client, world: World) -> None:
    planner = make_member(world.nodes["campaign"], Role.PLANNER)
    client.force_login(planner)
    for state in ActivityState:
        put(world, state)
        page = client.get(address(world)).content.decode()
        for step in STEPS:
            offered = f'name="state" value="{step.after.value}"' in page
            possible = [
                one for one in STEPS if state in one.before and set(one.who) & {Part.PLANNER, Part.OFFICE}
            ]
            assert offered is any(one.after == step.after for one in possible), (state, step.name)


def test_a_campaign_that_one_does_not_see_shows_none_of_its_pages(client: Client, world: World) -> None:
    client.force_login(make_member(world.nodes["strange"], Role.PLANNER))
    inspection = _visit(world)
    pages = [
        "ke-hoach/",
        "kiem-tra/",
        f"kiem-tra/{inspection.pk}/",
        "lich-su/",
        "trao-doi/",
        "da-xoa/",
        "de-nghi/",
    ]
    for page in pages:
        assert client.get(campaign_address(world, page)).status_code == 404, page
    for page in ("", "hien/", "lich-su/", "trao-doi/"):
        assert client.get(address(world, page)).status_code == 404, page
    photo = make_photo_evidence(world.activity, world.holders["accountable"])
    assert photo.file is not None
    assert client.get(f"/chien-dich/tep/{photo.file.sha256}/").status_code == 404
    assert client.get(f"/chien-dich/tep/{photo.file.sha256}/small/").status_code == 404


def test_nothing_was_left_behind_by_those_who_were_refused(client: Client, world: World) -> None:
    client.force_login(make_member(world.nodes["campaign"], Role.VIEWER))
    for _deed, attempt in TRIED:
        if attempt is not comment:
            attempt(client, world)
    campaign = Campaign.objects.get(pk=world.campaign.pk)
    assert not campaign.audiences.exists()
    assert not Evidence.objects.filter(kind="link").exists()
    assert Comment.objects.count() == 1  # that somebody else wrote, whom he could not silence
    world.activity.refresh_from_db()
    assert world.activity.title == "Phát loa hằng ngày"
