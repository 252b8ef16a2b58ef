# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rail lights the place to which a page belongs, wherever its address lies."""

import pytest
from django.test import RequestFactory

from loa.people.tests.factories import make_cast
from loa.ui.context import Frame

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/", "home"),
        ("/tin/T-0001/", "messages"),
        ("/tu-dien/", "messages"),
        ("/tu-dien/them/", "messages"),
        ("/duyet/", "releases"),
        ("/duyet/khoa/", "releases"),
        ("/duyet/cach-ky/", "settings"),
        ("/thiet-lap/", "settings"),
        ("/tai-khoan/", ""),
    ],
)
def test_the_nearest_address_above_a_page_says_where_it_belongs(path: str, key: str) -> None:
    request = RequestFactory().get(path)
    request.user = make_cast().administrator
    assert Frame(request).here == key


def test_who_may_not_open_a_place_is_never_said_to_be_there() -> None:
    request = RequestFactory().get("/duyet/cach-ky/")
    request.user = make_cast().editor
    assert Frame(request).here == "releases"
