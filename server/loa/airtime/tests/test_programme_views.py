# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of programmes and groups of villages."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from loa.airtime.models import Programme, ZoneGroup
from loa.airtime.tests.factories import FIVE, NOON, make_group, make_placement, make_programme, make_release
from loa.config import clock
from loa.people.models import Role
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
    return make_release(cast.organisation, cast.editor, [cast.commune], title="Lịch cắt điện")


@pytest.fixture
def editor(client, cast):
    client.force_login(cast.editor)
    return client


def typed(release, **fields):
    return {
        "name": "Bản tin chiều", "zone": "", "weekdays": ["1", "3"], "time": "17h02", "first_day": "2026-11-24",
        "last_day": "", "messages": [release.revision.message.code], "per_round": "1", "volume": "70",
        "jingle": "", "chime": "", **fields,
    }  # fmt: skip


def test_a_programme_is_made_by_its_form_and_its_rounds_are_shown(editor, cast, release):
    address = reverse("airtime:make_programme", args=[cast.commune.code])
    assert "Lịch cắt điện" in editor.get(address).content.decode()
    page = editor.post(address, typed(release), follow=True).content.decode()
    programme = Programme.objects.get()
    assert (programme.recurrence, programme.volume) == ("FREQ=WEEKLY;BYDAY=TU,TH", 70)
    assert "17:02:00, Ba, Năm" in page
    first = programme.placements.earliest("starts_at")
    assert reverse("airtime:placement", args=[first.pk]) in page
    listed = editor.get(reverse("airtime:programmes", args=[cast.commune.code])).content.decode()
    assert "Bản tin chiều" in listed


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"weekdays": []}, "Chọn ít nhất một ngày trong tuần"), ({"messages": []}, "Chọn ít nhất một tin"),
     ({"last_day": "2026-11-01"}, "Ngày cuối phải từ ngày đầu trở đi"), ({"time": "25h"}, "Giờ từ 0 đến 23")],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_made(editor, cast, release, fields, words):
    response = editor.post(
        reverse("airtime:make_programme", args=[cast.commune.code]), typed(release, **fields)
    )
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Programme.objects.exists()


def test_the_form_of_a_change_shows_what_is_and_keeps_messages_that_ran_out(editor, cast, release):
    over = make_release(cast.organisation, cast.editor, [cast.commune], title="Hết hạn", state="withdrawn")
    programme = make_programme(
        cast.commune, [over, release], recurrence="FREQ=WEEKLY;BYDAY=SA;UNTIL=20261231"
    )
    address = reverse("airtime:change_programme", args=[programme.pk])
    form = editor.get(address).context["form"]
    assert form.initial["messages"] == [one.revision.message.code for one in (over, release)]
    assert (form.initial["weekdays"], form.initial["last_day"]) == ([5], date(2026, 12, 31))
    assert editor.post(address, typed(release)).status_code == 302
    assert programme.placements.count() == 4


def test_a_silent_day_is_shown_with_its_reason(editor, cast, release):
    make_placement(release, [cast.commune], FIVE)
    programme = make_programme(cast.commune, [release])
    page = editor.get(reverse("airtime:programme", args=[programme.pk])).content.decode()
    assert "Không phát: loa bận tin khác đến 17:01." in page


def test_an_ended_programme_is_gone_from_the_list_and_says_so_itself(editor, cast, release):
    programme = make_programme(cast.commune, [release])
    listed = editor.post(reverse("airtime:end_programme", args=[programme.pk]), follow=True).content.decode()
    assert programme.name not in listed
    page = editor.get(reverse("airtime:programme", args=[programme.pk])).content.decode()
    assert "Đã dừng" in page
    assert "Sửa chương trình" not in page


def test_a_group_is_made_and_changed_by_its_form(editor, cast):
    codes = [one.code for one in cast.villages]
    editor.post(
        reverse("airtime:make_group", args=[cast.commune.code]), {"name": "Ven biển", "villages": codes[:1]}
    )
    group = ZoneGroup.objects.get()
    address = reverse("airtime:change_group", args=[group.pk])
    assert editor.get(address).context["form"].initial["villages"] == codes[:1]
    page = editor.post(address, {"name": "Ven sông", "villages": codes[1:]}, follow=True).content.decode()
    assert "Ven sông" in page
    assert set(group.villages.all()) == set(cast.villages[1:])


def test_a_name_that_is_taken_is_refused_beside_its_field(editor, cast):
    make_group(cast.commune, cast.villages, "Ven biển")
    response = editor.post(
        reverse("airtime:make_group", args=[cast.commune.code]),
        {"name": "Ven biển", "villages": [cast.villages[0].code]},
    )
    assert "Đã có nhóm thôn tên này" in response.content.decode()


def test_who_only_sees_finds_no_button(client, cast, release):
    client.force_login(cast.viewer)
    programme = make_programme(cast.commune, [release])
    for name, argument in (("programmes", cast.commune.code), ("programme", programme.pk)):
        page = client.get(reverse(f"airtime:{name}", args=[argument])).content.decode()
        assert "Lập chương trình" not in page
        assert "Dừng chương trình" not in page


def test_the_province_has_no_page_of_programmes(client, cast):
    client.force_login(make_member(make_organisation(cast.province, "Sở"), Role.EDITOR, "so"))
    assert client.get(reverse("airtime:programmes", args=[cast.province.code])).status_code == 404


def test_a_programme_stops_coming_after_its_last_day(editor, cast, release):
    editor.post(
        reverse("airtime:make_programme", args=[cast.commune.code]),
        typed(release, weekdays=[str(day) for day in range(7)], last_day="2026-11-26"),
    )
    days = set(Programme.objects.get().placements.values_list("programme_day", flat=True))
    assert days == {date(2026, 11, 24) + timedelta(days=number) for number in range(3)}
