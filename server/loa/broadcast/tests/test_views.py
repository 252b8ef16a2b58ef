# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page that places a release on loudspeakers."""

from datetime import timedelta

import pytest
from django.urls import reverse

from loa.airtime.models import Placement
from loa.airtime.tests.factories import FIVE, NOON, make_placement, make_release
from loa.config import clock
from loa.devices.tests.factories import make_device
from loa.people.tests.factories import make_cast, make_member, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def release(cast):
    make_device(cast.villages[0])
    return make_release(cast.organisation, cast.editor, cast.villages, repeat_limit=2)


@pytest.fixture
def editor(client, cast):
    client.force_login(cast.editor)
    return client


def address(release):
    return reverse("broadcast:place", args=[release.pk])


def typed(cast, **fields):
    values = {"zones": [cast.villages[0].code], "days": ["2026-11-24"], "time": "17:02:07", "volume": "70"}
    return {**values, **fields}


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 200), ("viewer", 403), ("approver_one", 403), ("outsider", 404)]
)
def test_who_may_open_it(client, cast, release, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(address(release)).status_code == status
    assert client.post(address(release), typed(cast)).status_code == (302 if who == "editor" else status)


def test_it_offers_the_zones_of_the_release_and_the_nearest_time(editor, cast, release):
    page = editor.get(address(release)).content.decode()
    assert all(village.name in page for village in cast.villages)
    assert "Giờ trống gần nhất" in page
    assert 'value="17:00:00"' in page
    assert f"Chưa có loa ở: {cast.villages[1].name}, {cast.villages[2].name}." in page


def test_it_places_on_several_days_to_the_second(editor, cast, release):
    days = ["2026-11-24", "2026-11-25", "2026-11-27"]
    answer = editor.post(address(release), typed(cast, days=days))
    assert answer.status_code == 302
    starts = [one.starts_at for one in Placement.objects.order_by("starts_at")]
    first = FIVE + timedelta(minutes=2, seconds=7)
    assert starts == [first, first + timedelta(days=1), first + timedelta(days=3)]
    assert {one.volume for one in Placement.objects.all()} == {70}
    assert set(Placement.objects.first().zones.all()) == {cast.villages[0]}


def test_when_one_day_cannot_be_had_nothing_is_placed_and_the_nearest_time_is_one_press_away(
    editor, cast, release
):
    other = make_release(cast.organisation, cast.editor, cast.villages, seconds=300, title="Lịch cắt điện")
    make_placement(other, cast.villages, FIVE + timedelta(days=1))
    days = ["2026-11-24", "2026-11-25"]
    answer = editor.post(address(release), typed(cast, days=days))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Chưa đặt lượt nào." in page
    assert "Lịch cắt điện" in page
    assert Placement.objects.filter(release=release).count() == 0
    assert 'value="2026-11-25 2026-11-25T17:05:00"' in page
    pressed = typed(cast, days=days, proposal="2026-11-25 2026-11-25T17:05:00")
    assert editor.post(address(release), pressed).status_code == 302
    assert Placement.objects.filter(release=release).count() == 2


def test_when_every_day_fails_all_of_them_move_as_far(editor, cast, release):
    days = ["2026-11-24", "2026-11-25"]
    page = editor.post(address(release), typed(cast, days=days, time="20:30")).content.decode()
    value = "2026-11-24,2026-11-25 2026-11-25T05:30:00"
    assert f'value="{value}"' in page
    editor.post(address(release), typed(cast, days=days, time="20:30", proposal=value))
    starts = [one.starts_at.isoformat() for one in Placement.objects.order_by("starts_at")]
    assert starts == ["2026-11-24T22:30:00+00:00", "2026-11-25T22:30:00+00:00"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"zones": []}, "Chọn ít nhất một thôn."),
        ({"days": []}, "Chọn ít nhất một ngày."),
        ({"time": ""}, "Chọn giờ."),
        ({"time": "9 giờ"}, "Giờ viết như 17:02"),
        ({"time": "25:99"}, "Không có giờ này."),
        ({"volume": ""}, "Chọn âm lượng từ 10 đến 100."),
        ({"volume": "0"}, "Chọn âm lượng từ 10 đến 100."),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_nothing_is_lost(editor, cast, release, fields, words):
    answer = editor.post(address(release), typed(cast, **fields))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Placement.objects.exists()


