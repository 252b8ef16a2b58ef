# SPDX-License-Identifier: AGPL-3.0-or-later
"""The calendar and the page of a placement, for each role and the outsider."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from loa.airtime.actions import set_rule
from loa.airtime.forms import MomentForm
from loa.airtime.models import AirtimeRule, Placement
from loa.airtime.tests.factories import FIVE, NOON, make_placement, make_programme, make_release
from loa.airtime.week import SHOWN_CLASHES, bands_of, monday_of, week
from loa.audit.models import Entry
from loa.config import clock
from loa.deliveries.tests.factories import make_delivery
from loa.jobs.models import OutboxEntry
from loa.people.tests.factories import make_cast, make_person
from loa.releases.models import Withdrawal

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def placement(cast):
    release = make_release(cast.organisation, cast.editor, [cast.commune], title="Lịch cắt điện")
    return make_placement(release, [cast.commune])


@pytest.fixture
def editor(client, cast):
    client.force_login(cast.editor)
    return client


def hours(bands):
    return [(band.start, band.end, band.is_open) for band in bands]


def test_a_day_is_cut_into_allowed_hours_and_what_lies_between():
    assert hours(bands_of([("05:30", "06:30"), ("17:00", "18:00")])) == [
        (time(0), time(5, 30), False),
        (time(5, 30), time(6, 30), True),
        (time(6, 30), time(17), False),
        (time(17), time(18), True),
        (time(18), None, False),
    ]


def test_windows_that_touch_are_one_and_long_ones_are_cut_for_reading():
    assert hours(bands_of([("00:00", "12:00"), ("11:00", "24:00")])) == [
        (time(0), time(6), True),
        (time(6), time(12), True),
        (time(12), time(18), True),
        (time(18), None, True),
    ]


def test_every_placement_of_the_week_is_in_it_once(cast):
    release = make_release(cast.organisation, cast.editor, [cast.commune])
    for number in range(-3, 10):
        make_placement(release, [cast.commune], FIVE + timedelta(days=number))
    found = week(cast.commune, monday_of(TUESDAY), NOON)
    slots = [slot for row in found.drawn.rows for cell in row.cells for slot in cell]
    assert len(slots) == found.count == 7
    assert sorted(slot.start for slot in slots) == sorted(
        one.starts_at
        for one in Placement.objects.filter(starts_at__range=("2026-11-22T17:00Z", "2026-11-29T17:00Z"))
    )


def test_what_is_over_is_played_by_proof_and_unknown_without(cast, placement):
    second = make_placement(placement.release, [cast.villages[0]], FIVE + timedelta(minutes=5))
    make_delivery(cast.villages[0], placement_id=placement.pk, due_at=FIVE)
    found = week(cast.commune, monday_of(TUESDAY), FIVE + timedelta(hours=2))
    states = {slot.url: slot.state for day in found.drawn.days for slot in day.slots}
    assert states[reverse("airtime:placement", args=[placement.pk])] == "played"
    assert states[reverse("airtime:placement", args=[second.pk])] == "unknown"


def test_what_sounded_stays_so_after_a_withdrawal_and_what_lies_ahead_is_withdrawn(cast, placement):
    release = placement.release
    ahead = make_placement(release, [cast.commune], FIVE + timedelta(days=1))
    silent = make_placement(release, [cast.villages[0]], FIVE + timedelta(minutes=50))
    unheard = make_placement(release, [cast.villages[0]], FIVE + timedelta(minutes=5))
    make_delivery(cast.villages[0], placement_id=placement.pk, due_at=FIVE)
    make_delivery(
        cast.villages[0], placement_id=silent.pk, due_at=silent.starts_at, outcome="refused", sequence=2
    )
    Withdrawal.objects.create(
        release=release, reason="sai", statement=b"{}", requested_by=cast.editor, requested_at=FIVE,
        effective_at=FIVE + timedelta(minutes=30),
    )  # fmt: skip
    release.state = "withdrawn"
    release.save(update_fields=["state"])
    found = week(cast.commune, monday_of(TUESDAY), FIVE + timedelta(hours=2))
    looks = {slot.url: slot.state for day in found.drawn.days for slot in day.slots}
    expected = {placement: "played", ahead: "withdrawn", silent: "withdrawn", unheard: "unknown"}
    assert looks == {reverse("airtime:placement", args=[one.pk]): state for one, state in expected.items()}
    assert found.count == len(looks)


def test_a_round_that_narrower_hours_rule_out_is_marked_and_said_after_saving(client, cast, placement):
    client.force_login(cast.administrator)
    address = reverse("airtime:rules", args=[cast.commune.code])
    typed = {"normal-windows": "5h30-6h30", "normal-minutes_per_day": "90", "normal-volume_cap": "80"}
    page = client.post(address, typed | {"priority_class": "normal"}, follow=True).content.decode()
    assert "1 lượt đã đặt nay nằm ngoài giờ được phát" in page
    link = f"{reverse('airtime:calendar')}?xa={cast.commune.code}&amp;tuan=2026-11-24"
    assert f'<a href="{link}">' in page
    (slot,) = [one for day in week(cast.commune, monday_of(TUESDAY), NOON).drawn.days for one in day.slots]
    assert (slot.state, slot.note) == ("clash", "ngoài giờ")
    assert "1 lượt ngoài giờ được phát" in client.get(reverse("airtime:calendar")).content.decode()


def test_clashes_are_shown_with_a_time_for_either(editor, cast, placement):
    other = make_release(cast.organisation, cast.editor, [cast.commune], title="Lịch tiêm chủng")
    second = make_placement(other, [cast.commune], FIVE + timedelta(seconds=30))
    page = editor.get(reverse("airtime:calendar")).content.decode()
    assert "1 chỗ trùng cần chọn" in page
    assert "hai tin cùng đòi loa ở 3 thôn" in page
    editor.post(reverse("airtime:move", args=[second.pk]), {"date": "2026-11-24", "time": "17:01"})
    assert "trùng cần chọn" not in editor.get(reverse("airtime:calendar")).content.decode()


def test_the_rules_and_their_note_are_shown(editor, cast):
    set_rule(actor=cast.administrator, zone=cast.commune, priority_class="normal",
             windows=[("00:00", "24:00")], minutes_per_day=1440, note="demo: mọi giờ")  # fmt: skip
    page = editor.get(reverse("airtime:calendar")).content.decode()
    assert "Giờ được phát loa: mọi giờ (demo: mọi giờ)" in page


def test_the_calendar_needs_few_queries(editor, cast, django_assert_max_num_queries):
    for number in range(40):
        release = make_release(cast.organisation, cast.editor, [cast.commune])
        make_placement(release, cast.villages, FIVE + timedelta(hours=number))
    with django_assert_max_num_queries(20):
        assert editor.get(reverse("airtime:calendar")).status_code == 200


def test_many_clashes_need_no_more_queries_than_one(editor, cast, django_assert_max_num_queries):
    for number in range(12):
        release = make_release(cast.organisation, cast.editor, [cast.commune], title=f"Tin {number}")
        make_placement(release, cast.villages, FIVE + timedelta(seconds=20 * number))
    with django_assert_max_num_queries(20):
        page = editor.get(reverse("airtime:calendar")).content.decode()
    assert page.count("hai tin cùng đòi loa") == SHOWN_CLASHES


@pytest.mark.parametrize("query", ["?tuan=never", "?tuan=2026-12-31", "?kenh=loudspeaker", "?kenh=x"])
def test_an_odd_address_shows_a_week(editor, query):
    assert editor.get(reverse("airtime:calendar") + query).status_code == 200


def test_a_commune_of_others_looks_as_if_it_were_not_there(editor, cast):
    address = reverse("airtime:calendar")
    assert editor.get(address, {"xa": cast.other_commune.code}).status_code == 404
    assert editor.get(address, {"xa": cast.commune.code}).status_code == 200


def test_who_has_no_role_is_told_so(client):
    client.force_login(make_person())
    assert "chưa được giao vai trò" in client.get(reverse("airtime:calendar")).content.decode()


@pytest.mark.parametrize(
    ("who", "seen", "moved"),
    [("editor", 200, 302), ("viewer", 200, 403), ("device_keeper", 200, 403), ("outsider", 404, 404)],
)
def test_who_may_see_move_and_cancel(client, cast, placement, who, seen, moved):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("airtime:placement", args=[placement.pk])).status_code == seen
    typed = {"date": "2026-11-24", "time": "17:30:05"}
    assert client.post(reverse("airtime:move", args=[placement.pk]), typed).status_code == moved
    newest = Placement.objects.filter(cancelled_at=None).get()
    assert client.post(reverse("airtime:cancel", args=[newest.pk])).status_code == moved


def test_a_refused_move_keeps_the_old_time_and_proposes_another(editor, placement):
    answer = editor.post(
        reverse("airtime:move", args=[placement.pk]), {"date": "2026-11-24", "time": "20:30"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Lúc 20:30 xã không cho phát loa" in page
    assert "Lượt cũ vẫn giữ nguyên" in page
    assert "Đã bỏ" not in page
    assert "sang 05:30" in page


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("17:02", "17:02:00"), ("17:02:30", "17:02:30"), ("1702", "17:02:00"), ("170230", "17:02:30"),
     ("19h30", "19:30:00"), ("5h55", "05:55:00"), ("05.55", "05:55:00"), ("5.55", "05:55:00"),
     ("19 H 30", "19:30:00"), ("19h", "19:00:00")],
)  # fmt: skip
def test_hours_may_be_typed_as_people_write_them(typed, meant):
    form = MomentForm({"date": "2026-11-24", "time": typed})
    assert form.is_valid()
    assert form.cleaned_data["time"].isoformat() == meant


def test_a_form_that_is_not_filled_says_what_is_missing(editor, placement):
    page = editor.post(reverse("airtime:move", args=[placement.pk]), {"time": "sáng"}).content.decode()
    assert "Chọn ngày." in page
    assert "Giờ viết như 17:02" in page


@pytest.mark.parametrize("typed", ["25:99", "24:00", "12:60", "2599", "12:00:61"])
def test_a_time_that_does_not_exist_has_a_sentence_of_its_own(typed):
    form = MomentForm({"date": "2026-11-24", "time": typed})
    assert form.errors["time"] == ["Không có giờ này. Giờ từ 0 đến 23, phút và giây từ 00 đến 59."]


def test_a_placement_of_a_withdrawn_release_offers_no_change_and_is_refused_as_it_is(editor, placement):
    end(placement, FIVE - timedelta(minutes=5))
    page = editor.get(reverse("airtime:placement", args=[placement.pk])).content.decode()
    assert "Đã thu hồi" in page
    assert "Dời lượt này" not in page
    assert "Bỏ lượt này" not in page
    typed = {"date": "2026-11-24", "time": "17:30"}
    answer = editor.post(reverse("airtime:move", args=[placement.pk]), typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "đã thu hồi nên không đặt lịch được" in page
    assert "vẫn giữ nguyên" not in page
    assert "Đã bỏ" not in page


def end(placement, at):
    """Withdraw the placement's release at a moment, as a row."""
    release = placement.release
    release.state = "withdrawn"
    release.save(update_fields=["state"])
    values = {"reason": "Đổi ngày", "statement": b"", "requested_at": at, "effective_at": at}
    Withdrawal.objects.create(release=release, requested_by=release.submitted_by, **values)


