# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who takes an incident, what was done about it, and who may see or do that."""

from datetime import timedelta

import pytest
from django.urls import reverse

from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.devices.models import Incident
from loa.devices.network.actions import close_incident, note_incident, take_incident
from loa.devices.tests.factories import NOW, make_device
from loa.people.models import Role
from loa.people.tests.factories import make_cast, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def incident(cast):
    device = make_device(cast.villages[0], "Cụm loa chợ")
    return Incident.objects.create(device=device, kind="refused", reason="expired", opened_at=NOW)


def test_it_is_taken_once_and_taken_over(cast, incident):
    for _time in range(2):
        take_incident(actor=cast.device_keeper, incident=incident)
    other = make_member(cast.organisation, Role.DEVICE_KEEPER, "thiet-bi-hai", "Tô Thị Hai")
    taken = take_incident(actor=other, incident=incident)
    assert taken.taken_by == "Tô Thị Hai"
    assert [step.who for step in incident.steps.all()] == [cast.device_keeper.full_name, "Tô Thị Hai"]
    assert Entry.objects.filter(action="devices.take_incident").count() == 2


@pytest.mark.parametrize("act", [take_incident, close_incident, note_incident])
def test_only_who_keeps_the_devices_there_acts(cast, incident, act):
    note = {"note": "đã xem"} if act is note_incident else {}
    with pytest.raises(PermissionDeniedError):
        act(actor=cast.editor, incident=incident, **note)
    assert not incident.steps.exists()


def test_a_closed_one_is_not_taken_and_still_noted(cast, incident):
    close_incident(actor=cast.device_keeper, incident=incident, note="đã thay nguồn")
    with pytest.raises(ConflictError):
        take_incident(actor=cast.device_keeper, incident=incident)
    note_incident(actor=cast.device_keeper, incident=incident, note="nguồn cũ gửi bảo hành")
    with pytest.raises(ConflictError):
        note_incident(actor=cast.device_keeper, incident=incident, note="  ")
    assert [step.note for step in incident.steps.all()] == ["đã thay nguồn", "nguồn cũ gửi bảo hành"]


def test_the_page_shows_the_history_and_keeps_a_refused_note(client, cast, incident):
    client.force_login(cast.device_keeper)
    address = reverse("devices:incident", args=[incident.pk])
    client.post(reverse("devices:take_incident", args=[incident.pk]))
    client.post(reverse("devices:note_incident", args=[incident.pk]), {"note": "đã gọi điện cho trưởng thôn"})
    page = client.get(address).content.decode()
    assert "đã gọi điện cho trưởng thôn" in page
    assert f"{cast.device_keeper.full_name} nhận việc" in page
    answer = client.post(reverse("devices:note_incident", args=[incident.pk]), {"note": "x" * 1001})
    assert answer.status_code == 409
    assert "x" * 1001 in answer.content.decode()
    client.force_login(cast.outsider)
    assert client.get(address).status_code == 404
    client.force_login(cast.viewer)
    assert "Ghi lại" not in client.get(address).content.decode()


def test_the_list_is_filtered_by_state_kind_and_commune(client, cast, incident):
    other = make_device(cast.villages[1], "Cụm loa bến")
    Incident.objects.create(device=other, kind="disk_low", opened_at=NOW - timedelta(hours=1), closed_at=NOW)
    client.force_login(cast.viewer)

    def names(**query):
        page = client.get(reverse("devices:incidents"), query).content.decode()
        return [name for name in ("Cụm loa chợ", "Cụm loa bến") if name in page]

    assert names() == ["Cụm loa chợ"]
    assert names(**{"tinh-trang": "dong"}) == ["Cụm loa bến"]
    assert names(loai="disk_low") == []
    assert names(xa=cast.commune.code) == ["Cụm loa chợ"]
    assert names(xa=cast.other_commune.code) == []
    client.force_login(cast.outsider)
    assert names() == []