def test_only_days_on_which_the_release_may_sound_are_offered(editor, cast):
    midnight = NOON + timedelta(hours=36)  # 26 November begins
    release = make_release(cast.organisation, cast.editor, cast.villages, not_after=midnight)
    page = editor.get(address(release)).content.decode()
    assert 'value="2026-11-25"' in page
    assert 'value="2026-11-26"' not in page


def test_when_nothing_later_is_free_the_earlier_time_of_the_box_is_proposed(editor, cast):
    end = NOON + timedelta(hours=36)
    release = make_release(cast.organisation, cast.editor, cast.villages, not_after=end)
    days = ["2026-11-25"]
    page = editor.post(address(release), typed(cast, days=days, time="20:00")).content.decode()
    assert "Giờ gần nhất: 17:00." in page
    assert "Giờ trống gần nhất: 24/11, 17:00." in page
    assert "không còn giờ nào hợp" not in page


def test_a_day_that_is_full_is_said_and_another_chosen(editor, cast, release):
    for minute in (0, 10):
        make_placement(release, cast.villages, FIVE + timedelta(minutes=minute))
    page = editor.get(address(release)).content.decode()
    assert "Hôm nay đã đủ 2 lần; chọn ngày khác. Đang chọn sẵn Thứ Tư 25/11." in page


def test_the_notice_names_day_and_time_of_each_round(editor, cast, release):
    days = ["2026-11-24", "2026-11-25"]
    page = editor.post(address(release), typed(cast, days=days), follow=True).content.decode()
    assert "Đã đặt 2 lượt phát lúc 17:02:07: Thứ Ba 24/11, Thứ Tư 25/11." in page
    assert 'data-while="released"' in page  # the notice goes when the message is withdrawn
    assert 'data-object-state="released"' in page


@pytest.mark.parametrize("zones", [["06913"], ["22"], ["x"]])
def test_a_zone_that_was_not_offered_is_refused(editor, cast, release, zones):
    assert editor.post(address(release), typed(cast, zones=zones)).status_code == 400


def test_a_withdrawn_release_is_not_placed(editor, cast, release):
    release.state = "withdrawn"
    release.save(update_fields=["state"])
    answer = editor.post(address(release), typed(cast))
    assert answer.status_code == 409
    assert "đã thu hồi" in answer.content.decode()


def test_without_a_zone_of_mine_the_page_says_so(editor, cast):
    release = make_release(cast.organisation, cast.editor, [cast.other_commune])
    assert "Không có nơi nào để đặt" in editor.get(address(release)).content.decode()


def test_the_page_needs_few_queries(editor, cast, release, django_assert_max_num_queries):
    for number in range(20):
        make_placement(release, cast.villages, FIVE + timedelta(days=number))
    with django_assert_max_num_queries(20):
        editor.get(address(release))


def test_a_priority_message_from_above_is_given_its_hour_by_the_commune(client, cast):
    office = make_organisation(cast.province, "Sở Y tế")
    author = make_member(office, "editor", "so-y-te")
    above = make_release(office, author, [cast.province], priority_class="priority")
    normal = make_release(office, author, [cast.province])
    client.force_login(cast.editor)
    assert client.get(reverse("broadcast:place", args=[normal.pk])).status_code == 404
    address = reverse("broadcast:place", args=[above.pk])
    page = client.get(address)
    assert reverse("console:message", args=[above.revision.message.code]) not in page.content.decode()
    offered = page.context["form"].initial
    response = client.post(address, {**offered, "time": "19:00"})
    assert response.url == reverse("airtime:calendar")
    assert set(above.placements.get().zones.all()) == set(cast.villages)