def test_a_round_that_sounded_keeps_its_badge_when_the_message_is_withdrawn_later(editor, cast, placement):
    make_delivery(cast.villages[0], placement_id=placement.pk, due_at=FIVE)
    end(placement, FIVE + timedelta(minutes=20))
    with clock.frozen(FIVE + timedelta(hours=1)):
        shown = editor.get(reverse("airtime:placement", args=[placement.pk])).content.decode()
    assert "Đã phát" in shown
    assert "badge-withdrawn" not in shown
    assert "sau khi lượt này đã qua" in shown


def test_a_round_that_a_withdrawal_called_off_says_so(editor, placement):
    end(placement, FIVE - timedelta(minutes=20))
    with clock.frozen(FIVE + timedelta(hours=1)):
        shown = editor.get(reverse("airtime:placement", args=[placement.pk])).content.decode()
    assert "badge-withdrawn" in shown
    assert "trước lượt này nên loa không phát" in shown


def test_the_page_shows_what_each_loudspeaker_did_with_its_proof(editor, cast, placement):
    page = reverse("airtime:placement", args=[placement.pk])
    assert "Kết quả ở từng loa" not in editor.get(page).content.decode()
    with clock.frozen(FIVE + timedelta(hours=1)):
        assert "Chưa loa nào báo về." in editor.get(page).content.decode()
        make_delivery(cast.villages[0], placement_id=placement.pk, due_at=FIVE, place_name="Cụm loa đình")
        shown = editor.get(page).content.decode()
    assert "Cụm loa đình" in shown
    assert "Đã phát" in shown
    assert "thiết bị tự báo" in shown


