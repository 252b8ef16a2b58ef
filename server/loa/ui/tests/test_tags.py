# SPDX-License-Identifier: AGPL-3.0-or-later
"""The components say in words and shapes what they say in colour."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from loa.config import clock
from loa.ui import drawings, views
from loa.ui.states import STATES, state_of

NOW = datetime(2026, 11, 24, 10, 4, tzinfo=UTC)


def draw(text: str, **values: object) -> str:
    return Template("{% load ui %}" + text).render(Context(values))


@pytest.mark.parametrize("key", STATES)
def test_every_state_has_its_word_and_its_shape(key):
    html = draw("{% state_badge key %}", key=key)
    assert str(STATES[key].word) in html
    assert f"badge-{STATES[key].look}" in html


def test_a_state_that_nobody_drew_is_unknown_never_good():
    assert state_of("no-such-state").look == "unknown"


def test_still_out_says_how_many():
    assert "Còn tồn <span" in draw('{% state_badge "still_out" 3 %}')


def test_a_badge_with_a_limit_carries_unknown_for_later():
    html = draw('{% state_badge "sounding" until=until %}', until=NOW)
    assert f'data-until="{int(NOW.timestamp())}"' in html
    assert "<template>" in html
    assert "Không rõ" in html


def test_an_icon_without_a_name_is_hidden_from_readers():
    assert 'aria-hidden="true"' in draw('{% icon "home" %}')
    assert 'aria-label="Nhà"' in draw('{% icon "home" "Nhà" %}')


def test_values_are_escaped():
    html = draw("{% person name post %}{% button name url=name %}{% empty name %}", name='<b>"', post="<i>")
    assert "<b>" not in html
    assert "<i>" not in html


def test_a_button_that_cannot_be_pressed_says_why_beside_it():
    html = draw('{% button "Đặt lịch" off="Còn thiếu một chữ ký." %}')
    assert "disabled" in html
    assert "Còn thiếu một chữ ký." in html


def test_a_button_with_an_address_is_a_link():
    assert draw('{% button "Đặt lịch" url="/lich/" %}').startswith("<a ")


def test_steps_name_the_current_one():
    html = draw(
        "{% steps items %}", items=[{"name": "Viết", "state": "done"}, {"name": "Duyệt", "state": "needs"}]
    )
    assert html.count('aria-current="step"') == 1
    assert "Duyệt" in html[html.index('aria-current="step"') :]


def test_a_reading_joins_what_was_changed_with_its_original():
    stretches = [{"source": "lúc "}, {"source": "19h30", "spoken": "mười chín giờ ba mươi", "rule": "hours"}]
    html = draw("{% read_aloud stretches %}", stretches=stretches)
    assert html.count('data-pair="1"') == 2
    assert 'data-pair="0"' not in html


def test_strength_always_has_its_word():
    assert "thiết bị tự báo" in draw('{% strength "recorded" %}')
    assert draw('{% strength "recorded" %}').count("is-on") == 3
    assert "chưa rõ" in draw('{% strength "" %}')


def test_a_person_s_ring_is_said_aloud():
    html = draw('{% person "Nguyễn Thị Hậu" role="accountable" %}')
    assert "TH" in html
    assert "chịu trách nhiệm" in html


@pytest.mark.parametrize(("name", "letters"), [("Lê Đức Ổn", "ĐỔ"), ("Ước", "Ư"), ("", "")])
def test_initials_are_of_the_last_two_words(name, letters):
    assert drawings.initials(name) == letters


def test_coverage_keeps_unknown_out_of_what_was_reached():
    html = draw('{% coverage_bar 6 12 unknown=3 promised=9 unit="thôn" %}')
    assert 'width="50.00%"' in html
    assert 'x="50.00%"' in html
    assert 'width="25.00%"' in html
    assert 'x="75.00%"' in html
    assert "coverage-short" in html
    assert "6/12" in html


def test_nothing_to_cover_is_no_division_by_zero():
    assert "0/0" in draw("{% coverage_bar 0 0 %}")


class OneForm(forms.Form):
    title = forms.CharField(label="Tên tin", help_text="Bà con không nghe tên này.")
    zones = forms.MultipleChoiceField(
        label="Nơi", choices=[("a", "Thôn A")], widget=forms.CheckboxSelectMultiple
    )


def test_a_field_is_joined_with_its_hint_and_its_error():
    html = draw("{% field form.title data_count=1 %}", form=OneForm({}))
    assert 'aria-describedby="id_title_hint id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_title_error"' in html
    assert 'data-count="1"' in html
    assert html.index("</label>") < html.index("_hint") < html.index("<input") < html.index("field-error")


def test_choices_are_a_group_with_a_legend():
    html = draw("{% field form.zones %}", form=OneForm({}))
    assert "<fieldset" in html
    assert "<legend>Nơi" in html


def test_the_summary_leads_to_each_field():
    html = draw("{% error_summary form %}", form=OneForm({}))
    assert 'href="#id_title"' in html
    assert "2 chỗ" in html
    assert draw("{% error_summary form %}", form=OneForm()).strip() == ""


def test_progress_polls_only_while_it_runs():
    assert "hx-get" in draw('{% progress "Tạo giọng đọc" 7 12 poll_url="/viec/x/" %}')
    assert "hx-get" not in draw('{% progress "Tạo giọng đọc" is_done=True poll_url="/viec/x/" %}')
    assert "hx-get" not in draw('{% progress "Tạo giọng đọc" error="Hỏng." poll_url="/viec/x/" %}')


def test_a_dialog_sends_its_token_and_asks_for_the_reason():
    html = draw(
        '{% confirm "hoi" "Thu hồi ở 17 nơi?" action="/x/" button="Thu hồi" reason="Lý do" %}Chữ.{% endconfirm %}',
        csrf_token="token-1",
    )
    assert 'value="token-1"' in html
    assert "required" in html
    assert 'id="hoi"' in html


def test_a_panel_holds_its_content_and_its_count():
    html = draw('{% panel "Chờ bạn" count=4 %}<p>một</p>{% endpanel %}')
    assert "<p>một</p>" in html
    assert ">4<" in html


def test_a_countdown_is_written_by_the_server_first():
    with clock.frozen(NOW):
        html = draw('{% countdown until "còn" %}', until=NOW + timedelta(seconds=72))
    assert "còn <span data-left>1 phút 12 giây</span>" in html


def test_a_countdown_whose_time_has_come_is_not_written():
    with clock.frozen(NOW):
        assert draw('{% countdown until "còn" %}', until=NOW) == ""


def test_a_player_shows_its_length_without_loading_the_sound():
    html = draw('{% player "/media/x.opus" 68000 wave heard_url="/nghe/" %}', wave=[10, 90] * 100)
    assert 'preload="none"' in html
    assert "01:08" in html
    assert html.count("<rect") == 200


def test_a_map_has_a_table_of_the_same_villages():
    village = {"name": "Thôn A", "geometry": {"type": "Point", "coordinates": [107, 21]}, "state": "silent"}
    html = draw(
        "{% village_map villages %}", villages=[village, village | {"name": "Thôn B", "geometry": None}]
    )
    table = html[html.index("<table") :]
    assert "Thôn A" in table
    assert "Thôn B" in table
    assert "Im" in table


def test_sorting_keeps_the_other_filters_in_the_address():
    request = RequestFactory().get("/?loc=tre&sap-xep=ten&trang=3")
    html = draw('{% sort_head "Tên" "ten" %}', request=request)
    assert "loc=tre" in html
    assert "sap-xep=-ten" in html
    assert "trang=" not in html


@pytest.mark.django_db
def test_the_page_of_components_shows_them_all(settings):
    request = RequestFactory().get("/ui/")
    request.user = AnonymousUser()
    request.session = {}
    request._messages = []
    answer = views.components(request)
    assert answer.status_code == 200
    for state in STATES.values():
        assert str(state.word) in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "404.html", "500.html", "403_csrf.html", "ui/offline.html"]
)
def test_an_error_page_needs_nothing_and_has_a_way_back(name):
    from django.template.loader import render_to_string

    html = render_to_string(name)
    assert 'href="/"' in html
    assert "<h1>" in html
