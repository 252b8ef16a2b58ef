# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from loa.campaigns.actions import remove
from loa.campaigns.models import Activity, Campaign, Inspection
from loa.campaigns.seeing.tests.factories import fill
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.config import clock
from loa.people.models import Role
from loa.people.tests.factories import Cast, make_cast, make_member, make_organisation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # 10:00 in Hà Nội, a Tuesday
TODAY = date(2026, 11, 24)
NAMES = (
    "dau-moi",
    "trang-thai",
    "tien-do",
    "lich",
    "ban-do",
    "ma-tran",
    "khoi-luong",
    "cap-duoi",
    "giao-ban",
)
LISTS = tuple(name for name in NAMES if name not in {"cap-duoi", "giao-ban"})


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    return make_campaign(cast.organisation, key="dai-hoi")


@pytest.fixture
def viewer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.viewer)
    return client


def text(client: Client, path: str = "", **options: Any) -> str:
    with clock.frozen(NOW):
        answer = client.get(f"/chien-dich/dai-hoi/{path}", **options)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_plan_says_so_and_what_comes_next(viewer: Client, campaign: Campaign, name: str) -> None:
    page = text(viewer, f"{name}/")
    if name in LISTS and name != "lich":
        assert "Chưa có đầu mối nào" in page
    assert "Trễ hạn</" not in page


@pytest.mark.parametrize("name", ["trang-thai", "tien-do", "ban-do", "ma-tran", "khoi-luong"])
def test_a_filter_that_keeps_nothing_offers_everything(
    viewer: Client, cast: Cast, campaign: Campaign, name: str
) -> None:
    fill(campaign, cast, 3)
    page = text(viewer, f"{name}/?kenh=flags")
    assert "Không đầu mối nào khớp bộ lọc" in page
    assert "Kênh: treo cờ, băng rôn" in page


@pytest.mark.parametrize("name", NAMES)
def test_more_rows_ask_the_database_no_more_often(
    viewer: Client, cast: Cast, campaign: Campaign, name: str
) -> None:
    fill(campaign, cast, 15)
    text(viewer, f"{name}/")  # what a process reads once
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            text(viewer, f"{name}/")
        counts.append(len(queries))
        fill(campaign, cast, 30)
    assert counts[0] == counts[1] <= 20


def test_the_first_page_asks_at_most_thirty_times_and_lists_a_few(
    viewer: Client, cast: Cast, campaign: Campaign
) -> None:
    fill(campaign, cast, 15)
    text(viewer)
    sizes, counts = [], []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page = text(viewer)
        sizes.append(page.count("/dau-moi/"))
        counts.append(len(queries))
        fill(campaign, cast, 60)
    assert counts[0] == counts[1] <= 30
    assert sizes[1] < sizes[0] + 15


def test_the_first_page_says_what_is_late_who_answers_and_what_comes(
    viewer: Client, cast: Cast, campaign: Campaign
) -> None:
    fill(campaign, cast, 6)
    page = text(viewer)
    assert "Trước đại hội, 01/11–09/12" in page
    assert "giai đoạn này còn 15 ngày" in page
    assert 'href="/chien-dich/dai-hoi/dau-moi/?xem=late">2 trễ</a>' in page
    assert "Trễ 2 ngày" in page
    assert "Phạm Văn Đầu" in page
    assert "27/11" in page
    assert '<div id="phu-' in page


def test_the_first_pages_bars_come_by_themselves(viewer: Client, cast: Cast, campaign: Campaign) -> None:
    fill(campaign, cast, 1)
    message = campaign.key_messages.get()
    page = text(viewer, f"do-phu/?tren={message.pk}", headers={"HX-Request": "true"})
    assert "<html" not in page
    assert f'id="phu-{message.pk}" hx-swap-oob="true"' in page
    assert "Bầu trực tiếp" in text(viewer, "do-phu/")


def test_a_silent_plan_is_not_called_on_time(viewer: Client, cast: Cast, campaign: Campaign) -> None:
    make_activity(campaign, cast.head_post)
    for name in ("", "giao-ban/"):
        page = text(viewer, name)
        assert "Không việc nào trễ" not in page


def test_unfinished_work_stands_first_and_the_head_of_a_column_sorts(
    viewer: Client, cast: Cast, campaign: Campaign
) -> None:
    make_activity(campaign, cast.head_post, "Đã xong từ lâu", due=date(2026, 9, 1), state="verified")
    make_activity(campaign, cast.head_post, "Còn phải làm", due=date(2026, 12, 1))
    page = text(viewer, "dau-moi/")
    assert page.index("Còn phải làm") < page.index("Đã xong từ lâu")
    page = text(viewer, "dau-moi/?sap-xep=han")
    assert page.index("Còn phải làm") > page.index("Đã xong từ lâu")