def test_a_moved_round_is_one_round_audited_and_published_anew(editor, cast, placement):
    OutboxEntry.objects.all().delete()
    answer = editor.post(
        reverse("airtime:move", args=[placement.pk]), {"date": "2026-11-24", "time": "17:30"}, follow=True
    )
    assert "Đã dời sang 17:30." in answer.content.decode()
    (moved,) = Placement.objects.filter(cancelled_at=None)
    assert (moved.release, moved.starts_at) == (placement.release, FIVE + timedelta(minutes=30))
    written = Entry.objects.order_by("pk").values_list("action", flat=True)
    assert list(written)[-2:] == ["airtime.cancel", "airtime.place"]
    assert OutboxEntry.objects.filter(topic="publish", key=cast.commune.code).exists()


def test_a_cancelled_placement_is_not_moved_to_a_second_life(editor, placement):
    editor.post(reverse("airtime:cancel", args=[placement.pk]))
    typed = {"date": "2026-11-24", "time": "17:30"}
    assert editor.post(reverse("airtime:move", args=[placement.pk]), typed).status_code == 409
    assert not Placement.objects.filter(cancelled_at=None).exists()


def test_a_stranger_is_sent_to_sign_in(client, placement):
    assert client.get(reverse("airtime:calendar")).status_code == 302
    assert client.get(reverse("airtime:placement", args=[placement.pk])).status_code == 302


