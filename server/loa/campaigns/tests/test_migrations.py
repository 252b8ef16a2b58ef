# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an installation of the first version has goes on in the tables of the second."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = [("campaigns", "0001_initial")], [("campaigns", "0004_legal_basis_is_rows")]


@pytest.mark.django_db(transaction=True)
def test_grounds_become_rows_and_campaigns_get_their_lineage() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()  # of every app: others build on this one
    _to(BEFORE)
    try:
        apps: Any = MigrationExecutor(connection).loader.project_state(BEFORE).apps
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
        _to(AFTER)
        apps = MigrationExecutor(connection).loader.project_state(AFTER).apps
        campaign = apps.get_model("campaigns", "Campaign")._base_manager.get(pk=old.pk)
        documents = apps.get_model("campaigns", "LegalDocument")._base_manager.order_by("order")
        assert campaign.lineage == f"/{old.pk}/"
        assert list(documents.values_list("campaign", "citation")) == [
            (old.pk, "Chỉ thị của Trung ương"),
            (old.pk, "Kế hoạch của Tỉnh ủy"),
        ]
        for model in ("LegalDocument", "Campaign"):
            apps.get_model("campaigns", model)._base_manager.all().delete()
        apps.get_model("people", "Organisation").objects.all().delete()
        apps.get_model("areas", "Area").objects.all().delete()
    finally:
        _to(latest)


def _to(target: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(target)
