# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real Chromium for the tests of pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Start Chromium and end it; a machine without it fails, it does not skip.

    What drives it keeps an event loop in this thread, in which no second one may stand: a fixture must not
    outlive its module.
    """
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    assert program, "The browser tests need Chromium: run `sudo apt install chromium`."
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*QUIET, *sandbox, *arguments])
        yield browser
        browser.close()
