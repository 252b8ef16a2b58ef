# SPDX-License-Identifier: AGPL-3.0-or-later
"""The message page lists every place that may hold something of the message that ended, whoever confirms it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from loa.airtime.tests.factories import NOON, make_placement, make_release
from loa.config import clock
from loa.console.queries.messages import lines
from loa.console.queries.way import way
from loa.deliveries.actions import confirm_by_hand
from loa.deliveries.models import StillOut
from loa.deliveries.tests.factories import make_delivery
from loa.devices.tests.factories import make_device
from loa.messages.models import Message
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.releases.actions import withdraw
from loa.releases.models import Release, ReleaseState
from loa.releases.tests.factories import make_release as make_signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def make_corrected(cast: Cast) -> tuple[Message, StillOut]:
    """Return a message whose first revision was replaced and may still be out, and that place."""
    village = cast.villages[0]
    first = make_release(cast.organisation, cast.editor, [village], state=ReleaseState.SUPERSEDED)
    message = first.revision.message
    second = make_release(cast.organisation, cast.editor, [village])
    revision = second.revision
    left_empty, revision.message, revision.number = revision.message, message, 2
    revision.save(update_fields=["message", "number"])
    left_empty.delete()
    Release.objects.filter(pk=second.pk).update(submitted_at=first.submitted_at + timedelta(hours=1))
    place = StillOut.objects.create(
        release_id=first.pk,
        channel="loudspeaker",
        place_key="loa-1",
        place_name="Loa thôn 1",
        village=village,
        since=NOON,
    )
    return message, place


def test_what_an_earlier_revision_left_out_is_listed_beside_the_new_release(cast: Cast) -> None:
    message, place = make_corrected(cast)
    page = way(message, NOON)
    assert (page.state, page.waiting_places) == ("released", (place,))
    line = next(line for line in lines(cast.viewer, NOON) if line.message == message)
    assert (line.state, line.still_out) == ("released", 1)


def test_the_page_names_who_confirmed(client: Client, cast: Cast) -> None:
    message, place = make_corrected(cast)
    client.force_login(cast.viewer)
    address = reverse("console:message", args=[message.code])
    with clock.frozen(NOON):
        page = client.get(address).content.decode()
        assert "Còn tồn ở 1 nơi" in page
        assert "Loa thôn 1, bản trước" in page
        confirm_by_hand(actor=cast.device_keeper, place=place, note="đã rút nguồn")
        page = client.get(address).content.decode()
    assert f"{cast.device_keeper.full_name}: đã rút nguồn xác nhận không còn giữ" in page
    assert "máy xác nhận" not in page


@pytest.mark.parametrize("has_sounded", [True, False])
def test_a_withdrawn_message_that_sounded_leads_to_the_apology(
    client: Client, cast: Cast, has_sounded: bool
) -> None:
    device = make_device(cast.villages[0])
    release = make_signed(cast)
    placement = make_placement(release, cast.villages, clock.now() - timedelta(hours=1))
    if has_sounded:
        make_delivery(
            cast.villages[0], placement_id=placement.pk, place_key=str(device.pk), due_at=placement.starts_at
        )
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason="Sai giờ")
    client.force_login(cast.editor)
    page = client.get(reverse("console:message", args=[release.revision.message.code])).content.decode()
    assert ("Xin lỗi, ghi sự việc…" in page) is has_sounded
