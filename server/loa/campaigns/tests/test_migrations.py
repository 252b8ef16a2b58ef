# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an installation of an older version has goes on in the tables of the next."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

BEFORE, AFTER = [("campaigns", "0001_initial")], [("campaigns", "0004_legal_basis_is_rows")]
URGED, TOLD = [("campaigns", "0011_urging")], [("campaigns", "0012_urges_told")]


@pytest.fixture
def _empty_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[None]:
    """Lead the connection to a database without tables; going back from all of today's would take long."""
    usual, server = connection.settings_dict["NAME"], connection.vendor == "postgresql"
    empty = f"{usual}_empty" if server else str(tmp_path / "empty.sqlite3")
    with django_db_blocker.unblock():
        if server:
            _execute(f'CREATE DATABASE "{empty}"')
        _lead_to(empty)
        try:
            yield
        finally:
            _lead_to(usual)
            if server:
                _execute(f'DROP DATABASE "{empty}"')


@pytest.mark.usefixtures("_empty_database")
def test_grounds_become_rows_and_campaigns_get_their_lineage() -> None:
    apps = _to(BEFORE)
    organisation = _organisation(apps)
    old = apps.get_model("campaigns", "Campaign").objects.create(
        key="cu",
        title="Cũ",
        organisation=organisation,
        area=organisation.area,
        event_name="Đại hội",
        legal_basis=["Chỉ thị của Trung ương", "Kế hoạch của Tỉnh ủy"],
    )
    apps = _to(AFTER)
    campaign = apps.get_model("campaigns", "Campaign")._base_manager.get(pk=old.pk)
    documents = apps.get_model("campaigns", "LegalDocument")._base_manager.order_by("order")
    assert campaign.lineage == f"/{old.pk}/"
    assert list(documents.values_list("campaign", "citation")) == [
        (old.pk, "Chỉ thị của Trung ương"),
        (old.pk, "Kế hoạch của Tỉnh ủy"),
    ]


@pytest.mark.usefixtures("_empty_database")
def test_who_was_urged_before_there_were_lists_is_not_told_again() -> None:
    apps = _to(URGED)
    organisation = _organisation(apps)
    post = apps.get_model("people", "Post").objects.create(organisation=organisation, title="Chủ tịch")
    person = apps.get_model("people", "Person").objects.create(username="dau", full_name="Phạm Văn Đầu")
    campaign = apps.get_model("campaigns", "Campaign")._base_manager.create(
        key="cu", title="Cũ", organisation=organisation, area=organisation.area
    )
    activity = apps.get_model("campaigns", "Activity")._base_manager.create(
        campaign=campaign, title="Treo cờ", organisation=organisation, accountable_post=post
    )
    apps.get_model("campaigns", "Urge").objects.create(
        activity=activity,
        mark="2026-11-24:late_1",
        stage="late_1",
        person=person,
        on=date(2026, 11, 25),
        at=datetime(2026, 11, 25, 1, tzinfo=UTC),
    )
    told = _to(TOLD).get_model("campaigns", "Urge").objects.get().told_as
    assert told == f"campaigns.urge:{activity.pk}:2026-11-24:late_1"


def _organisation(apps: Any) -> Any:
    """Return an organisation of that state, with its area."""
    area = apps.get_model("areas", "Area").objects.create(
        code="06895", kind="commune", name="Xã Đầm Hà", name_key="xa dam ha", path="0001", depth=1
    )
    return apps.get_model("people", "Organisation").objects.create(
        name="UBND xã", kind="authority", area=area, path="0001", depth=1
    )


def _to(target: list[tuple[str, str]]) -> Any:
    """Migrate to ``target`` and return the models of that state."""
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return executor.loader.project_state(target).apps


def _lead_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
