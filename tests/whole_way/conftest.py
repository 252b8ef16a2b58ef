# SPDX-License-Identifier: AGPL-3.0-or-later
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import chromium
from tests.support.installation import Installation, running
from tests.whole_way.steps import Desk


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for one module, in which a page may play without being touched first."""
    with chromium("--autoplay-policy=no-user-gesture-required") as found:
        yield found


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation with the sample campaign and three loudspeakers."""
    database_url = os.environ.get("LOA_WHOLE_WAY_DATABASE_URL", "")
    with running(tmp_path_factory.mktemp("loa"), database_url) as made:
        yield made


@pytest.fixture(scope="module")
def desk(browser: Browser, installation: Installation) -> Desk:
    """The people at their browsers, signed in once a module."""
    return Desk(browser, installation)
