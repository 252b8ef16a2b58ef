# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages: only a POST says anything, what is open stands first, and what is typed wrong comes back."""

import pytest
from django.test import Client
from django.urls import reverse

from loa.config import clock
from loa.notices.models import Answer, Notice, Response, Subscription, Ways
from loa.notices.tests.factories import AUTH, NOW, P256DH, make_notice, make_response
from loa.people.tests.factories import make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def browser(cast):
    client = Client()
    client.force_login(cast.editor)
    with clock.frozen(NOW):
        yield client


def test_looking_at_a_notice_says_nothing(browser, cast):
    notice = make_notice(cast.editor)
    for name in ("notices:notice", "notices:pass_on"):
        assert browser.get(reverse(name, args=[notice.pk])).status_code == 200
    assert not Response.objects.exists()
    assert not Notice.objects.get().is_settled


def test_what_is_open_stands_first_and_the_bell_counts_it(browser, cast):
    make_response(make_notice(cast.editor, "Đã xong"))
    make_notice(cast.editor, "Bình thường")
    make_notice(cast.editor, "Khẩn lắm", is_urgent=True)
    make_notice(cast.planner, "Của người khác")
    text = browser.get(reverse("notices:listing")).content.decode()
    assert text.index("Khẩn lắm") < text.index("Bình thường") < text.index("Đã xong")
    assert "Của người khác" not in text
    assert "2 thông báo chờ bạn" in text
    news = browser.get(reverse("console:frame_news")).content.decode()
    bell = news[news.index('id="count-bell"') :]
    assert bell[: bell.index("</span></span>")].count(">2<") == 1


def test_one_tap_says_that_it_was_received(browser, cast):
    notice = make_notice(cast.editor)
    response = browser.post(reverse("notices:acknowledge", args=[notice.pk]), follow=True)
    assert Response.objects.get().kind == "acknowledge"
    assert "Đã ghi là bạn nhận" in response.content.decode()


def test_a_notice_offers_only_what_it_takes(browser, cast):
    plain = make_notice(cast.editor, answers=["acknowledge"])
    text = browser.get(reverse("notices:notice", args=[plain.pk])).content.decode()
    assert "Chuyển cho…" not in text
    assert "Gửi trả lời" not in text
    assert "Phản đối" not in text
    full = browser.get(reverse("notices:notice", args=[make_notice(cast.editor).pk])).content.decode()
    for words in ("Chuyển cho…", "Gửi trả lời", "Phản đối…"):
        assert words in full


def test_an_answer_is_kept_and_shown(browser, cast):
    notice = make_notice(cast.editor)
    browser.post(reverse("notices:answer", args=[notice.pk]), {"text": "Chiều nay xong."})
    page = browser.get(reverse("notices:notice", args=[notice.pk])).content.decode()
    assert "trả lời" in page
    assert "“Chiều nay xong.”" in page


@pytest.mark.parametrize("name", ["notices:answer", "notices:object_to"])
def test_what_is_too_long_comes_back_as_it_was_typed(browser, cast, name):
    notice = make_notice(cast.editor)
    response = browser.post(reverse(name, args=[notice.pk]), {"text": "dài " * 300})
    assert response.status_code == 400
    assert "dài dài" in response.content.decode()
    assert browser.post(reverse(name, args=[notice.pk]), {"text": ""}).status_code == 400
    assert not Response.objects.exists()


def test_an_objection_needs_its_reason_and_is_written_down(browser, cast):
    notice = make_notice(cast.editor)
    browser.post(reverse("notices:object_to", args=[notice.pk]), {"text": "Sai giờ."})
    assert Response.objects.get().kind == "object"


def test_it_is_passed_on_to_a_colleague_found_by_name(browser, cast):
    notice = make_notice(cast.editor)
    address = reverse("notices:pass_on", args=[notice.pk])
    found = browser.get(address, {"tim": "hoang"}).content.decode()
    assert "Hoàng Thị Lan" in found
    assert "Lê Văn Trị" not in found
    response = browser.post(address, {"to": cast.planner.pk, "text": "Chị xem giúp."}, follow=True)
    assert "Đã chuyển cho Hoàng Thị Lan." in response.content.decode()
    assert Notice.objects.get(person=cast.planner).passed_from == notice