class TestRulesPage:
    @pytest.fixture
    def address(self, cast):
        return reverse("airtime:rules", args=[cast.commune.code])

    def typed(self, **fields):
        values = {
            "windows": "5h30-6:30, 17h – 18h",
            "minutes_per_day": "90",
            "volume_cap": "80",
            "note": "QĐ 12",
        }
        return {"priority_class": "normal"} | {
            f"normal-{name}": value for name, value in (values | fields).items()
        }

    @pytest.mark.parametrize(
        ("who", "status"), [("administrator", 200), ("editor", 403), ("viewer", 403), ("outsider", 404)]
    )
    def test_who_may_open_it(self, client, cast, address, who, status):
        client.force_login(getattr(cast, who))
        assert client.get(address).status_code == status
        assert client.post(address, self.typed()).status_code == (302 if status == 200 else status)

    def test_the_settings_lead_to_it(self, client, cast, address):
        client.force_login(cast.administrator)
        assert f'href="{address}"' in client.get(reverse("people_settings:index")).content.decode()

    def test_hours_are_taken_as_people_write_them(self, client, cast, address):
        client.force_login(cast.administrator)
        client.post(address, self.typed())
        rule = AirtimeRule.objects.get()
        assert rule.windows == [["05:30", "06:30"], ["17:00", "18:00"]]
        assert (rule.minutes_per_day, rule.volume_cap, rule.note) == (90, 80, "QĐ 12")
        assert "05:30–06:30, 17:00–18:00" in client.get(address).content.decode()

    @pytest.mark.parametrize(
        "fields",
        [{"windows": "sáng"}, {"windows": "18:00-17:00"}, {"windows": ""}, {"windows": "06:00-25:00"},
         {"minutes_per_day": "2000"}, {"volume_cap": ""}, {"volume_cap": "0"}],
    )  # fmt: skip
    def test_what_makes_no_sense_is_refused_beside_its_field(self, client, cast, address, fields):
        client.force_login(cast.administrator)
        answer = client.post(address, self.typed(**fields))
        assert answer.status_code == 400
        assert "field-wrong" in answer.content.decode()
        assert not AirtimeRule.objects.exists()


