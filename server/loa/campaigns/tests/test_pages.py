# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from loa.campaigns.models import Activity, Campaign, KeyMessage
from loa.campaigns.tests.factories import make_activity, make_campaign, make_key_message, make_phase
from loa.config import clock
from loa.people.tests.factories import Cast, make_cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # 10:00 in Hà Nội


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    return make_campaign(cast.organisation, key="dai-hoi")


@pytest.fixture
def planner(client: Client, cast: Cast) -> Client:
    client.force_login(cast.planner)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def activity_fields(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {"title": "Phát loa hằng ngày", "accountable_post": cast.head_post.pk, **fields}


def test_an_empty_list_says_what_to_do_next_to_whom(planner: Client, cast: Cast) -> None:
    assert "Lập chiến dịch" in text(planner.get("/chien-dich/"))
    planner.force_login(cast.viewer)
    page = text(planner.get("/chien-dich/"))
    assert "Chưa có chiến dịch nào" in page
    assert "Lập chiến dịch" not in page


def test_a_campaign_is_begun_through_the_form_and_listed(planner: Client, cast: Cast) -> None:
    typed = {
        "title": "Mùa mưa bão",
        "event_name": "Bão số 5",
        "organisation": cast.organisation.pk,
        "legal_basis": "Kế hoạch 05/KH-UBND\r\n\r\nChỉ thị 03",
    }
    answer = planner.post("/chien-dich/lap/moi/", typed)
    assert answer["Location"] == "/chien-dich/mua-mua-bao/ke-hoach/"
    documents = Campaign.objects.get().legal_documents.all()
    assert [document.citation for document in documents] == ["Kế hoạch 05/KH-UBND", "Chỉ thị 03"]
    assert "Mùa mưa bão" in text(planner.get("/chien-dich/"))


def test_a_list_line_names_the_phase_and_what_is_late(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    make_phase(campaign, "before", date(2026, 7, 26), date(2026, 12, 9), name="Trước đại hội")
    make_activity(campaign, cast.head_post, due=date(2026, 11, 23))
    with clock.frozen(NOW):
        page = text(planner.get("/chien-dich/"))
    assert "Trước đại hội, còn 15 ngày." in page
    assert "1 trễ" in page


def test_activities_show_who_answers_and_a_vacant_post_as_vacant(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    make_activity(campaign, cast.head_post, "Mở chuyên trang", due=date(2026, 11, 18))
    make_activity(campaign, cast.vacant_post, "Treo cờ", organisation=cast.office)
    with clock.frozen(NOW):
        page = text(planner.get("/chien-dich/dai-hoi/dau-moi/"))
    assert page.count("person-accountable") == 1
    assert page.count("person-vacant") == 1
    assert "Phạm Văn Đầu" in page
    assert "Trễ 6 ngày" in page
    assert "1 chưa ghi hạn" in page


def test_work_without_due_dates_is_not_called_on_time(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    make_activity(campaign, cast.head_post)
    assert "Không việc nào trễ" not in text(planner.get("/chien-dich/dai-hoi/dau-moi/"))


def test_a_filter_in_the_address_narrows_the_table(planner: Client, cast: Cast, campaign: Campaign) -> None:
    make_activity(campaign, cast.head_post, "Mở chuyên trang", due=date(2026, 11, 18))
    make_activity(campaign, cast.head_post, "Treo cờ", due=date(2026, 12, 1))
    with clock.frozen(NOW):
        page = text(planner.get("/chien-dich/dai-hoi/dau-moi/?xem=late"))
        assert "Không đầu mối nào khớp" in text(planner.get("/chien-dich/dai-hoi/dau-moi/?xem=done"))
    assert "Mở chuyên trang" in page
    assert "Treo cờ" not in page


def test_a_fragment_holds_the_table_alone(planner: Client, cast: Cast, campaign: Campaign) -> None:
    make_activity(campaign, cast.head_post, "Mở chuyên trang")
    page = text(planner.get("/chien-dich/dai-hoi/dau-moi/", headers={"HX-Request": "true"}))
    assert "Mở chuyên trang" in page
    assert "<html" not in page


def test_an_activity_is_added_and_edited_through_its_form(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    message = make_key_message(campaign)
    typed = activity_fields(
        cast,
        due="2026-12-01",
        channels=["loudspeaker", "portal"],
        key_messages=[message.pk],
        areas=[cast.villages[0].pk],
    )
    assert planner.post("/chien-dich/dai-hoi/dau-moi/them/", typed).status_code == 302
    activity = Activity.objects.get()
    assert (activity.due, activity.channels) == (date(2026, 12, 1), ["loudspeaker", "portal"])
    address = f"/chien-dich/dai-hoi/dau-moi/{activity.pk}/sua/"
    page = text(planner.get(address))
    assert 'value="2026-12-01"' in page
    planner.post(
        address, activity_fields(cast, title="Phát loa buổi chiều", accountable_post=cast.vacant_post.pk)
    )
    activity.refresh_from_db()
    assert (activity.title, activity.organisation, activity.due) == ("Phát loa buổi chiều", cast.office, None)


@pytest.mark.parametrize(
    ("posts", "sentence"),
    [
        ([], "Chọn một chức danh chịu trách nhiệm."),
        (["head", "vacant"], "Chỉ một chức danh chịu trách nhiệm."),
    ],
)
def test_a_form_with_no_post_or_two_is_refused(
    planner: Client, cast: Cast, campaign: Campaign, posts: list[str], sentence: str
) -> None:
    keys = {"head": cast.head_post.pk, "vacant": cast.vacant_post.pk}
    typed = activity_fields(cast, accountable_post=[keys[name] for name in posts])
    page = text(planner.post("/chien-dich/dai-hoi/dau-moi/them/", typed))
    assert sentence in page
    assert 'value="Phát loa hằng ngày"' in page
    assert not Activity.objects.exists()


def test_an_activity_moves_on_by_its_buttons_and_nonsense_changes_nothing(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    activity = make_activity(campaign, cast.head_post)
    address = f"/chien-dich/dai-hoi/dau-moi/{activity.pk}/"
    assert "Bắt đầu làm" in text(planner.get(address))
    for state in ("in_progress", "nonsense", ""):
        planner.post(f"{address}trang-thai/", {"state": state})
    activity.refresh_from_db()
    assert activity.state == "in_progress"
    refused = planner.post(f"{address}trang-thai/", {"state": "verified"})
    assert refused.status_code == 409
    assert "không chuyển sang" in text(refused)


def test_a_reader_without_the_right_sees_no_buttons_and_cannot_post(
    client: Client, cast: Cast, campaign: Campaign
) -> None:
    activity = make_activity(campaign, cast.head_post)
    client.force_login(cast.editor)
    page = text(client.get(f"/chien-dich/dai-hoi/dau-moi/{activity.pk}/"))
    assert "Sửa đầu mối" not in page
    assert "Bắt đầu làm" not in page
    answer = client.post(f"/chien-dich/dai-hoi/dau-moi/{activity.pk}/trang-thai/", {"state": "in_progress"})
    assert answer.status_code == 403


def test_key_messages_say_when_the_plan_is_silent_and_are_edited(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    planner.post("/chien-dich/dai-hoi/thong-diep/them/", {"text": "Bầu trực tiếp bí thư cấp ủy"})
    message = KeyMessage.objects.get()
    assert "1 chưa ghi mỗi thôn cần nghe mấy lần" in text(planner.get("/chien-dich/dai-hoi/thong-diep/"))
    planner.post(
        f"/chien-dich/dai-hoi/thong-diep/{message.pk}/", {"text": "Bầu trực tiếp", "wanted_per_week": "3"}
    )
    message.refresh_from_db()
    assert (message.text, message.wanted_per_week) == ("Bầu trực tiếp", 3)


def test_a_phase_is_added_without_dates_and_gets_them_later(planner: Client, campaign: Campaign) -> None:
    planner.post("/chien-dich/dai-hoi/ke-hoach/giai-doan/", {"name": "Trong đại hội"})
    phase = campaign.phases.get()
    assert "chưa định ngày" in text(planner.get("/chien-dich/dai-hoi/ke-hoach/"))
    address = f"/chien-dich/dai-hoi/ke-hoach/giai-doan/{phase.pk}/"
    backwards = {"name": "Trong đại hội", "start": "2026-12-10", "end": "2026-12-09"}
    assert "Chọn từ 10/12/2026 trở đi" in text(planner.post(address, backwards))
    planner.post(address, {**backwards, "end": "2026-12-12"})
    phase.refresh_from_db()
    assert (phase.start, phase.end) == (date(2026, 12, 10), date(2026, 12, 12))
