# SPDX-License-Identifier: AGPL-3.0-or-later
"""Quiet hours, pauses, limits of titles and addresses: without a database."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.notices import rules
from loa.notices.browsers import browser_name

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BEGIN, END = datetime(2026, 1, 1), datetime(2027, 1, 1)  # noqa: DTZ001  (hypothesis puts the zone)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(24, 10), at(24, 10)),
        (at(24, 6), at(24, 6)),
        (at(24, 20, 59), at(24, 20, 59)),
        (at(24, 21), at(25, 6)),
        (at(24, 23, 30), at(25, 6)),
        (at(25, 0, 10), at(25, 6)),
        (at(25, 5, 59), at(25, 6)),
    ],
)
def test_nobody_is_woken_between_nine_in_the_evening_and_six(now, expected):
    assert rules.knock_at(now, ZONE) == expected


@given(st.datetimes(timezones=st.just(UTC), min_value=BEGIN, max_value=END))
def test_the_moment_is_never_past_never_quiet_and_at_most_nine_hours_off(now):
    found = rules.knock_at(now, ZONE)
    assert now <= found <= now + timedelta(hours=9)
    assert time(6) <= found.astimezone(ZONE).time() < time(21)


def test_what_is_urgent_knocks_at_night():
    assert rules.knock_at(at(24, 23), ZONE, is_urgent=True) == at(24, 23)


def test_pauses_grow_and_end():
    pauses = [rules.pause_after(failures) for failures in range(1, rules.ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert rules.pause_after(rules.ATTEMPTS) is None


@pytest.mark.parametrize(
    ("use", "is_urgent", "expected"),
    [("all", False, True), ("all", True, True), ("urgent", False, False), ("urgent", True, True),
     ("off", False, False), ("off", True, False)],
)  # fmt: skip
def test_a_way_is_used_for_what_the_person_chose(use, is_urgent, expected):
    assert rules.wants(use, is_urgent=is_urgent) is expected


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://wns2-sg2p.notify.windows.com/w/?token=x",
        "https://web.push.apple.com/QO",
    ],
)
def test_the_makers_services_are_known(endpoint):
    assert rules.is_push_service(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://127.0.0.1/x",
        "https://localhost:8420/thiet-lap/",
        "https://evilfcm.googleapis.com.example/x",
        "https://notfcm.googleapis.com.vn/x",
        "https://xfcm.googleapis.com/x",
        "https://fcm.googleapis.com@10.0.0.1/x",
        "https://u@fcm.googleapis.com/x",
        "https://fcm.googleapis.com:22/x",
        "https://fcm.googleapis.com:x/",
        "file:///etc/passwd",
        "",
    ],
)
def test_the_server_asks_no_other_address_for_a_browser(endpoint):
    assert not rules.is_push_service(endpoint)


def test_an_operators_own_service_counts_by_its_whole_origin():
    own = ("https://push.tinh.example:8443",)
    assert rules.is_push_service("https://push.tinh.example:8443/x", own)
    assert not rules.is_push_service("https://push.tinh.example/x", own)


def test_a_title_is_one_line_cut_at_a_word():
    assert (
        rules.one_line("Đến hạn:\n treo  băng rôn\r\nBcc: a@b.example")
        == "Đến hạn: treo băng rôn Bcc: a@b.example"
    )
    cut = rules.one_line("chữ " * 100)
    assert len(cut) <= 200
    assert cut.endswith("chữ…")
    assert len(rules.one_line("x" * 500)) == 200


@pytest.mark.parametrize(
    "url", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:1", "x", "/a\nb"]
)
def test_a_notice_leads_to_paths_of_this_server_alone(url):
    assert not rules.is_own_path(url)
    assert rules.is_own_path("/chien-dich/x/?loc=tre")


@pytest.mark.parametrize(("text", "size", "expected"), [("tBHItJI5svbpez7KI4CCXg", 16, True),
    ("tBHItJI5svbpez7KI4CCXg", 65, False), ("không", 16, False), ("", 16, False), ("a", 16, False)])  # fmt: skip
def test_a_browsers_key_has_its_length(text, size, expected):
    assert rules.is_push_key(text, size) is expected


def test_a_browser_is_named_in_words_and_nothing_more_is_kept():
    android = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    assert browser_name(android) == "Chrome trên Android"
    assert browser_name("Mozilla/5.0 (Windows NT 10.0) Edg/130") == "Edge trên Windows"
    assert browser_name("") == "Trình duyệt trên một máy"
