# SPDX-License-Identifier: AGPL-3.0-or-later
"""Evidence, doubts, comments and inspections at their pages."""

import io
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from loa.campaigns import actions, ports
from loa.campaigns.matching import compare
from loa.campaigns.models import (
    Activity,
    Campaign,
    Comment,
    Evidence,
    Finding,
    Inspection,
    PhotoMatch,
    StoredFile,
)
from loa.campaigns.rules import Deed, Part
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.campaigns.tests.pictures import CANON, cut, exif, jpeg, picture, recoded
from loa.config import clock
from loa.config.errors import PermissionDeniedError
from loa.notices.models import Notice
from loa.people.models import Role
from loa.people.tests.factories import Cast, grant, make_cast, make_post

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # 10:00 in Hà Nội


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    return make_campaign(cast.organisation, key="dai-hoi")


@pytest.fixture
def activity(cast: Cast, campaign: Campaign) -> Activity:
    return make_activity(campaign, cast.head_post, "Treo cờ", state="in_progress")


@pytest.fixture
def head(client: Client, cast: Cast) -> Client:
    """Return the browser of whoever answers for the work, and holds no role but viewer."""
    client.force_login(cast.head)
    return client


@pytest.fixture
def at(activity: Activity) -> str:
    return f"/chien-dich/dai-hoi/dau-moi/{activity.pk}/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def photo(seed: int = 1, name: str = "anh.jpg", **what: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(picture(seed, (400, 300)), **what), "image/jpeg")


def announced(content: bytes, **more: Any) -> dict[str, Any]:
    return {
        "client_key": str(uuid4()),
        "name": "anh.jpg",
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
        **more,
    }


def send(client: Client, url: str, start: int, block: bytes) -> Any:
    return client.post(f"{url}?tu={start}", block, content_type="application/octet-stream")


def test_a_form_without_scripts_says_how_many_files_were_kept_and_which_was_not(
    head: Client, at: str
) -> None:
    bad = SimpleUploadedFile("trang.html", b"<html>")
    page = text(head.post(f"{at}minh-chung/tep/", {"sent": [photo(1), bad, photo(2, "hai.jpg")]}))
    assert "Đã lưu 2/3 tệp." in page
    assert "trang.html: Loại tệp này không nhận." in page
    assert Evidence.objects.count() == 2
    assert head.post(f"{at}minh-chung/tep/", {"sent": [photo(3)]}).status_code == 302


def test_a_photo_goes_on_where_the_server_says_and_is_there_once(head: Client, at: str) -> None:
    content = jpeg(picture(5))
    said = announced(content)
    begun = head.post(f"{at}gui/", said).json()
    assert (begun["is_stored"], begun["received"]) == (False, 0)
    half = len(content) // 2
    assert send(head, begun["url"], 0, content[:half]).json() == {"received": half}
    assert send(head, begun["url"], 0, content[:half]).json() == {"received": half}  # whose answer was lost
    gap = send(head, begun["url"], half + 10, content[half + 10 :])
    assert (gap.status_code, gap.json()["received"]) == (409, half)
    assert head.post(f"{at}gui/", said).json()["received"] == half  # as after the page was closed
    early = head.post(begun["url"], {})
    assert (early.status_code, early.json()["received"]) == (409, half)
    assert not Evidence.objects.exists()
    send(head, begun["url"], half, content[half:])
    done = head.post(begun["url"], {"note": "Ngã ba chợ", "amount": "1,5"}).json()
    assert done["is_stored"]
    kept = Evidence.objects.get()
    assert (kept.note, str(kept.amount), kept.file_name) == ("Ngã ba chợ", "1.50", "anh.jpg")
    assert head.post(f"{at}gui/", said).json() == {"is_stored": True}


@pytest.mark.parametrize("missing", ["client_key", "size", "sha256", "name"])
def test_a_file_that_is_announced_badly_is_refused_in_words(head: Client, at: str, missing: str) -> None:
    said = {name: value for name, value in announced(b"x").items() if name != missing}
    answer = head.post(f"{at}gui/", said)
    assert (answer.status_code, "Thiếu" in answer.json()["message"]) == (400, True)


