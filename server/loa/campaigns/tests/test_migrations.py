# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an installation of the first version has goes on in the tables of the second."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

BEFORE, AFTER = [("campaigns", "0001_initial")], [("campaigns", "0004_legal_basis_is_rows")]


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
    area = apps.get_model("areas", "Area").objects.create(
        code="06895", kind="commune", name="Xã Đầm Hà", name_key="xa dam ha", path="0001", depth=1
    )
    organisation = apps.get_model("people", "Organisation").objects.create(
        name="UBND xã", kind="authority", area=area, path="0001", depth=1
    )
    old = apps.get_model("campaigns", "Campaign").objects.create(
        key="cu",
        title="Cũ",
        organisation=organisation,
        area=area,
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
