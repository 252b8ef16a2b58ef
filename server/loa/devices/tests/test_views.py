# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages about devices, for each role and the outsider."""

from datetime import timedelta

import pytest
from django.urls import reverse

from loa.airtime.tests.factories import make_placement, make_release
from loa.config import clock
from loa.deliveries.models import StillOut
from loa.devices import queries
from loa.devices.intake import take_heartbeats, take_log
from loa.devices.models import Device, Incident
from loa.devices.queries import Now
from loa.devices.tests.factories import NOW, make_beat, make_device, make_enrolment, make_planned_rows
from loa.people.tests.factories import make_cast
from loa_protocol.wire import PlayLogBatch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def device(cast):
    return make_device(cast.villages[0], "Cụm loa nhà văn hóa")


@pytest.fixture
def keeper(client, cast):
    client.force_login(cast.device_keeper)
    return client


ROLES = {
    "device_keeper": (200, 200),
    "administrator": (200, 403),
    "editor": (200, 403),
    "viewer": (200, 403),
    "outsider": (404, 403),
}


@pytest.mark.parametrize("who", ROLES)
def test_who_may_see_and_who_may_add(client, cast, device, who):
    client.force_login(getattr(cast, who))
    seen, added = ROLES[who]
    assert client.get(reverse("devices:device", args=[device.pk])).status_code == seen
    assert client.get(reverse("devices:add")).status_code == added
    assert client.get(reverse("devices:approve", args=[make_enrolment().pk])).status_code == added


def test_a_stranger_is_sent_to_sign_in(client, device):
    for name, args in [("listing", []), ("device", [device.pk]), ("listen", [device.pk]), ("add", [])]:
        assert client.get(reverse(f"devices:{name}", args=args)).status_code == 302


def test_the_outsider_sees_none_of_our_devices(client, cast, device):
    client.force_login(cast.outsider)
    assert device.name not in client.get(reverse("devices:listing")).content.decode()
    assert client.get(reverse("devices:listen", args=[device.pk])).status_code == 404
    for name in ("rename", "retire"):
        assert client.post(reverse(f"devices:{name}", args=[device.pk]), {"name": "x"}).status_code == 404


def test_the_sentence_counts_states_and_silence_is_unknown(keeper, cast, device):
    silent, lost = make_device(cast.villages[1], "Cụm im"), make_device(cast.villages[2], "Cụm mất tin")
    release = make_release(cast.organisation, cast.editor, [cast.commune])
    placement = make_placement(release, [cast.commune], NOW - timedelta(seconds=10))
    take_heartbeats(
        [make_beat(device, playing_item=str(placement.pk)), make_beat(silent), make_beat(lost)],
        now=NOW - timedelta(seconds=2),
    )
    Device.objects.get(pk=lost.pk).status.delete()
    page = keeper.get(reverse("devices:listing")).content.decode()
    for words in ("1 cụm đang kêu", "1 im", "1 không rõ", "Theo lịch, 3 cụm phải kêu"):
        assert words in page
    found = {one.device.name: (one.now, one.playing) for one in queries.devices_for(cast.device_keeper)}
    assert found == {
        device.name: (Now.SOUNDING, True),
        "Cụm im": (Now.SILENT, False),
        "Cụm mất tin": (Now.UNKNOWN, False),
    }


def test_without_news_for_longer_than_a_beat_and_a_half_it_is_unknown(cast, device):
    take_heartbeats([make_beat(device)], now=NOW - timedelta(seconds=14))
    (one,) = queries.devices_for(cast.viewer)
    assert one.now is Now.SOUNDING
    (one,) = queries.devices_for(cast.viewer, now=NOW + timedelta(seconds=1))
    assert one.now is Now.UNKNOWN


def test_only_those_that_need_a_look(keeper, cast, device):
    well = make_device(cast.villages[1], "Cụm khỏe")
    take_heartbeats([make_beat(well)], now=NOW)
    page = keeper.get(reverse("devices:listing"), {"xem": "can"}).content.decode()
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert device.name in table
    assert well.name not in table


def test_the_list_makes_as_many_queries_for_thirty_devices_as_for_one(
    keeper, cast, device, django_assert_max_num_queries
):
    for number in range(30):
        one = make_device(cast.villages[number % 3], f"Cụm {number}")
        take_heartbeats([make_beat(one)], now=NOW)
    with django_assert_max_num_queries(20):
        assert keeper.get(reverse("devices:listing")).status_code == 200