class TestCopy:
    def copy(self, client, cast, source="2026-11-24", target="2026-11-26"):
        address = reverse("airtime:copy_day", args=[cast.commune.code])
        return client.post(address, {"source": source, "target": target}, follow=True).content.decode()

    def test_a_day_is_copied_at_its_local_times(self, editor, cast, placement):
        make_placement(placement.release, [cast.villages[0]], FIVE + timedelta(minutes=9), volume=60)
        assert "Đã chép 2 lượt." in self.copy(editor, cast)
        copied = Placement.objects.filter(starts_at__gte=FIVE + timedelta(days=1)).order_by("starts_at")
        assert [(one.starts_at, one.volume) for one in copied] == [
            (FIVE + timedelta(days=2), 80), (FIVE + timedelta(days=2, minutes=9), 60),
        ]  # fmt: skip
        assert [list(one.zones.all()) for one in copied] == [[cast.commune], [cast.villages[0]]]

    def test_copying_twice_places_nothing_twice_and_says_why(self, editor, cast, placement):
        self.copy(editor, cast)
        page = self.copy(editor, cast)
        assert "Đã chép 0 lượt." in page
        assert "Chưa chép “Lịch cắt điện”: Lúc 17:00 loa còn phát" in page
        assert Placement.objects.count() == 2

    def test_what_a_programme_placed_is_not_copied(self, editor, cast, placement):
        programme = make_programme(cast.commune, [placement.release], recurrence="FREQ=WEEKLY;BYDAY=TU")
        Placement.objects.update(programme=programme, programme_day=TUESDAY, programme_slot=0)
        assert "Đã chép 0 lượt." in self.copy(editor, cast)

    def test_a_round_that_also_aims_elsewhere_is_left_to_who_may(self, editor, cast):
        release = make_release(cast.organisation, cast.editor, [cast.province], title="Toàn tỉnh")
        make_placement(release, [cast.province])
        assert "Chưa chép “Toàn tỉnh”" in self.copy(editor, cast)
        assert Placement.objects.count() == 1

    def test_the_same_day_twice_is_refused(self, editor, cast, placement):
        assert "Chọn hai ngày khác nhau" in self.copy(editor, cast, target="2026-11-24")
        assert Placement.objects.count() == 1


def test_holidays_are_named_in_the_week(editor, cast):
    page = editor.get(f"{reverse('airtime:calendar')}?tuan=2027-01-01").content.decode()
    assert "Tết Dương lịch" in page


def test_only_what_lies_ahead_in_the_commune_alone_can_be_dragged(cast, placement):
    everywhere = make_release(cast.organisation, cast.editor, [cast.province])
    make_placement(everywhere, [cast.province], FIVE + timedelta(minutes=30))
    make_placement(placement.release, [cast.commune], NOON - timedelta(hours=1))
    found = week(cast.commune, monday_of(TUESDAY), NOON, may_move=True)
    urls = [slot.move_url for day in found.drawn.days for slot in day.slots if slot.move_url]
    assert urls == [reverse("airtime:move", args=[placement.pk])]


def test_what_was_dragged_leads_back_to_the_week(editor, cast, placement):
    response = editor.post(
        reverse("airtime:move", args=[placement.pk]),
        {"date": "2026-11-25", "time": "17:00:00", "back": cast.commune.code},
    )
    assert response.url == f"{reverse('airtime:calendar')}?xa={cast.commune.code}&tuan=2026-11-23"