def test_a_table_of_many_is_read_page_by_page_with_its_filter_kept(
    viewer: Client, cast: Cast, campaign: Campaign
) -> None:
    fill(campaign, cast, 120)
    page = text(viewer, "dau-moi/?xem=open&trang=2")
    assert "51–96 trong 96" in page
    assert 'href="?xem=open&amp;trang=1"' in page
    assert "51–96 trong 96" in text(viewer, "dau-moi/?xem=open&trang=99")


def test_the_gantt_draws_work_and_many_as_their_groups_first(
    viewer: Client, cast: Cast, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(campaign, cast, 6)
    first = campaign.activities.first()
    assert first is not None
    first.needs.add(make_activity(campaign, cast.head_post, "Xin giấy phép", due=TODAY))
    page = text(viewer, "tien-do/")
    assert "chờ: Xin giấy phép" in page
    assert page.count("gantt-bar gantt-late") >= 2
    monkeypatch.setattr("loa.campaigns.seeing.gantt.ALL_AT_ONCE", 3)
    grouped = text(viewer, "tien-do/?nhom=co-quan")
    assert "Việc 0" not in grouped
    assert f"?co-quan={cast.organisation.pk}&amp;nhom=co-quan" in grouped
    assert "Việc 1" in text(viewer, f"tien-do/?nhom=co-quan&co-quan={cast.organisation.pk}")


def test_a_month_shows_a_few_of_each_day_days_off_and_inspections(
    viewer: Client, cast: Cast, campaign: Campaign
) -> None:
    for number in range(7):
        make_activity(campaign, cast.head_post, f"Treo cờ {number}", due=date(2027, 2, 5))
    Inspection.objects.create(campaign=campaign, title="Điểm treo cờ", planned_on=date(2027, 2, 9))
    page = text(viewer, "lich/?thang=2027-02")
    assert "Xem cả 7 việc" in page
    assert "?han=2027-02-05" in page
    assert "Kiểm tra: Điểm treo cờ" in page
    assert "Tết" in page  # 6 February 2027 is the first day of the lunar year
    assert "Treo cờ 6" not in page
    for wrong in ("9999-12", "x", "2026-13", ""):
        assert "Tháng 11/2026" in text(viewer, f"lich/?thang={wrong}")
    assert "Hạn: 05/02/2027" in text(viewer, "dau-moi/?han=2027-02-05")


def test_the_wall_has_a_way_out_but_no_controls_and_renews_itself(
    viewer: Client, cast: Cast, campaign: Campaign
) -> None:
    fill(campaign, cast, 6)
    page = text(viewer, "giao-ban/")
    inside = page[page.index("<main") : page.index("</main>")]
    assert not any(control in inside for control in ("<button", "<input", "<form"))
    assert 'class="wall-out" href="/chien-dich/dai-hoi/"' in inside
    assert 'data-refresh-every="60"' in inside
    fragment = text(viewer, "giao-ban/", headers={"HX-Request": "true"})
    assert "<html" not in fragment
    assert 'id="wall"' in fragment


def test_the_wall_counts_what_it_has_no_room_for(viewer: Client, cast: Cast, campaign: Campaign) -> None:
    for number in range(6):
        make_activity(campaign, cast.head_post, f"Việc {number}", due=date(2026, 11, 1))
    page = text(viewer, "giao-ban/")
    assert page.count("wall-when of-late") == 5
    assert "và 1 việc nữa" in page


def test_a_province_sees_each_commune_and_a_commune_only_itself(client: Client, cast: Cast) -> None:
    province = make_organisation(cast.province, "UBND tỉnh")
    top = make_campaign(province, "Kế hoạch tỉnh", key="dai-hoi")
    own = make_campaign(cast.organisation, "Kế hoạch xã", upper=top)
    other = make_campaign(cast.other_organisation, "Kế hoạch xã bạn", upper=top)
    make_activity(own, cast.head_post, "Việc của xã")
    make_activity(other, None, "Việc của xã bạn", organisation=cast.other_organisation)
    client.force_login(make_member(province, Role.VIEWER))
    above = text(client, "cap-duoi/")
    assert "Kế hoạch xã bạn" in above
    assert "2 đầu mối" in above
    client.force_login(cast.viewer)
    for name in ("", *(f"{name}/" for name in NAMES)):
        page = text(client, name)
        assert "xã bạn" not in page
        assert cast.other_organisation.name not in page
    assert "Việc của xã" in text(client, "dau-moi/")
    assert "phần của địa bàn bạn" in text(client, "dau-moi/")
    assert "không tìm thấy" in text(client, f"dau-moi/?co-quan={cast.other_organisation.pk}")
    assert "xã bạn" not in text(client, f"dau-moi/?cap={other.key}")


def test_deleted_work_is_on_no_page(viewer: Client, cast: Cast, campaign: Campaign) -> None:
    kept = make_activity(campaign, cast.head_post, "Còn lại", due=TODAY)
    gone = make_activity(campaign, cast.head_post, "Đã xóa đi", due=TODAY)
    remove(actor=None, row=gone)
    assert Activity.objects.get() == kept
    for name in ("", *(f"{name}/" for name in NAMES)):
        assert "Đã xóa đi" not in text(viewer, name)