def test_an_htmx_request_gets_the_fragment_alone(keeper, device):
    page = keeper.get(reverse("devices:listing"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert 'hx-swap-oob="true"' in page


def test_the_page_of_a_device_says_what_it_holds_and_refused(
    keeper, cast, device, django_assert_max_num_queries
):
    release = make_release(cast.organisation, cast.editor, [cast.commune], title="Lịch tiêm chủng")
    take_heartbeats([make_beat(device, holding=[str(release.pk), "x"])], now=NOW)
    rows = make_planned_rows(device, 2, release=release, outcome="refused", reason="expired")
    take_log(PlayLogBatch(device_id=str(device.pk), rows=rows), now=NOW)
    with django_assert_max_num_queries(20):
        page = keeper.get(reverse("devices:device", args=[device.pk])).content.decode()
    assert page.count("Lịch tiêm chủng") >= 3
    assert "tin đã hết hạn phát" in page


def test_a_browser_gets_what_it_needs_to_listen_to_this_commune_alone(keeper, cast, device):
    answer = keeper.get(reverse("devices:listen", args=[device.pk]))
    assert set(answer.json()) == {"url", "jwt", "seed", "subject"}
    assert cast.commune.code in answer.json()["subject"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_device_is_added_by_its_code(keeper, cast):
    waiting = make_enrolment(code="WXYZ-6789")
    wrong = keeper.post(reverse("devices:add"), {"code": "AAAA-AAAA"})
    assert wrong.status_code == 400
    assert "Không có thiết bị nào đang chờ với mã này" in wrong.content.decode()
    found = keeper.post(reverse("devices:add"), {"code": " wxyz 6789"})
    assert found.url == reverse("devices:approve", args=[waiting.pk])
    form = {"village": cast.villages[1].code, "name": "Cụm loa đầu thôn", "is_test": "on"}
    incomplete = keeper.post(found.url, {**form, "village": ""})
    assert "Chọn nơi đặt loa." in incomplete.content.decode()
    keeper.post(found.url, form)
    made = Device.objects.get()
    assert (made.name, made.village, made.is_test) == ("Cụm loa đầu thôn", cast.villages[1], True)
    assert keeper.get(found.url).url == reverse("devices:device", args=[made.pk])


def test_a_device_may_be_refused_renamed_and_retired(keeper, cast, device, monkeypatch):
    monkeypatch.setattr("loa.config.messaging.revoke_device", lambda key: None)
    waiting = make_enrolment()
    keeper.post(reverse("devices:refuse", args=[waiting.pk]))
    waiting.refresh_from_db()
    assert waiting.refused_at == NOW
    keeper.post(reverse("devices:rename", args=[device.pk]), {"name": "Tên mới"})
    assert keeper.post(reverse("devices:rename", args=[device.pk]), {"name": ""}).status_code == 400
    keeper.post(reverse("devices:retire", args=[device.pk]))
    device.refresh_from_db()
    assert (device.name, device.state) == ("Tên mới", "retired")


def test_an_incident_is_closed_by_a_keeper(client, cast, device):
    incident = Incident.objects.create(device=device, kind="refused", reason="expired", opened_at=NOW)
    address = reverse("devices:close_incident", args=[incident.pk])
    client.force_login(cast.outsider)
    assert client.post(address).status_code == 404
    client.force_login(cast.editor)
    assert client.post(address).status_code == 403
    client.force_login(cast.device_keeper)
    client.post(address)
    incident.refresh_from_db()
    assert incident.closed_at == NOW


def test_what_changes_something_takes_no_get(keeper, device):
    for name in ("rename", "retire"):
        assert keeper.get(reverse(f"devices:{name}", args=[device.pk])).status_code == 405


def test_the_rail_counts_what_needs_a_look(cast, device):
    assert queries.count_to_look_at(cast.device_keeper, NOW) == 1
    take_heartbeats([make_beat(device)], now=NOW)
    assert queries.count_to_look_at(cast.device_keeper, NOW) == 0
    assert queries.count_to_look_at(cast.outsider, NOW + timedelta(hours=1)) == 0


def test_a_place_that_cannot_say_so_itself_is_confirmed_by_hand_with_a_word_on_how(client, cast, device):
    release = make_release(cast.organisation, cast.editor, [cast.commune], title="Lịch cũ")
    place = StillOut.objects.create(
        release_id=release.pk, channel="loudspeaker", place_key=str(device.pk), place_name=device.name,
        village=device.village, since=NOW, silent_by=NOW + timedelta(days=6),
    )  # fmt: skip
    address = reverse("devices:confirm_gone", args=[place.pk])
    for who, status in (("outsider", 404), ("editor", 403)):
        client.force_login(getattr(cast, who))
        assert client.post(address, {"note": "đã rút nguồn"}).status_code == status
    client.force_login(cast.device_keeper)
    page = client.get(reverse("devices:device", args=[device.pk])).content.decode()
    assert "có thể còn giữ tin đã thu hồi “Lịch cũ”" in page
    assert address in page
    assert client.post(address, {"note": ""}).status_code == 409
    client.post(address, {"note": "đã rút nguồn"})
    place.refresh_from_db()
    assert place.confirmed_by.endswith("đã rút nguồn")
