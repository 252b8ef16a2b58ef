# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of a plan: what is typed is kept, what is wrong says so beside its field, nothing is lost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from loa.campaigns import actions
from loa.campaigns.entering import fields
from loa.campaigns.entering.activity_forms import ActivityForm
from loa.campaigns.entering.fields import AmountField, WholeField, plain_number
from loa.campaigns.models import Activity, Campaign, Takeover
from loa.campaigns.templatetags.entering import amount
from loa.campaigns.tests.factories import make_activity, make_campaign, make_key_message, make_phase
from loa.people.models import Role
from loa.people.tests.factories import Cast, make_cast, make_member, make_organisation, make_post

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2.067", "2067"),
        ("15.000.000", "15000000"),
        ("1.200,5", "1200.5"),
        ("21,5", "21.5"),
        ("12", "12"),
        ("1 200", "1200"),
        ("0,04", "0.04"),
    ],
)
def test_an_amount_is_read_as_people_here_write_it(typed: str, read: str) -> None:
    assert plain_number(typed) == read
    assert AmountField().clean(typed) == Decimal(read)


@given(number=st.decimals(min_value=0, max_value=10**11, places=2))
def test_an_amount_is_shown_so_that_it_is_read_again_as_itself(number: Decimal) -> None:
    field = AmountField()
    assert field.clean(field.prepare_value(number)) == number
    assert field.clean(amount(number)) == number


def test_a_whole_number_has_no_part_and_a_wrong_one_stays_as_it_was_typed() -> None:
    from django.core.exceptions import ValidationError

    assert WholeField().clean("15.000.000") == 15_000_000
    with pytest.raises(ValidationError, match="số nguyên"):
        WholeField().clean("1,5")
    assert WholeField().prepare_value("mười") == "mười"


def test_an_objective_keeps_what_was_typed_when_one_value_is_wrong(
    planner: Client, campaign: Campaign
) -> None:
    typed = {"text": "Mọi thôn nghe", "kind": "output", "measure": "Số thôn", "target": "0", "unit": "thôn"}
    page = text(planner.post("/chien-dich/dai-hoi/ke-hoach/muc-tieu/", typed))
    assert "Chỉ tiêu phải lớn hơn 0." in page
    assert 'value="thôn"' in page
    assert "Mọi thôn nghe" in page
    assert not campaign.objectives.exists()
    planner.post("/chien-dich/dai-hoi/ke-hoach/muc-tieu/", {**typed, "target": "1.200,5"})
    assert campaign.objectives.get().target == Decimal("1200.5")


def test_what_is_no_number_is_told_how_to_write_one(planner: Client, campaign: Campaign) -> None:
    typed = {"name": "In áp phích", "planned": "mười triệu", "spent": "1,5"}
    page = text(planner.post("/chien-dich/dai-hoi/ke-hoach/kinh-phi/", typed))
    assert "Chưa phải số. Ghi bằng chữ số, ví dụ 1.200." in page
    assert "Ghi số nguyên, không có phần lẻ." in page
    assert 'value="mười triệu"' in page


def test_one_phase_is_open_and_a_second_open_one_is_refused(planner: Client, campaign: Campaign) -> None:
    make_phase(campaign, start=date(2026, 1, 1), is_open=True)
    typed = {"name": "Sau", "start": "2026-06-01", "is_open": "on"}
    assert "đã có một giai đoạn để mở" in text(planner.post("/chien-dich/dai-hoi/ke-hoach/giai-doan/", typed))
    assert campaign.phases.count() == 1


def test_a_sixth_message_on_top_is_refused_with_its_words_kept(planner: Client, campaign: Campaign) -> None:
    for number in range(5):
        make_key_message(campaign, f"Điều {number}", priority="top")
    page = text(planner.post("/chien-dich/dai-hoi/thong-diep/them/", {"text": "Điều sáu", "priority": "top"}))
    assert "Đã có 5 thông điệp hàng đầu." in page
    assert "Điều sáu" in page


