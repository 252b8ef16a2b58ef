# SPDX-License-Identifier: AGPL-3.0-or-later
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.installation import Installation, running
from tests.whole_way.steps import Desk

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Real Chromium, for one module: what drives it keeps an event loop that no second one may stand in.

    A machine without it fails, it does not skip.
    """
    program = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    assert program, "The browser tests need Chromium: run `sudo apt install chromium`."
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=[*QUIET, *sandbox])
        yield chromium
        chromium.close()


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
