# SPDX-License-Identifier: AGPL-3.0-or-later
"""The play log as a file: all of a period, nothing of elsewhere, and nothing that a spreadsheet would calculate."""

import csv
import io

import pytest
from django.urls import reverse

from loa.config import clock
from loa.devices.intake import take_log
from loa.devices.network import exports
from loa.devices.tests.factories import NOW, make_device, make_planned_rows
from loa.people.tests.factories import make_cast
from loa_protocol.wire import PlayLogBatch

pytestmark = pytest.mark.django_db
PERIOD = {"first": "2026-11-24", "last": "2026-11-24"}


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def cast():
    cast = make_cast()
    device = make_device(cast.villages[0], "=1+1")
    take_log(PlayLogBatch(device_id=str(device.pk), rows=make_planned_rows(device, 3)), now=NOW)
    return cast


def get(client, person, **query):
    client.force_login(person)
    return client.get(reverse("devices:export"), PERIOD | query)


def test_csv_has_every_row_and_no_formula(client, cast):
    content = get(client, cast.viewer, format="csv").content.decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(content))
    assert (heading[0], len(rows)) == ("Cụm loa", 3)
    assert rows[0][0] == "'=1+1"
    assert rows[0][5] == "2026-11-24 17:01:00"


def test_a_workbook_keeps_a_formula_as_text(client, cast):
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(get(client, cast.viewer, format="xlsx").content))
    rows = list(book.active.iter_rows(min_row=2))
    assert len(rows) == 3
    assert (rows[0][0].value, rows[0][0].data_type) == ("=1+1", "s")


def test_who_sees_another_commune_gets_none_of_our_rows(client, cast):
    content = get(client, cast.outsider, format="csv").content.decode("utf-8-sig")
    assert len(content.splitlines()) == 1


def test_another_day_has_none_and_a_wrong_or_too_long_period_is_refused(client, cast, monkeypatch):
    before = get(client, cast.viewer, format="csv", first="2026-11-20", last="2026-11-23")
    assert len(before.content.splitlines()) == 1
    assert get(client, cast.viewer, format="csv", first="2026-11-25").status_code == 400
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    answer = get(client, cast.viewer, format="csv")
    assert answer.status_code == 400
    assert "Chọn khoảng ngắn hơn" in answer.content.decode()
