# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages: what each person is shown and refused, what the page says, and how many queries it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loa.airtime.tests.factories import make_placement
from loa.areas.models import Area
from loa.config import clock
from loa.devices.tests.factories import make_device
from loa.messages.actions import new_revision
from loa.messages.tests.factories import make_revision
from loa.people.models import Person
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.releases.models import Release, ReleaseState, SigningKey
from loa.releases.rules import UNLOCK_ATTEMPTS
from loa.releases.tests.factories import make_heard, make_key, make_passkey, make_release, make_request, sign
from loa.voice.tests.factories import make_spoken

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(name: str, release: Release) -> str:
    return reverse(f"releases:{name}", args=[release.pk])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_list_shows_an_approver_what_waits_and_an_editor_what_she_sent(cast: Cast) -> None:
    release = make_request(cast)
    shown = text(as_person(cast.approver_one).get("/duyet/"))
    assert "1 tin chờ bạn nghe và ký." in shown
    assert "Tạo khóa ký" in shown
    assert address("release", release) in shown
    assert "Bạn đã gửi" in text(as_person(cast.editor).get("/duyet/"))
    assert "Bạn không phải người duyệt" in text(as_person(cast.viewer).get("/duyet/"))


def test_the_page_says_what_a_signature_permits(cast: Cast) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    shown = text(as_person(cast.approver_one).get(address("release", release)))
    for words in (
        release.revision.title,
        "Bà con sẽ nghe",
        "Bản sẽ phát nếu đủ chữ ký",
        "Chỉ nghe hết đúng bản này mới tính là đã nghe trước khi ký",
        "3 thôn, bản, khu phố của xã Đầm Hà",
        "khoảng 300 hộ ở 3 thôn",
        "tối đa 2 lần mỗi ngày ở một nơi",
        "Kế hoạch của Tỉnh ủy",
        "Nguyễn Thị Hậu viết, sửa hoặc gửi nên không được ký.",
        "chỗ đọc khác chữ viết: “19h30”",
        "Chữ ký yếu: khóa do máy chủ giữ",
        "Bạn, Trần Thế Ước",
        "Nghe hết một lần rồi mới ký được.",
    ):
        assert words in shown, words
    assert 'name="password"' not in shown


def test_hearing_opens_the_signature_and_two_of_them_release(cast: Cast) -> None:
    release = make_request(cast)
    for person in (cast.approver_one, cast.approver_two):
        make_key(person)
        client = as_person(person)
        heard = reverse("voice:heard", args=[release.sound.sha256])
        assert client.post(heard).status_code == 204
        assert 'name="password"' in text(client.get(address("release", release)))
        answer = client.post(address("sign", release), {"password": PASSWORD}, follow=True)
        is_first = person == cast.approver_one
        assert (f"(1/2). Còn chờ {cast.approver_two.full_name}." in text(answer)) is is_first
        assert ("Đã ghi chữ ký của bạn. Đủ 2/2: tin được duyệt" in text(answer)) is not is_first
    release.refresh_from_db()
    assert release.state == ReleaseState.RELEASED
    assert "đã ký" in text(as_person(cast.viewer).get(address("release", release)))


def test_a_wrong_password_is_said_on_the_page_and_signs_nothing(cast: Cast) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    make_heard(cast.approver_one, release.sound)
    answer = as_person(cast.approver_one).post(address("sign", release), {"password": "sai"})
    assert answer.status_code == 403
    assert "Sai mật khẩu, chưa ký gì." in text(answer)
    assert not release.signatures.exists()


def test_whoever_wrote_it_reads_why_she_may_not_sign(cast: Cast) -> None:
    release = make_request(cast)
    client = as_person(cast.editor)
    answer = client.post(address("sign", release), {"password": PASSWORD})
    assert answer.status_code == 409
    assert "Bạn không phải người duyệt" in text(answer)
    assert not release.signatures.exists()


def test_returning_keeps_the_typed_reason_when_refused_and_shows_it_when_taken(cast: Cast) -> None:
    release = make_request(cast)
    client = as_person(cast.approver_one)
    refused = client.post(address("return_release", release), {"reason": "dài " * 600})
    assert refused.status_code == 400
    assert "dài dài" in text(refused)
    returned = client.post(address("return_release", release), {"reason": "Sai ngày họp"}, follow=True)
    assert "Đã trả lại. Người viết được báo" in text(returned)
    assert "Sai ngày họp" in text(as_person(cast.editor).get(address("release", release)))