def test_nobody_sends_into_anothers_upload_or_into_another_activity(
    head: Client, client: Client, at: str, cast: Cast, campaign: Campaign
) -> None:
    begun = head.post(f"{at}gui/", announced(b"x" * 9)).json()
    other = make_activity(campaign, cast.head_post, "Việc khác", state="in_progress")
    elsewhere = begun["url"].replace(at, f"/chien-dich/dai-hoi/dau-moi/{other.pk}/")
    assert send(head, elsewhere, 0, b"x").status_code == 404
    client.force_login(cast.planner)
    answer = send(client, begun["url"], 0, b"x")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_block_that_is_too_large_is_refused_before_it_is_kept(head: Client, at: str) -> None:
    begun = head.post(f"{at}gui/", announced(b"x" * 9)).json()
    answer = send(head, begun["url"], 0, b"x" * 10)
    assert (answer.status_code, answer.json()["code"]) == (400, "plan")


def test_a_photo_is_given_out_without_what_its_camera_wrote(head: Client, at: str) -> None:
    head.post(f"{at}minh-chung/tep/", {"sent": [photo(1, exif=exif(**CANON))]})
    kept = Evidence.objects.get().file
    assert kept is not None
    given = head.get(f"/chien-dich/tep/{kept.sha256}/large/")
    copy = Image.open(io.BytesIO(b"".join(given)))  # type: ignore[arg-type, call-overload]
    assert not copy.getexif()
    assert given["Content-Type"] == "image/jpeg"
    assert "private" in given["Cache-Control"]
    assert head.get(f"/chien-dich/tep/{kept.sha256}/huge/").status_code == 404
    around = text(head.get(f"{at}trao-doi/"))
    assert "Nơi chụp, theo ảnh" in around


def test_the_page_says_what_a_photo_does_not_say(head: Client, at: str) -> None:
    head.post(f"{at}minh-chung/tep/", {"sent": [photo(1)]})
    page = text(head.get(at))
    assert "Ảnh không ghi giờ chụp." in page
    assert "Ảnh không ghi nơi chụp." in page
    assert "Nơi chụp, theo ảnh" not in text(head.get(f"{at}trao-doi/"))


def test_figures_and_links_count_and_the_same_page_counts_once(
    head: Client, activity: Activity, at: str
) -> None:
    Activity.objects.filter(pk=activity.pk).update(quantity=2, unit="tin, bài", evidence_required=["link"])
    page = text(head.get(at))
    assert "còn thiếu đường dẫn" in page
    assert "disabled" in page
    for url in ("https://example.vn/1", "https://example.vn/1#x"):
        head.post(f"{at}minh-chung/duong-dan/", {"url": url})
    figures = {"participants": "1.120", "amount": "1"}
    assert head.post(f"{at}minh-chung/so-lieu/", figures).status_code == 302
    page = text(head.get(at))
    assert "2/2 tin, bài" in page
    assert "1.120" in page
    assert "Đủ minh chứng và số lượng." in page
    wrong = text(head.post(f"{at}minh-chung/duong-dan/", {"url": "khong phai"}))
    assert "Đường dẫn này không mở được." in wrong


def test_with_nothing_recorded_the_delivery_page_says_so(head: Client, at: str) -> None:
    assert "Hệ thống chưa ghi lượt nào" in text(head.get(f"{at}minh-chung/luot/"))


class Broadcasts:
    """A source that recorded one message."""

    key = "broadcasts"
    name = "Lượt phát"

    def facts(self, references: Collection[str]) -> Mapping[str, ports.DeliveryFact]:
        fact = ports.DeliveryFact("T-0147", "Bản tin sáng", NOW.date(), Decimal(12), "lượt phát", "recorded")
        return {fact.reference: fact} if fact.reference in references else {}

    def suggestions(self, activity: Activity) -> Sequence[ports.DeliveryFact]:
        return list(self.facts(["T-0147"]).values())


