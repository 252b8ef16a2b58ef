# SPDX-License-Identifier: AGPL-3.0-or-later
"""Before anybody sends or signs, the pages say in which villages a loudspeaker stands and in which none does."""

import pytest
from django.test import Client
from django.urls import reverse

from loa.devices.tests.factories import make_device
from loa.messages.tests.factories import make_revision
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast
from loa.releases.stations import reach_in
from loa.releases.tests.factories import make_request
from loa.voice.tests.factories import make_spoken

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def shown_to(person: Person, address: str) -> str:
    client = Client()
    client.force_login(person)
    return " ".join(client.get(address).content.decode().split())


def test_it_names_where_a_channel_stands_and_where_nobody_hears_it(cast: Cast) -> None:
    heard, *silent = cast.villages
    make_device(heard)
    (reach,) = reach_in([cast.commune], cast.villages)
    assert (reach.present, reach.absent) == ((heard,), tuple(silent))
    assert reach.sentence == f"Loa: có ở 1/3 thôn, bản, khu phố: {heard.name}."
    assert reach.warning.startswith(f"Chưa có loa ở: {silent[0].name}, {silent[1].name}.")


def test_where_it_stands_everywhere_nothing_is_warned_of(cast: Cast) -> None:
    for village in cast.villages:
        make_device(village)
    (reach,) = reach_in([cast.commune], cast.villages)
    assert reach.sentence == "Loa: có ở 3/3 thôn, bản, khu phố."
    assert reach.warning == ""


def test_a_test_message_counts_test_devices_alone(cast: Cast) -> None:
    make_device(cast.villages[0])
    make_device(cast.villages[1], is_test=True)
    (reach,) = reach_in([cast.commune], cast.villages, is_test=True)
    assert reach.present == (cast.villages[1],)
    assert reach_in([cast.commune], [cast.villages[0]], is_test=True)[0].sentence.startswith(
        "Loa: chưa nơi nào"
    )


def test_the_send_page_says_it_beside_each_village_and_of_all(cast: Cast) -> None:
    make_device(cast.villages[0])
    revision = make_revision(cast)
    make_spoken(revision)
    shown = shown_to(cast.editor, reverse("releases:submit", args=[revision.message.code]))
    assert "3 thôn, bản, khu phố, 300 hộ, 1 nơi có loa" in shown
    assert "100 hộ, có loa" in shown
    assert shown.count("100 hộ, chưa có loa") == 2
    assert f"Loa: có ở 1/3 thôn, bản, khu phố: {cast.villages[0].name}." in shown


def test_who_signs_reads_before_it_where_nobody_will_hear_it(cast: Cast) -> None:
    make_device(cast.villages[0])
    release = make_request(cast)
    shown = shown_to(cast.approver_one, reverse("releases:release", args=[release.pk]))
    assert "Loa: có ở 1/3 thôn, bản, khu phố" in shown
    assert f"Chưa có loa ở: {cast.villages[1].name}, {cast.villages[2].name}." in shown
