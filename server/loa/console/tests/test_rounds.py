# SPDX-License-Identifier: AGPL-3.0-or-later
"""A placement's rows: one for each device that was to carry it out, and for no other."""

import pytest

from loa.airtime.tests.factories import NOON, make_placement, make_release
from loa.console.queries.way import rounds_of
from loa.devices.models import Device
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