def test_a_message_is_wanted_so_often_on_each_channel_by_each_audience(
    planner: Client, campaign: Campaign
) -> None:
    audience = campaign.audiences.create(name="Học sinh")
    typed = {
        "text": "Rửa tay",
        "priority": "top",
        "wanted_per_week": "3",
        "per_week_loudspeaker": "7",
        "audiences": [audience.pk],
    }
    planner.post("/chien-dich/dai-hoi/thong-diep/them/", typed)
    message = campaign.key_messages.get()
    assert {one.channel: one.per_week for one in message.frequencies.all()} == {"loudspeaker": 7}
    assert list(message.audiences.all()) == [audience]
    page = text(planner.get(f"/chien-dich/dai-hoi/thong-diep/{message.pk}/"))
    assert 'name="per_week_loudspeaker" value="7"' in page


def test_a_document_keeps_its_file_until_another_is_sent(planner: Client, campaign: Campaign) -> None:
    pdf = SimpleUploadedFile("kế hoạch.pdf", b"%PDF-1.4 noi dung")
    typed = {"citation": "Kế hoạch 05/KH-UBND", "link": "https://example.vn/kh"}
    planner.post("/chien-dich/dai-hoi/ke-hoach/can-cu/", {**typed, "upload": pdf})
    document = campaign.legal_documents.get()
    assert document.file is not None
    planner.post(f"/chien-dich/dai-hoi/ke-hoach/can-cu/{document.pk}/", {**typed, "number": "05/KH-UBND"})
    document.refresh_from_db()
    assert (document.number, document.file_name, document.file is None) == (
        "05/KH-UBND",
        "kế hoạch.pdf",
        False,
    )
    given = planner.get(f"/chien-dich/tep/{document.file.sha256}/")
    assert b"".join(given) == b"%PDF-1.4 noi dung"  # type: ignore[arg-type, call-overload]
    assert "attachment" in given["Content-Disposition"]
    assert given["X-Content-Type-Options"] == "nosniff"


def test_a_document_that_is_no_document_is_refused_beside_the_form(
    planner: Client, campaign: Campaign
) -> None:
    page = SimpleUploadedFile("trang.pdf", b"<html><script>alert(1)</script>")
    typed = {"citation": "Kế hoạch 05", "upload": page}
    said = text(planner.post("/chien-dich/dai-hoi/ke-hoach/can-cu/", typed))
    assert "Loại tệp này không nhận." in said
    assert "Kế hoạch 05" in said
    assert not campaign.legal_documents.exists()


def test_channels_stand_in_the_plans_own_words_and_can_be_emptied(
    planner: Client, campaign: Campaign
) -> None:
    planner.post("/chien-dich/dai-hoi/ke-hoach/kenh/", {"board": "Bảng điện tử"})
    campaign.refresh_from_db()
    assert [(one.key, one.name) for one in campaign.planned_channels] == [("board", "Bảng điện tử")]
    planner.post("/chien-dich/dai-hoi/ke-hoach/kenh/", {})
    campaign.refresh_from_db()
    assert campaign.planned_channels == []
    history = text(planner.get("/chien-dich/dai-hoi/lich-su/"))
    assert "Kênh: Bảng điện tử → chưa ghi" in history


