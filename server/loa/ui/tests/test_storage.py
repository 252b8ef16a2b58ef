# SPDX-License-Identifier: AGPL-3.0-or-later
"""What production sends: one style file, and modules that import each other by hashed names."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from loa.ui.styles import STYLES


@pytest.fixture
def collected(settings, tmp_path) -> Path:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "loa.ui.storage.BundledStaticFiles"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_the_style_files_are_one_file_and_every_import_is_hashed(collected):
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    joined = (collected / names["ui/css/all.css"]).read_text()
    assert joined.count("SPDX-License-Identifier") == len(STYLES)
    assert not re.search(r"inter-digits\.woff2", joined)
    for module in (name for name in names if name.startswith("ui/js/")):
        for imported in re.findall(r'(?:from |import\()"([^"]+)"', (collected / names[module]).read_text()):
            assert (collected / "ui" / "js" / imported).is_file(), imported
            assert re.search(r"\.[0-9a-f]{12}\.js$", imported), imported


def test_collecting_twice_gives_the_same_names(collected):
    before = (collected / "staticfiles.json").read_text()
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (collected / "staticfiles.json").read_text() == before
