# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signs that nobody sees: kept out of what people type, and out of files that programs read."""

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from loa.campaigns import actions
from loa.campaigns.actions import ActivityInput
from loa.campaigns.importing.export import to_xlsx
from loa.campaigns.models import Activity
from loa.campaigns.tests.world import World, make_world
from loa.people.models import Role
from loa.people.tests.factories import make_member

BELL = "Treo\x07 cờ\x00\x1b[31m ở\x0bchợ"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_control_signs_of_typed_words_are_not_stored(world: World) -> None:
    given = ActivityInput(
        title=BELL, accountable_post=world.posts["accountable"], note=f"Một\x07\n{BELL}", place="\x07"
    )
    made = actions.add_activity(actor=None, campaign=world.campaign, given=given)
    assert (made.title, made.note, made.place) == ("Treo cờ[31m ở chợ", "Một\nTreo cờ[31m ở\nchợ", "")


def test_a_reason_sent_past_the_form_holds_none_either(client: Client, world: World) -> None:
    planner = make_member(world.nodes["campaign"], Role.PLANNER)
    client.force_login(planner)
    address = f"/chien-dich/{world.campaign.key}/dau-moi/{world.activity.pk}/trang-thai/"
    client.post(address, {"state": "cancelled", "reason": "Mưa\x00 bão"})
    assert world.fresh().state_note == "Mưa bão"


def test_a_plan_with_such_signs_is_exported_without_them(world: World) -> None:
    storable = BELL.replace("\x00", "")  # PostgreSQL keeps no NUL
    Activity.objects.update(title=storable, place="\x07=1+1")
    world.nodes["office"].name = "Phòng\x07 Văn hóa"
    world.nodes["office"].save()
    sheet = load_workbook(io.BytesIO(to_xlsx(world.campaign))).active
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
    assert "Treo cờ[31m ởchợ" in cells
    assert "Phòng Văn hóa" in cells
    assert cells["=1+1"].data_type == "s"