@pytest.mark.parametrize("to", ["", "x", "outsider"])
def test_it_is_passed_to_nobody_else(browser, cast, to):
    notice = make_notice(cast.editor)
    chosen = cast.outsider.pk if to == "outsider" else to
    response = browser.post(reverse("notices:pass_on", args=[notice.pk]), {"to": chosen, "text": "Lời nhắn"})
    assert response.status_code == 400
    assert "Lời nhắn" in response.content.decode()
    assert Notice.objects.count() == 1


def test_a_text_of_a_notice_is_no_markup(browser, cast):
    notice = make_notice(cast.editor, "<b>x</b>", body="<script>1</script>\n\nhai")
    text = browser.get(reverse("notices:notice", args=[notice.pk])).content.decode()
    assert "<script>1" not in text
    assert "<b>x</b>" not in text


def test_the_way_to_be_reached_is_chosen_and_confirmed(browser, cast, settings):
    settings.EMAIL_HOST = "localhost"
    values = {"email": "hau@xa.example", "email_use": "all", "push_use": "urgent"}
    page = browser.post(reverse("notices:ways"), values, follow=True).content.decode()
    assert "chưa được xác nhận" in page
    from loa.notices.actions.reaching import confirmation_token

    token = confirmation_token(Ways.objects.get(person=cast.editor))
    address = reverse("notices:confirm_email")
    assert "Dùng địa chỉ này" in browser.get(address, {"ma": token}).content.decode()
    assert Ways.objects.get(person=cast.editor).email == ""
    browser.post(address, {"ma": token})
    assert Ways.objects.get(person=cast.editor).email == "hau@xa.example"
    assert browser.post(address, {"ma": "x"}).status_code == 400


def test_a_wrong_address_comes_back_with_what_to_do(browser):
    values = {"email": "hau", "email_use": "all", "push_use": "all"}
    response = browser.post(reverse("notices:ways"), values)
    assert response.status_code == 400
    assert "Ghi như" in response.content.decode()


def test_the_page_says_that_there_is_no_mail_server(browser, settings):
    settings.EMAIL_HOST = ""
    assert "chưa gửi được thư" in browser.get(reverse("notices:ways")).content.decode()
    values = {"email": "hau@xa.example", "email_use": "all", "push_use": "all"}
    assert browser.post(reverse("notices:ways"), values).status_code == 409


def test_a_browser_is_let_in_by_a_form_and_let_go_by_another(browser, cast):
    given = {"endpoint": "https://fcm.googleapis.com/fcm/send/1", "p256dh": P256DH, "auth": AUTH}
    agent = "Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari/537.36"
    page = browser.post(reverse("notices:subscribe"), given, follow=True, headers={"user-agent": agent})
    assert "Chrome trên Android" in page.content.decode()
    held = Subscription.objects.get(person=cast.editor)
    browser.post(reverse("notices:end_subscription", args=[held.pk]))
    assert Subscription.objects.get().ended_at == NOW
    for bad in ({}, {**given, "endpoint": "https://example.com/"}):
        browser.post(reverse("notices:subscribe"), bad)
    assert Subscription.objects.count() == 1


def test_the_worker_that_shows_pushes_is_a_script_for_everybody(browser):
    response = Client().get(reverse("notices:push_worker"))
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert b'addEventListener("fetch"' not in response.content


def test_a_link_of_a_letter_leads_to_the_notice_after_signing_in(cast):
    address = reverse("notices:notice", args=[make_notice(cast.editor).pk])
    response = Client().get(address)
    assert response.status_code == 302
    assert response.headers["Location"].endswith(f"?next={address}")


def test_responses_of_every_kind_are_sentences(browser, cast):
    notice = make_notice(cast.editor)
    make_response(notice)
    make_response(notice, Answer.OBJECT, text="Sai.")
    make_response(notice, Answer.PASS_ON, passed_to=cast.planner, text="Nhờ chị.")
    text = browser.get(reverse("notices:notice", args=[notice.pk])).content.decode()
    for words in ("Nguyễn Thị Hậu đã nhận", "phản đối", "chuyển cho Hoàng Thị Lan"):
        assert words in text


@pytest.mark.parametrize("name", ["notice", "acknowledge", "answer", "object_to", "pass_on"])
def test_a_notice_of_another_person_is_not_there(browser, cast, name):
    address = reverse(f"notices:{name}", args=[make_notice(cast.planner).pk])
    ask = browser.get if name == "notice" else browser.post
    assert ask(address, {"text": "x", "to": cast.viewer.pk}).status_code == 404
    assert not Response.objects.exists()