def test_what_the_system_recorded_is_chosen_and_counts_by_itself(
    head: Client, activity: Activity, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_sources", {"broadcasts": Broadcasts()})
    Activity.objects.filter(pk=activity.pk).update(quantity=12, unit="lượt phát")
    assert "Bản tin sáng · 12 lượt phát" in text(head.get(f"{at}minh-chung/luot/"))
    assert "Không có mục này" in text(head.post(f"{at}minh-chung/luot/", {"recorded": "broadcasts:T-9"}))
    head.post(f"{at}minh-chung/luot/", {"recorded": "broadcasts:T-0147"})
    page = text(head.get(at))
    assert "12/12 lượt phát" in page
    assert "Bản tin sáng" in page
    assert Evidence.objects.get().amount is None  # asked of its source each time


def test_work_that_is_submitted_takes_no_more_evidence(head: Client, activity: Activity, at: str) -> None:
    assert head.post(f"{at}trang-thai/", {"state": "submitted"}).status_code == 302
    assert "Gửi ảnh, tệp" not in text(head.get(at))
    assert head.get(f"{at}minh-chung/duong-dan/").status_code == 409
    assert head.post(f"{at}gui/", announced(b"x")).status_code == 409


def test_a_step_that_needs_a_reason_asks_for_it_and_shows_it(
    client: Client, cast: Cast, activity: Activity, at: str
) -> None:
    Activity.objects.filter(pk=activity.pk).update(state="submitted", submitted_by=cast.head)
    client.force_login(cast.planner)
    assert "Ghi lý do" in text(client.post(f"{at}trang-thai/", {"state": "returned"}, follow=True))
    client.post(f"{at}trang-thai/", {"state": "returned", "reason": "Thiếu ảnh Bản Đèo Thông"})
    client.force_login(cast.head)
    assert "Thiếu ảnh Bản Đèo Thông" in text(client.get(at))


def _alike(cast: Cast, one: Activity, other: Activity) -> PhotoMatch:
    """Return the match of a photo and its crop as a messenger passed it on."""
    scene = picture(9)
    for activity, image in ((one, scene), (other, recoded(cut(scene, 0.1, 0.05, 0.05, 0.1)))):
        actions.add_file(actor=None, activity=activity, file=io.BytesIO(jpeg(image)), name="anh.jpg")
    for row in Evidence.objects.all():
        assert row.file is not None
        compare(row.file)
    return PhotoMatch.objects.get()


def test_two_photos_alike_stand_side_by_side_until_a_superior_says_why(
    client: Client, cast: Cast, campaign: Campaign, activity: Activity, at: str
) -> None:
    other = make_activity(campaign, cast.vacant_post, "Dọn vệ sinh", organisation=cast.office)
    match = _alike(cast, activity, other)
    client.force_login(cast.head)
    page = text(client.get(at))
    assert "Ảnh giống ảnh khác" in page
    assert "Dọn vệ sinh" in page
    assert "Ghi đã xem" not in page  # whoever sent it does not clear it
    client.force_login(cast.planner)
    address = f"{at}minh-chung/trung/{match.pk}/"
    assert "Ghi lý do" in text(client.post(address, {"reason": ""}, follow=True))
    client.post(address, {"reason": "Cùng một cổng chợ"})
    assert "đã xem: Cùng một cổng chợ" in text(client.get(at))
    assert client.post(f"{at}minh-chung/trung/{match.pk + 9}/").status_code == 404


def test_a_pair_that_an_activity_does_not_show_is_not_found_there(
    client: Client, cast: Cast, campaign: Campaign, activity: Activity
) -> None:
    other = make_activity(campaign, cast.vacant_post, "Dọn vệ sinh", organisation=cast.office)
    third = make_activity(campaign, cast.head_post, "Phát loa")
    match = _alike(cast, activity, other)
    client.force_login(cast.planner)
    address = f"/chien-dich/dai-hoi/dau-moi/{third.pk}/minh-chung/trung/{match.pk}/"
    assert client.post(address, {"reason": "Đúng"}).status_code == 404
    match.refresh_from_db()
    assert match.cleared_at is None


@pytest.mark.parametrize("deed", [Deed.EDIT_PLAN, Deed.INSPECT, Deed.RESOLVE_FINDING])
def test_a_file_is_stored_for_nobody_who_may_not_do_what_it_is_for(cast: Cast, deed: Deed) -> None:
    with pytest.raises(PermissionDeniedError):
        actions.store_file(actor=cast.viewer, deed=deed, parts={Part.READER}, file=io.BytesIO(b"%PDF-1.4 x"))
    assert not StoredFile.objects.exists()


def test_a_photo_of_a_campaign_that_one_does_not_see_is_named_and_not_shown(
    client: Client, cast: Cast, activity: Activity, at: str
) -> None:
    elsewhere = make_campaign(cast.other_organisation, "Đợt của xã khác", key="xa-khac")
    other = make_activity(elsewhere, make_post(cast.other_organisation), "Việc xã khác")
    _alike(cast, activity, other)
    client.force_login(cast.planner)
    page = text(client.get(at))
    assert "Ảnh của một cơ quan khác mà bạn không xem được." in page
    assert "Việc xã khác" not in page
    hidden = Evidence.objects.get(activity=other).file
    assert hidden is not None
    assert hidden.sha256 not in page


def test_who_is_mentioned_is_told_and_what_was_typed_is_kept_when_refused(
    head: Client, cast: Cast, at: str
) -> None:
    assert "Chưa có lời nào." in text(head.post(f"{at}trao-doi/", {"text": ""}))
    kept = text(head.post(f"{at}trao-doi/", {"text": "Mời @nguoi-ngoai xem"}))
    assert "không xem được chiến dịch này" in kept
    assert "Mời @nguoi-ngoai xem" in kept
    assert not Comment.objects.exists()
    answer = head.post(f"{at}trao-doi/", {"text": "Đã treo xong", "mentions": [cast.planner.pk]})
    assert answer["Location"] == f"{at}#trao-doi"
    assert Notice.objects.filter(person=cast.planner).count() == 1
    head.post("/chien-dich/dai-hoi/trao-doi/", {"text": "Về cả đợt"})
    assert "Về cả đợt" in text(head.get("/chien-dich/dai-hoi/trao-doi/"))
    assert "Về cả đợt" not in text(head.get(f"{at}trao-doi/"))


def test_a_visit_is_planned_made_and_signed_off_with_its_findings(
    client: Client, cast: Cast, campaign: Campaign, activity: Activity
) -> None:
    client.force_login(cast.planner)
    typed = {"title": "Kiểm tra treo cờ", "planned_on": "2026-11-23", "inspectors": [cast.viewer.pk]}
    assert "Chọn ít nhất một người" in text(
        client.post("/chien-dich/dai-hoi/kiem-tra/them/", {**typed, "inspectors": []})
    )
    client.post("/chien-dich/dai-hoi/kiem-tra/them/", {**typed, "activities": [activity.pk]})
    visit = Inspection.objects.get()
    at = f"/chien-dich/dai-hoi/kiem-tra/{visit.pk}/"
    client.force_login(cast.viewer)  # named for the visit, and nothing else
    with clock.frozen(NOW):
        client.post(f"{at}ket-qua/", {"made_on": "2026-11-23", "conclusion": "Đủ", "photos": [photo(4)]})
        found = {
            "text": "Thiếu cờ",
            "owner_post": cast.head_post.pk,
            "due": "2026-11-26",
            "activity": activity.pk,
        }
        client.post(f"{at}phat-hien/", {**found, "photos": [photo(5), photo(6)]})
        page = text(client.get(at))
    assert "Kết luận với 1 phát hiện" in page
    finding = Finding.objects.get()
    assert (visit.photos.count(), finding.photos.count()) == (1, 2)
    client.post(f"{at}ket-luan/")
    visit.refresh_from_db()
    assert visit.signed_off_by == cast.viewer
    assert "đã kết luận" in text(client.post(f"{at}phat-hien/", found))
    client.force_login(cast.head)
    page = text(client.get(f"/chien-dich/dai-hoi/dau-moi/{activity.pk}/trao-doi/"))
    assert "Thiếu cờ" in page
    resolve = f"/chien-dich/dai-hoi/kiem-tra/phat-hien/{finding.pk}/"
    assert "Ghi đã khắc phục thế nào" in text(client.post(resolve, {"resolution": ""}))
    client.post(resolve, {"resolution": "Đã treo thêm"})
    finding.refresh_from_db()
    assert finding.resolved_by == cast.head


def test_a_document_is_no_photo_of_a_visit(client: Client, cast: Cast, campaign: Campaign) -> None:
    grant(cast.viewer, cast.organisation, Role.PLANNER)
    client.force_login(cast.viewer)
    visit = actions.plan_inspection(
        actor=None,
        campaign=campaign,
        given=actions.InspectionInput(title="Kiểm tra", planned_on=NOW.date(), inspectors=[cast.viewer]),
    )
    with clock.frozen(NOW):
        typed = {"made_on": "2026-11-24", "photos": [SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")]}
        page = text(client.post(f"/chien-dich/dai-hoi/kiem-tra/{visit.pk}/ket-qua/", typed))
    assert "không phải ảnh JPEG" in page
    visit.refresh_from_db()
    assert visit.made_on is None


def test_history_says_who_changed_what_from_what(
    client: Client, cast: Cast, activity: Activity, at: str
) -> None:
    client.force_login(cast.planner)
    typed = {"title": "Treo cờ lớn", "accountable_post": cast.head_post.pk, "version": "1"}
    client.post(f"{at}sua/", typed)
    page = text(client.get(f"{at}lich-su/"))
    assert "Tên: Treo cờ → Treo cờ lớn" in page
    assert cast.planner.full_name in page