def test_a_key_is_made_on_its_page(cast: Cast) -> None:
    client = as_person(cast.approver_one)
    assert client.post("/duyet/khoa/", {"password": "sai"}).status_code == 403
    assert "Gõ mật khẩu của bạn." in text(client.post("/duyet/khoa/", {"password": ""}))
    assert client.post("/duyet/khoa/", {"password": PASSWORD}).status_code == 302
    assert SigningKey.objects.get().person == cast.approver_one
    assert "Bạn có một khóa" in text(client.get("/duyet/khoa/"))


def form(cast: Cast, zones: list[Area], **changes: Any) -> dict[str, Any]:
    today = timezone.localtime(clock.now()).date()
    return {
        "scope": "some",
        "zones": [zone.code for zone in zones],
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=2)).isoformat(),
        "priority_class": "normal",
        "repeat_limit": "2",
        **changes,
    }


def test_sending_asks_for_release_in_whole_local_days(cast: Cast) -> None:
    revision = make_revision(cast)
    make_spoken(revision)
    client = as_person(cast.editor)
    where = reverse("releases:submit", args=[revision.message.code])
    assert "Cả xã Đầm Hà" in text(client.get(where))
    answer = client.post(where, form(cast, cast.villages[:2]))
    release = Release.objects.get()
    assert answer.headers["Location"] == address("release", release)
    end = timezone.localtime(release.not_after)
    assert (end.hour, end.minute) == (0, 0)
    assert end.date() == timezone.localtime(clock.now()).date() + timedelta(days=3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"zones": []}, "Chưa chọn nơi phát"),
        ({"last_day": "2020-01-01"}, "Ngày kết thúc trước ngày bắt đầu"),
        ({"last_day": "hôm nay"}, "Không có ngày này"),
        ({"last_day": "9999-12-31"}, "Thời hạn dài quá một năm"),
        ({"repeat_limit": "99"}, "Chọn từ 1 đến 48"),
        ({"repeat_limit": "0"}, "Ghi ít nhất 1 lần"),
        ({"repeat_limit": ""}, "Ghi số lần"),
        ({"first_day": ""}, "Chọn ngày bắt đầu"),
        ({"repeat_limit": "nhiều"}, "Ghi một số"),
        ({"zones": ["22"]}, "Không có nơi mã 22"),
        ({"scope": "all"}, "mà lại đánh dấu 1 nơi."),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field_and_the_rest_is_kept(
    cast: Cast, changes: dict[str, Any], words: str
) -> None:
    revision = make_revision(cast)
    make_spoken(revision)
    where = reverse("releases:submit", args=[revision.message.code])
    answer = as_person(cast.editor).post(
        where, {**form(cast, cast.villages[:1], priority_class="priority"), **changes}
    )
    assert answer.status_code == 400
    assert words in text(answer)
    assert 'value="priority"' in text(answer)
    assert not Release.objects.exists()


def test_everything_that_is_wrong_is_said_at_once_in_vietnamese(cast: Cast) -> None:
    revision = make_revision(cast)
    make_spoken(revision)
    where = reverse("releases:submit", args=[revision.message.code])
    wrong = form(cast, cast.villages[:1], scope="all", last_day="2020-01-01", repeat_limit="")
    shown = text(as_person(cast.editor).post(where, wrong))
    assert "Có 3 chỗ cần sửa" in shown
    assert "Ở đâu: Đang chọn “Cả xã Đầm Hà” mà lại đánh dấu 1 nơi" in shown
    assert "Scope" not in shown
    assert "Ở đâu: Chọn cả địa bàn" in text(as_person(cast.editor).post(where, {**wrong, "scope": ""}))


def test_adding_a_source_keeps_what_was_chosen(cast: Cast) -> None:
    revision = make_revision(cast, sources=[])
    make_spoken(revision)
    client = as_person(cast.editor)
    where = reverse("releases:submit", args=[revision.message.code])
    assert 'name="them-nguon"' in text(client.get(where))
    chosen = form(cast, cast.villages[1:2], priority_class="priority", repeat_limit="7")
    to_sources = client.post(where, {**chosen, "them-nguon": "1"}).headers["Location"]
    words = client.get(to_sources).context["form"].initial
    typed = {**words, "organisation": words["organisation"].pk, "sources": "Kế hoạch 12", "key_messages": []}
    back = client.post(to_sources, typed).headers["Location"]
    assert back.startswith(f"{where}?")
    shown = text(client.get(back))
    assert f'value="{cast.villages[1].code}" checked' in shown
    assert 'value="some" checked' in shown
    assert f'value="{cast.villages[0].code}" checked' not in shown
    assert 'value="7"' in shown
    assert 'name="them-nguon"' not in shown


