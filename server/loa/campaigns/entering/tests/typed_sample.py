# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sample campaign typed into the interface on a phone, as somebody would who has the report beside it."""

from playwright.sync_api import Browser, Page, expect

from loa.areas.models import Area
from loa.campaigns.models import Campaign
from loa.campaigns.sample_file import Assignment, SampleFile, read_sample
from loa.people.models import Organisation, OrganisationKind, Person
from loa.people.tests.factories import PASSWORD, Cast, make_organisation, make_post

PHONE = {"width": 390, "height": 844}


def page_for(browser: Browser, site: str, person: Person) -> Page:
    """Return a phone on which a person has signed in."""
    page = browser.new_context(base_url=site, viewport=PHONE, locale="vi-VN").new_page()  # type: ignore[arg-type]
    page.set_default_timeout(10_000)
    page.goto("/tai-khoan/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(person.username)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url("**/")
    return page


def pick(page: Page, label: str, typed: str) -> None:
    """Find one post by typing a part of it, as a thumb does."""
    box = page.get_by_role("combobox", name=label)
    box.fill(typed)
    page.get_by_role("listbox").get_by_role("option").first.click()


def save(page: Page, words: str = "Lưu", *, more: bool = False) -> None:
    page.get_by_role("button", name="Lưu, thêm nữa" if more else words, exact=True).click()


class TypedSample:
    """The organisations that the report names; the campaign itself is typed."""

    def __init__(self, cast: Cast) -> None:
        self.facts: SampleFile = read_sample()
        area: Area = cast.organisation.area
        self.party = make_organisation(area, "Huyện ủy Đầm Hà", kind=OrganisationKind.PARTY)
        make_post(self.party, self.facts.campaign.steering_body.head)
        for assignment in self.facts.assignments:
            office: Organisation = make_organisation(
                area, assignment.organisation, kind=OrganisationKind.OFFICE
            )
            make_post(office, "Người đứng đầu")

    def enter(self, page: Page) -> Campaign:
        """Type the campaign: its top, then one of every kind of part, then an activity of each organisation."""
        self._top(page)
        campaign = Campaign.objects.get()
        at = f"/chien-dich/{campaign.key}"
        self._phases(page, at)
        self._messages(page, at)
        self._channels(page, at)
        self._more(page, at)
        for assignment in self.facts.assignments:
            self._activity(page, at, assignment)
        campaign.refresh_from_db()
        return campaign

    def _top(self, page: Page) -> None:
        facts = self.facts.campaign
        page.goto("/chien-dich/lap/moi/")
        page.get_by_label("Tên chiến dịch").fill(facts.title)
        page.get_by_label("Sự kiện", exact=True).fill(facts.event.name)
        page.get_by_label("Ghi chú về sự kiện").fill(facts.event.note)
        page.get_by_label("Căn cứ").fill("\n".join(facts.follows))
        page.get_by_label("Ban chỉ đạo, tiểu ban").fill(facts.steering_body.name)
        pick(page, "Chức danh đứng đầu", "pho bi thu thuong truc")
        save(page, "Lập chiến dịch")
        page.wait_for_url("**/ke-hoach/")

    def _phases(self, page: Page, at: str) -> None:
        for phase in self.facts.campaign.phases:
            page.goto(f"{at}/ke-hoach/giai-doan/")
            page.get_by_label("Tên giai đoạn").fill(phase.name)
            if phase.start and phase.end:
                page.get_by_label("Từ ngày").fill(phase.start.isoformat())
                page.get_by_label("Đến hết ngày").fill(phase.end.isoformat())
            save(page)
            page.wait_for_url("**/ke-hoach/")

    def _messages(self, page: Page, at: str) -> None:
        names = {phase.key: phase.name for phase in self.facts.campaign.phases}
        page.goto(f"{at}/thong-diep/them/")
        for number, message in enumerate(self.facts.key_messages, start=1):
            page.get_by_role("textbox", name="Thông điệp").fill(message.text)
            if message.phase:
                page.get_by_label("Giai đoạn").select_option(label=names[message.phase])
            if number == 1:
                page.get_by_label("Mức ưu tiên").select_option("top")
                page.get_by_label("Mỗi thôn nghe mấy lần").fill("3")
            is_last = number == len(self.facts.key_messages)
            save(page, more=not is_last)
            expect(page.get_by_text("Đã lưu thông điệp.").first).to_be_visible()

    def _channels(self, page: Page, at: str) -> None:
        page.goto(f"{at}/ke-hoach/kenh/")
        for channel in self.facts.channels:
            page.locator(f"[name={channel.key}]").fill(channel.name)
        save(page, "Lưu kênh")
        page.wait_for_url("**/ke-hoach/")

    def _more(self, page: Page, at: str) -> None:
        """Type what every plan may have and this report leaves out: one each."""
        typed: dict[str, dict[str, str]] = {
            "can-cu": {"citation": "Kế hoạch của Tỉnh ủy", "link": "https://example.vn/ke-hoach"},
            "muc-tieu": {
                "text": "Mọi thôn được nghe",
                "measure": "Số thôn",
                "target": "1.200,5",
                "unit": "thôn",
            },
            "doi-tuong": {"name": "Đảng viên, đoàn viên", "size": "2.067"},
            "kinh-phi": {"name": "In áp phích", "planned": "15.000.000", "source": "ngân sách xã"},
        }
        for address, values in typed.items():
            page.goto(f"{at}/ke-hoach/{address}/")
            for name, value in values.items():
                page.locator(f"[name={name}]").fill(value)
            if address == "can-cu":
                page.set_input_files(
                    "[name=upload]",
                    {"name": "kh.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"},
                )
            save(page)
            page.wait_for_url("**/ke-hoach/")

    def _activity(self, page: Page, at: str, assignment: Assignment) -> None:
        page.goto(f"{at}/dau-moi/them/")
        page.get_by_label("Việc cần làm").fill(assignment.work[0])
        pick(page, "Người đứng đầu chịu trách nhiệm", assignment.organisation)
        page.get_by_text("Kênh, nơi làm, thông điệp").click()
        for channel in assignment.channels:
            page.locator(f"[name=channels][value={channel}]").check()
        save(page, "Lưu đầu mối")
        page.wait_for_url("**/dau-moi/")
