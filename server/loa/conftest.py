# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the tests of several apps share."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import SimpleTestCase
from playwright.sync_api import Browser

from tests.support.chromium import chromium

ASKING = {"db", "transactional_db", "django_db_setup"}  # fixtures of tests that ask the database


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what asks no database: it was tried on SQLite and is the same there."""
    if connection.vendor != "postgresql":
        return
    left = [item for item in items if not _asks_the_database(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


def _asks_the_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db") or ASKING.intersection(getattr(item, "fixturenames", ())):
        return True
    of_class = getattr(item, "cls", None)
    return of_class is not None and issubclass(of_class, SimpleTestCase)


@pytest.fixture(scope="module")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Chromium for one module, with the database made first and usable beside the browser's event loop."""
    with pytest.MonkeyPatch.context() as patch, chromium() as found:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield found


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Go on from the SQLite database that scripts/test.py migrated once, when there is one."""
    template = os.environ.get("LOA_TEST_TEMPLATE", "")
    if connection.vendor != "sqlite" or not template:
        return False
    shutil.copy(template, connection.settings_dict["TEST"]["NAME"])
    return True