@pytest.mark.parametrize("name", ["sign", "return_release"])
def test_the_address_that_a_refused_form_leaves_leads_back_to_the_release(cast: Cast, name: str) -> None:
    release = make_request(cast)
    answer = as_person(cast.approver_one).get(address(name, release))
    assert answer.headers["Location"] == address("release", release)


def test_an_empty_password_is_asked_for_and_costs_no_attempt(cast: Cast) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    make_heard(cast.approver_one, release.sound)
    client = as_person(cast.approver_one)
    for _time in range(UNLOCK_ATTEMPTS + 1):
        assert "Gõ mật khẩu của bạn." in text(client.post(address("sign", release), {"password": ""}))
    assert client.post(address("sign", release), {"password": PASSWORD}).status_code == 302


def test_who_sent_it_takes_it_back_and_an_approver_returns_it(cast: Cast) -> None:
    release = make_request(cast)
    assert "Trả lại, nêu lý do" in text(as_person(cast.approver_one).get(address("release", release)))
    client = as_person(cast.editor)
    shown = text(client.get(address("release", release)))
    assert "Rút lại yêu cầu" in shown
    assert "Trả lại" not in shown
    client.post(address("return_release", release), {"reason": "Gửi nhầm bản"})
    assert "Đã rút lại" in text(client.get(address("release", release)))


def test_withdrawing_names_the_reason_and_leads_to_the_message(cast: Cast) -> None:
    release = make_release(cast)
    client = as_person(cast.approver_one)
    assert "Chưa nơi nào giữ tin này" in text(client.get(address("withdraw", release)))
    refused = client.post(address("withdraw", release), {"reason": "Đổi lịch", "password": "sai"})
    assert refused.status_code == 403
    assert "Đổi lịch" in text(refused)
    answer = client.post(address("withdraw", release), {"reason": "Đổi lịch", "password": PASSWORD})
    assert answer.headers["Location"] == reverse("console:message", args=[release.revision.message.code])
    release.refresh_from_db()
    assert release.state == ReleaseState.WITHDRAWN
    shown = text(client.get(answer.headers["Location"]))
    assert "Đã thu hồi. Không nơi nào còn giữ tin này." in shown


def test_with_a_passkey_the_password_is_the_weaker_way_in_a_fold(cast: Cast) -> None:
    release = make_release(cast)
    make_passkey(cast.approver_one)
    shown = text(as_person(cast.approver_one).get(address("withdraw", release)))
    assert shown.count("button-danger-filled") == 1
    assert "Thu hồi bằng khóa truy cập" in shown
    fold = shown.split("<summary>Thu hồi bằng mật khẩu, yếu hơn</summary>")[1].split("</details>")[0]
    assert 'name="password"' in fold


@pytest.mark.parametrize(
    ("hours", "words"),
    [(2, "Dừng ở mọi nơi. Còn 2 nơi giữ tin."), (-2, "Không phát lại ở đâu nữa. Còn 2 nơi giữ tin.")],
)
def test_withdrawing_what_is_over_stops_nothing_and_says_so(cast: Cast, hours: int, words: str) -> None:
    for village in cast.villages[:2]:
        make_device(village)
    release = make_release(cast)
    make_placement(release, cast.villages, clock.now() + timedelta(hours=hours))
    assert words in text(as_person(cast.approver_one).get(address("withdraw", release)))


def test_after_withdrawing_the_number_of_places_told_to_stop_is_said(cast: Cast) -> None:
    devices = [make_device(village) for village in cast.villages[:2]]
    release = make_release(cast)
    make_placement(release, cast.villages, clock.now() + timedelta(hours=2))
    answers = {"reason": "Đổi lịch", "password": PASSWORD}
    answer = as_person(cast.approver_one).post(address("withdraw", release), answers, follow=True)
    assert f"Đã thu hồi. {len(devices)} nơi được lệnh dừng; trang của tin ghi nơi nào đã xác nhận." in text(
        answer
    )


def test_the_second_signature_of_an_emergency_withdrawal_needs_no_new_reason(cast: Cast) -> None:
    release = make_release(cast, priority_class="emergency")
    as_person(cast.approver_one).post(address("withdraw", release), {"reason": "Nhầm", "password": PASSWORD})
    second = as_person(cast.approver_two)
    assert "Nhầm" in text(second.get(address("withdraw", release)))
    assert second.post(address("withdraw", release), {"password": PASSWORD}).status_code == 302
    release.refresh_from_db()
    assert release.state == ReleaseState.WITHDRAWN