def test_the_top_of_a_campaign_is_changed_and_its_organisation_stays(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    typed = {
        "title": "Đại hội",
        "event_name": "Đại hội Đảng bộ xã",
        "number": "05/KH-UBND",
        "issued_on": "2026-09-01",
        "steering_head": cast.head_post.pk,
    }
    planner.post("/chien-dich/dai-hoi/ke-hoach/sua/", typed)
    campaign.refresh_from_db()
    assert (campaign.number, campaign.issued_on) == ("05/KH-UBND", date(2026, 9, 1))
    assert (campaign.steering_head, campaign.organisation) == (cast.head_post, cast.organisation)


def test_two_who_edit_at_once_do_not_overwrite_each_other(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    activity = make_activity(campaign, cast.head_post)
    address = f"/chien-dich/dai-hoi/dau-moi/{activity.pk}/sua/"
    typed = {"title": "Một", "accountable_post": cast.head_post.pk, "version": "1"}
    assert planner.post(address, typed).status_code == 302
    page = text(planner.post(address, {**typed, "title": "Hai"}))
    assert "Người khác vừa sửa việc này." in page
    assert 'value="Hai"' in page
    activity.refresh_from_db()
    assert activity.title == "Một"


def test_an_activity_holds_everything_that_the_plan_says_of_it(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    before = make_activity(campaign, cast.head_post, "In áp phích")
    typed = {
        "title": "Treo áp phích",
        "accountable_post": cast.vacant_post.pk,
        "due_note": "thường xuyên",
        "quantity": "1.200",
        "unit": "pano",
        "place": "Chợ Mới",
        "channels": ["panel"],
        "evidence_required": ["photo", "figures"],
        "areas": [cast.villages[0].pk],
        "contributors": [cast.organisation.pk],
        "needs": [before.pk],
        "note": "Trước Tết",
    }
    assert planner.post("/chien-dich/dai-hoi/dau-moi/them/", typed).status_code == 302
    made = Activity.objects.get(title="Treo áp phích")
    assert (made.quantity, made.unit, made.due_note) == (1200, "pano", "thường xuyên")
    assert made.evidence_required == ["photo", "figures"]
    assert list(made.needs.all()) == [before]
    assert list(made.contributors.all()) == [cast.organisation]
    page = text(planner.get(f"/chien-dich/dai-hoi/dau-moi/{made.pk}/"))
    assert "Hạn: thường xuyên." in page
    assert "Chợ Mới" in page
    around = text(planner.get(f"/chien-dich/dai-hoi/dau-moi/{made.pk}/trao-doi/"))
    assert "Phải xong trước" in around
    circle = {"title": "In", "accountable_post": cast.head_post.pk, "needs": [made.pk], "version": "1"}
    said = text(planner.post(f"/chien-dich/dai-hoi/dau-moi/{before.pk}/sua/", circle))
    assert "không thể chờ chính nó" in said


def test_every_template_of_the_library_becomes_a_campaign(planner: Client, cast: Cast) -> None:
    from loa.campaigns.library import library

    page = text(planner.get("/chien-dich/lap/mau/"))
    assert page.count("Dùng mẫu này") == len(library()) == 6
    chosen = library()[0]
    typed: dict[str, Any] = {
        "title": "Đợt mẫu",
        "organisation": cast.organisation.pk,
        "event_name": "Sự kiện",
        "event_on": "2027-04-30",
    }
    address = f"/chien-dich/lap/mau/{chosen.key}/"
    assert f"({cast.head.full_name})" in text(planner.get(address))  # who holds a post stands beside it
    assert "(đang trống)" in text(planner.get(address))
    posts = {f"head_{head.key}": cast.head_post.pk for head in chosen.heads}
    answer = planner.post(address, {**typed, **posts})
    assert answer["Location"].endswith("/ke-hoach/")
    assert Campaign.objects.get().activities.count() == len(chosen.activities)


def test_a_copy_moves_every_date_by_the_days_between_the_two_events(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    campaign.event_on = date(2026, 5, 4)
    campaign.save()
    make_phase(campaign, start=date(2026, 5, 4), end=date(2026, 5, 8))
    typed = {
        "title": "Đợt sau",
        "organisation": cast.organisation.pk,
        "event_name": "Đại hội",
        "moved_to": "2026-06-01",
    }
    assert "Ngày 04/05/2026 của đợt cũ" in text(planner.get("/chien-dich/dai-hoi/nhan-ban/"))
    assert planner.post("/chien-dich/dai-hoi/nhan-ban/", typed).status_code == 302
    made = Campaign.objects.get(title="Đợt sau")
    assert (made.event_on, made.phases.get().start) == (date(2026, 6, 1), date(2026, 6, 1))


def _taken_over(cast: Cast) -> tuple[Campaign, Activity]:
    """Return a commune's campaign below a province's, and an activity above that nobody decided on."""
    province = make_organisation(cast.province, "UBND tỉnh")
    upper = make_campaign(province, "Kế hoạch tỉnh", key="tinh")
    make_phase(upper)
    activity = make_activity(upper, make_post(province, "Giám đốc Sở"), "Treo cờ", quantity=100, unit="cờ")
    own = actions.take_over(actor=None, upper=upper, organisation=cast.organisation)
    return own, activity


def test_a_plan_above_is_taken_over_and_its_proposals_are_accepted_one_by_one(
    planner: Client, cast: Cast
) -> None:
    own, upper = _taken_over(cast)
    address = f"/chien-dich/{own.key}/de-nghi/"
    assert "Treo cờ" in text(planner.get(address))
    name = f"viec-{upper.pk}"
    said = text(planner.post(f"{address}quyet/", {"accept": name}, follow=True))
    assert "chọn một chức danh chịu trách nhiệm" in said
    chosen = {f"{name}-accountable_post": cast.head_post.pk, f"{name}-quantity": "12"}
    planner.post(f"{address}quyet/", {"accept": name, **chosen})
    activity = own.activities.get()
    assert (activity.upper, activity.quantity, activity.accountable_post) == (upper, 12, cast.head_post)
    assert "Không còn đề nghị nào." in text(planner.get(address))


def test_changes_above_are_accepted_all_at_once_and_declined_with_a_reason(
    planner: Client, cast: Cast
) -> None:
    own, upper = _taken_over(cast)
    take = actions.Take(upper_activity=upper, accountable_post=cast.head_post)
    actions.accept_proposal(actor=None, campaign=own, upper_activity=upper, take=take)
    upper.title = "Treo cờ và băng rôn"
    upper.save()
    phase = upper.campaign.phases.get()
    phase.name = "Trước và trong"
    phase.save()
    address = f"/chien-dich/{own.key}/de-nghi/"
    page = text(planner.get(address))
    assert "Nhận tất cả 2 đề nghị" in page
    assert "Treo cờ → Treo cờ và băng rôn" in page
    assert "Đã nhận 2 đề nghị." in text(planner.post(f"{address}quyet/", {"all": "1"}, follow=True))
    assert own.activities.get().title == "Treo cờ và băng rôn"
    assert own.phases.get().name == "Trước và trong"
    upper.title = "Treo cờ"
    upper.save()
    declined = {"decline": f"viec-{upper.pk}", "note": ""}
    assert "Ghi lý do" in text(planner.post(f"{address}quyet/", declined, follow=True))
    planner.post(f"{address}quyet/", {**declined, "note": "Xã đã in băng rôn"})
    assert Takeover.objects.get(upper_activity=upper).note == "Xã đã in băng rôn"
    assert own.activities.get().title == "Treo cờ và băng rôn"


def test_all_proposals_are_accepted_at_once_by_one_post_in_as_many_queries_for_many(
    planner: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    own, upper = _taken_over(cast)
    for number in range(60):
        make_activity(upper.campaign, upper.accountable_post, f"Việc {number}")
    address = f"/chien-dich/{own.key}/de-nghi/"
    with django_assert_max_num_queries(20):
        page = text(planner.get(address))
    assert "61 đề nghị chưa quyết." in page
    assert "Còn 11 đề nghị" in page
    planner.post(f"{address}quyet/", {"all": "1"})
    assert not own.activities.exists()  # nobody was named for new work
    planner.post(f"{address}quyet/", {"all": "1", "default_post": cast.head_post.pk})
    assert own.activities.filter(accountable_post=cast.head_post).count() == 61


def test_a_form_lists_what_an_activity_waits_for_however_many_there_are(
    planner: Client, cast: Cast, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "OFFERED", 2)
    one, *others = (make_activity(campaign, cast.head_post, f"Việc {number}") for number in range(5))
    one.needs.set([others[-1]])
    page = text(planner.get(f"/chien-dich/dai-hoi/dau-moi/{one.pk}/sua/"))
    assert page.count('name="needs"') == 3
    assert f'value="{others[-1].pk}" id="id_needs_0" checked' in page
    typed = {
        "title": "Việc 0",
        "accountable_post": cast.head_post.pk,
        "version": "1",
        "needs": [others[2].pk],
    }
    assert planner.post(f"/chien-dich/dai-hoi/dau-moi/{one.pk}/sua/", typed).status_code == 302


def test_a_commune_takes_a_province_over_through_its_form(planner: Client, cast: Cast) -> None:
    province = make_organisation(cast.province, "UBND tỉnh")
    make_campaign(province, "Kế hoạch tỉnh", key="tinh")
    answer = planner.post("/chien-dich/tinh/nhan-ve/", {"organisation": cast.organisation.pk})
    own = Campaign.objects.get(organisation=cast.organisation)
    assert answer["Location"] == f"/chien-dich/{own.key}/de-nghi/"
    again = text(planner.post("/chien-dich/tinh/nhan-ve/", {"organisation": cast.organisation.pk}))
    assert "đã nhận kế hoạch cấp trên" in again


def test_what_was_deleted_is_in_the_bin_and_comes_back_with_its_parts(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    activity = make_activity(campaign, cast.head_post, "Treo cờ")
    answer = planner.post(f"/chien-dich/dai-hoi/xoa/activity/{activity.pk}/", follow=True)
    assert "Hoàn tác" in text(answer)
    page = text(planner.get("/chien-dich/dai-hoi/da-xoa/"))
    assert "Treo cờ" in page
    assert "lấy lại được đến" in page
    removal = campaign.removals.get()
    assert planner.post(f"/chien-dich/lap/lay-lai/{removal.pk}/").status_code == 302
    assert Activity.objects.get() == activity
    planner.post(f"/chien-dich/dai-hoi/xoa/campaign/{campaign.pk}/")
    assert planner.get("/chien-dich/dai-hoi/ke-hoach/").status_code == 404
    assert "Tuyên truyền Đại hội" in text(planner.get("/chien-dich/lap/da-xoa/"))
    planner.post(f"/chien-dich/lap/lay-lai/{campaign.removals.get().pk}/")
    assert planner.get("/chien-dich/dai-hoi/ke-hoach/").status_code == 200


def test_what_something_rests_on_is_not_deleted_and_says_why(planner: Client, campaign: Campaign) -> None:
    phase = make_phase(campaign)
    make_key_message(campaign, phase=phase)
    said = text(planner.post(f"/chien-dich/dai-hoi/xoa/phase/{phase.pk}/", follow=True))
    assert "Chuyển chúng sang giai đoạn khác trước." in said
    assert campaign.phases.exists()
    assert planner.post(f"/chien-dich/dai-hoi/xoa/khac/{phase.pk}/").status_code == 404


def test_a_plan_above_changes_nothing_for_whoever_only_reads(client: Client, cast: Cast) -> None:
    own, _upper = _taken_over(cast)
    client.force_login(make_member(cast.organisation, Role.VIEWER))
    page = text(client.get(f"/chien-dich/{own.key}/de-nghi/"))
    assert "Treo cờ" in page
    assert 'name="accept"' not in page
    assert client.post(f"/chien-dich/{own.key}/de-nghi/quyet/", {"all": "1"}).status_code == 403


def test_the_form_of_an_activity_shows_three_fields_and_opens_a_fold_that_holds_something(
    planner: Client, cast: Cast, campaign: Campaign
) -> None:
    page = text(planner.get("/chien-dich/dai-hoi/dau-moi/them/"))
    before, _fold, folded = page.partition('<details class="form-fold"')
    assert [name for name in ActivityForm.base_fields if f'name="{name}"' in before] == [*ActivityForm.first]
    assert page.count('<details class="form-fold">') == 4
    assert all(f'name="{name}"' in folded for name in ("start", "quantity", "channels", "note"))
    made = make_activity(campaign, cast.head_post, channels=[], quantity=3, unit="buổi")
    page = text(planner.get(f"/chien-dich/dai-hoi/dau-moi/{made.pk}/sua/"))
    assert page.count('<details class="form-fold" open>') == 1
