# SPDX-License-Identifier: AGPL-3.0-or-later
"""A placement's rows: one for each device that was to carry it out, and for no other."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from loa.airtime.tests.factories import FIVE, NOON, make_placement, make_release
from loa.config import clock
from loa.console.queries.home import on_air_and_next
from loa.console.queries.way import rounds_of, way
from loa.devices.models import Device, DeviceStatus
from loa.devices.tests.factories import make_device
from loa.people.tests.factories import make_cast

pytestmark = pytest.mark.django_db


def test_a_device_of_another_channel_or_village_owes_no_proof() -> None:
    cast = make_cast()
    here, elsewhere = cast.villages[:2]
    loudspeaker, board = make_device(here), make_device(here)
    make_device(elsewhere)
    Device.objects.filter(pk=board.pk).update(channel="board")
    release = make_release(cast.organisation, cast.editor, [here])
    make_placement(release, [here])
    (one,) = rounds_of([release], NOON)
    assert [row.device for row in one.rows] == [loudspeaker]


@pytest.mark.parametrize(
    ("seconds", "state"), [(-60, "planned"), (1, "planned"), (10, "on_air"), (200, "unknown")]
)
def test_home_and_the_message_page_say_the_same_of_a_round(seconds: int, state: str) -> None:
    cast = make_cast()
    device = make_device(cast.villages[0])
    release = make_release(cast.organisation, cast.editor, [cast.villages[0]])
    placement = make_placement(release, [cast.villages[0]])
    now = FIVE + timedelta(seconds=seconds)
    playing = str(placement.pk) if state == "on_air" else ""
    status = {"last_seen": now - timedelta(seconds=2), "playing_item": playing}
    DeviceStatus.objects.update_or_create(device=device, defaults=status)
    shown = [row.state for one in way(release.revision.message, now).rounds for row in one.rows]
    assert shown == [state]
    if seconds < 120:  # a while after its end home shows it no more
        assert [row.state for one in on_air_and_next(cast.editor, now) for row in one.rows] == shown


def test_a_coming_round_is_about_to_sound_and_owes_no_proof_yet() -> None:
    cast = make_cast()
    make_device(cast.villages[0])
    release = make_release(cast.organisation, cast.editor, [cast.villages[0]])
    make_placement(release, [cast.villages[0]])
    client = Client()
    client.force_login(cast.editor)
    with clock.frozen(FIVE - timedelta(minutes=1)):
        page = client.get(reverse("console:message", args=[release.revision.message.code])).content.decode()
    rows = page.split("data-round")[1].split("</table>")[0]
    assert "Sắp phát" in rows
    assert "chưa rõ" not in rows