def test_an_ended_release_says_why_and_what_replaced_it(cast: Cast) -> None:
    release = make_release(cast, priority_class="emergency")
    client = as_person(cast.approver_one)
    client.post(address("withdraw", release), {"reason": "Nhầm xã", "password": PASSWORD})
    assert "Đang chờ ký thu hồi" in text(client.get(address("release", release)))
    second = as_person(cast.approver_two)
    assert "Chờ ký thu hồi" in text(second.get("/duyet/"))
    second.post(address("withdraw", release), {"password": PASSWORD})
    assert "Đã thu hồi" in text(client.get(address("release", release)))
    first = make_release(cast)
    later = make_release(cast, revision=new_revision(actor=cast.editor, message=first.revision.message))
    shown = text(client.get(address("release", first)))
    assert "Bản sau đã thay bản này" in shown
    assert address("release", later) in shown


def test_a_request_that_replaces_a_released_revision_says_so(cast: Cast) -> None:
    first = make_release(cast)
    revision = new_revision(actor=cast.editor, message=first.revision.message)
    later = make_request(cast, revision=revision)
    shown = text(as_person(cast.approver_one).get(address("release", later)))
    assert "Bản 1 dừng ở mọi nơi khi đủ chữ ký" in shown


@pytest.mark.parametrize("name", ["release", "sign", "return_release", "withdraw"])
def test_an_outsider_finds_nothing(cast: Cast, name: str) -> None:
    release = make_request(cast)
    client = as_person(cast.outsider)
    answer = (
        client.get(address(name, release))
        if name in {"release", "withdraw"}
        else client.post(address(name, release), {"password": PASSWORD, "reason": "x"})
    )
    assert answer.status_code == 404
    where = reverse("releases:submit", args=[release.revision.message.code])
    assert client.get(where).status_code == 404


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/duyet/khoa/", {"approver_one", "approver_two", "outsider"}), ("/tin/viet/", {"editor", "outsider"})],
)
def test_pages_of_a_role_are_refused_to_others(cast: Cast, path: str, allowed: set[str]) -> None:
    for name, person in cast.people.items():
        assert as_person(person).get(path).status_code == (200 if name in allowed else 403), name


def test_pages_cost_few_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    release = make_request(cast)
    for _number in range(4):
        make_request(cast)
    sign(cast.approver_two, release)
    make_key(cast.approver_one)
    client = as_person(cast.approver_one)
    with django_assert_max_num_queries(20):
        client.get("/duyet/")
    with django_assert_max_num_queries(20):
        client.get(address("release", release))


def test_who_may_not_withdraw_reads_who_can(cast: Cast) -> None:
    release = make_release(cast)
    names = " hoặc ".join(sorted([cast.approver_one.full_name, cast.approver_two.full_name]))
    assert f"Ký được ngay: {names}." in text(as_person(cast.viewer).get(address("withdraw", release)))


def test_the_second_of_an_emergency_withdrawal_is_named_to_the_first(cast: Cast) -> None:
    release = make_release(cast, priority_class="emergency")
    client = as_person(cast.approver_one)
    client.post(address("withdraw", release), {"reason": "Nhầm", "password": PASSWORD})
    assert f"Ký được ngay: {cast.approver_two.full_name}." in text(client.get(address("withdraw", release)))


@pytest.mark.parametrize(("name", "place"), [("withdraw", "messages"), ("release", "releases")])
def test_what_is_done_to_a_message_belongs_to_the_messages(cast: Cast, name: str, place: str) -> None:
    release = make_release(cast)
    answer = as_person(cast.approver_one).get(address(name, release))
    assert answer.context["frame"].here == place


def test_the_page_of_what_is_withdrawn_says_so_and_leads_back(cast: Cast) -> None:
    release = make_release(cast)
    client = as_person(cast.approver_one)
    client.post(address("withdraw", release), {"reason": "Đổi ngày họp", "password": PASSWORD})
    shown = text(client.get(address("withdraw", release)))
    for words in ("Đã thu hồi “", "Đổi ngày họp", "Tin này đã thu hồi.", "Về trang của tin"):
        assert words in shown, words
    assert "<form" not in shown.split('id="main"')[1].split("</main>")[0]


def test_a_wrong_answer_at_withdrawing_stands_beside_its_field(cast: Cast) -> None:
    release = make_release(cast)
    client = as_person(cast.approver_one)
    shown = text(client.post(address("withdraw", release), {"reason": "", "password": PASSWORD}))
    assert 'href="#id_reason"' in shown
    shown = text(client.post(address("withdraw", release), {"reason": "Đổi lịch", "password": "sai"}))
    assert 'href="#id_password"' in shown
