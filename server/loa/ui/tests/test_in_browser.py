# SPDX-License-Identifier: AGPL-3.0-or-later
"""The components in real Chromium: they fit, obey the content security policy and do what they say."""

import pytest
from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("loa.ui.tests.gallery_urls"),
    pytest.mark.django_db(transaction=True),
]


def _open(browser: Browser, address: str, width: int, scheme: str = "light") -> tuple[Page, list[str]]:
    page = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale="vi"
    ).new_page()
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/ui/")
    page.wait_for_selector("html[data-ready]")
    return page, errors


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 820, 1440])
def test_nothing_is_wider_than_the_page_and_nothing_breaks_the_policy(browser, live_server, width, scheme):
    page, errors = _open(browser, live_server.url, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert errors == []


def test_no_request_leaves_for_another_host(browser, live_server):
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/ui/")
    page.wait_for_selector("html[data-ready]")
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert any("icons" in url for url in asked)


def test_text_is_no_smaller_than_13_pixels_but_in_the_sample_mark(browser, live_server):
    page, _ = _open(browser, live_server.url, 390)
    small = page.evaluate("""() => [...document.querySelectorAll("main *")].filter((node) =>
        !node.closest("svg, .sample, .visually-hidden, .avatar") && node.checkVisibility() &&
        [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()) &&
        parseFloat(getComputedStyle(node).fontSize) < 13).map((node) => node.outerHTML.slice(0, 80))""")
    assert small == []


def test_targets_on_a_phone_are_44_pixels_high(browser, live_server):
    page, _ = _open(browser, live_server.url, 390)
    low = page.evaluate("""() =>
        [...document.querySelectorAll(".button, .bottom-place, .play, .segment, .chip, .tabs a")]
        .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 43.5)
        .map((node) => node.outerHTML.slice(0, 80))""")
    assert low == []


def test_a_dialog_opens_asks_and_closes(browser, live_server):
    page, _ = _open(browser, live_server.url, 1440)
    page.get_by_role("button", name="Thu hồi…").click()
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_label("Lý do").is_visible()
    dialog.get_by_role("button", name="Thôi").click()
    assert not dialog.is_visible()


def test_the_bar_for_many_names_the_number(browser, live_server):
    page, _ = _open(browser, live_server.url, 1440)
    assert not page.get_by_text("Đôn đốc 2 người").is_visible()
    page.get_by_label("Chọn Mở chuyên trang").check()
    page.get_by_label("Chọn Hội nghị cụm 2").check()
    assert page.get_by_text("Đôn đốc 2 người").is_visible()


def test_pointing_at_a_reading_lights_its_original(browser, live_server):
    page, _ = _open(browser, live_server.url, 1440)
    page.locator(".said-reading").first.hover()
    assert page.locator(".said-original.is-lit").inner_text() == "XXV"


def test_a_sound_that_cannot_be_loaded_says_so(browser, live_server):
    page, _ = _open(browser, live_server.url, 1440)
    page.get_by_role("button", name="Phát", exact=True).first.click()
    page.get_by_text("Chưa phát được: không tải được âm thanh.").wait_for()


def test_the_page_says_when_the_connection_is_lost(browser, live_server):
    page, _ = _open(browser, live_server.url, 1440)
    page.context.set_offline(True)
    page.get_by_text("Mất kết nối lúc").wait_for()
    page.context.set_offline(False)
    page.get_by_text("Đã kết nối lại").wait_for(state="attached")


def test_a_badge_past_its_limit_turns_to_unknown(browser, live_server):
    page, _ = _open(browser, live_server.url, 1440)
    shown = page.locator("[data-until]").first
    shown.evaluate("node => { node.dataset.until = '1'; node.id = 'aged'; }")
    page.locator("#aged").get_by_text("Không rõ").wait_for()


def test_a_countdown_goes_when_its_moment_has_come(browser, live_server):
    page, _ = _open(browser, live_server.url, 1440)
    page.evaluate("""() => {
        const shown = document.createElement("p");
        shown.id = "den-gio";
        shown.dataset.countdown = String(Math.floor(Date.now() / 1000) + 1);
        shown.innerHTML = "còn <span data-left>9 phút</span>";
        document.querySelector("main").prepend(shown);
    }""")
    page.locator("#den-gio").wait_for(state="hidden")


def test_a_fragment_that_only_events_renew_tries_again_when_it_was_in_use(browser, live_server):
    page, _ = _open(browser, live_server.url, 1440)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("""() => {
        const part = document.createElement("section");
        part.id = "phan";
        part.setAttribute("hx-get", "/ui/?phan");
        part.setAttribute("hx-trigger", "refresh");
        part.setAttribute("hx-swap", "none");
        part.dataset.refreshOn = "due";
        part.innerHTML = "<input>";
        document.querySelector("main").prepend(part);
        htmx.process(part);
        part.querySelector("input").focus();
        const due = document.createElement("p");
        due.dataset.countdown = "1";
        due.innerHTML = "còn <span data-left></span>";
        document.querySelector("main").prepend(due);
    }""")
    page.wait_for_selector("#phan[data-next-in]")
    assert not any("phan" in url for url in asked)
    page.evaluate("document.activeElement.blur()")
    page.wait_for_function("() => !document.getElementById('phan').dataset.nextIn")
    assert any("phan" in url for url in asked)


def test_a_notice_ends_with_the_state_that_it_speaks_of(browser, live_server):
    page, _ = _open(browser, live_server.url, 1440)
    page.evaluate("""() => {
        const notices = document.querySelector(".notices");
        notices.innerHTML = '<p data-while="released" id="da-dat">Đã đặt</p><p id="con">Còn</p>';
        const state = document.createElement("p");
        state.id = "trang-thai";
        state.dataset.objectState = "released";
        document.querySelector("main").append(state);
        document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
    }""")
    assert page.locator("#da-dat").is_visible()
    page.evaluate("""() => {
        document.getElementById("trang-thai").dataset.objectState = "withdrawn";
        document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
    }""")
    page.locator("#da-dat").wait_for(state="detached")
    assert page.locator("#con").is_visible()


def test_one_of_many_is_found_by_typing_without_tone_marks(browser, live_server):
    page, _ = _open(browser, live_server.url, 390)
    box = page.get_by_role("combobox", name="Chức danh chịu trách nhiệm").last
    box.fill("go vang")
    options = page.get_by_role("listbox").get_by_role("option")
    assert options.all_inner_texts() == ["Trưởng thôn gò vàng"]
    box.press("Enter")
    assert box.input_value() == "Trưởng thôn gò vàng"
    assert page.locator("select[name$=post]").last.input_value() == "Thôn Gò Vàng"
    box.fill("không có ai")
    box.press("Tab")
    assert box.input_value() == "Trưởng thôn gò vàng"
    box.fill("")
    box.press("Tab")
    assert page.locator("select[name$=post]").last.input_value() == ""


def test_many_boxes_are_narrowed_by_typing_and_what_is_ticked_stays(browser, live_server):
    page, _ = _open(browser, live_server.url, 390)
    group = page.get_by_role("group", name="Cơ quan phối hợp").last
    group.get_by_label("Chi hội 3", exact=True).check()
    group.get_by_role("searchbox").fill("hoi 17")
    assert [words.strip() for words in group.locator(".choice:visible").all_inner_texts()] == [
        "Chi hội 3",
        "Chi hội 17",
    ]
