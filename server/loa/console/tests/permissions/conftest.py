# SPDX-License-Identifier: AGPL-3.0-or-later
"""The world is made once for all tests of a module; what one test does to it is undone after that test."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from loa.config import clock, health
from loa.console.tests.permissions.world import NOW, Visitors, World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic(), clock.frozen(NOW):
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def visitors(world: World) -> Visitors:
    return Visitors(world)


@pytest.fixture(autouse=True)
def _parts_are_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say that what runs beside the web is up; no test asks the network."""
    monkeypatch.setattr(health, "PARTS", {"worker": lambda: "up"})
