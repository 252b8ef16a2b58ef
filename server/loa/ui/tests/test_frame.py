# SPDX-License-Identifier: AGPL-3.0-or-later
"""The frame shows what apps registered, to whom may see it, and asks no more than once."""

import pytest
from django.test import RequestFactory

from loa.ui import context, frame
from loa.ui.context import Frame
from loa.ui.frame import MenuItem, Place


@pytest.fixture
def registry(monkeypatch):
    fresh = frame.Registry()
    monkeypatch.setattr(frame, "registry", fresh)
    monkeypatch.setattr(context, "registry", fresh)
    return fresh


@pytest.fixture
def request_():
    return RequestFactory().get("/")


def _place(key: str, order: int, **values) -> Place:
    return Place(key=key, name=key, icon="home", url_name="healthz", order=order, **values)


def test_places_stand_in_their_order(registry, request_):
    for place in (_place("b", 2), _place("a", 1)):
        frame.register_place(place)
    assert [place.key for place in Frame(request_).places] == ["a", "b"]


def test_a_place_that_the_reader_may_not_open_is_not_shown(registry, request_):
    frame.register_place(_place("a", 1, may_see=lambda request: False))
    assert Frame(request_).places == []


def test_a_place_without_an_address_is_left_out(registry, request_):
    frame.register_place(Place(key="a", name="a", icon="home", url_name="nowhere:at_all", order=1))
    assert Frame(request_).places == []


def test_the_bottom_bar_has_four_places_and_the_rest_under_more(registry, request_):
    for number in range(6):
        frame.register_place(_place(str(number), number, short="ngắn"))
    drawn = Frame(request_)
    assert [place.key for place in drawn.bottom] == ["0", "1", "2", "3"]
    assert [place.key for place in drawn.more] == ["4", "5"]


def test_a_count_is_asked_once_and_for_the_news_alone(registry, request_):
    asked = []
    frame.register_place(_place("a", 1, short="a", count=lambda request: asked.append(1) or 3))
    assert Frame(request_).places[0].count == 0
    assert asked == []
    drawn = Frame(request_, with_news=True)
    assert [drawn.places[0].count, drawn.bottom[0].count, len(drawn.more)] == [3, 3, 0]
    assert asked == [1]


def test_nothing_is_asked_before_a_page_draws_its_frame(registry, request_):
    frame.register_on_air(lambda request: pytest.fail("asked too early"))
    frame.register_unit(lambda request: pytest.fail("asked too early"))
    assert isinstance(context.frame(request_)["frame"], Frame)


def test_menu_items_stand_in_their_order(registry, request_):
    frame.register_menu_item(MenuItem("Đăng xuất", "logout", "healthz", 90, is_post=True))
    assert [(item.name, item.is_post) for item in Frame(request_).menu] == [("Đăng xuất", True)]
