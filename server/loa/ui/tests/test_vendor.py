# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is borrowed is what the manifest says, and only what is used."""

import re
from pathlib import Path

from loa.ui.states import STATES
from loa.ui.vendor import build
from loa.ui.vendor.manifest import UI, differences, packages

LOA = UI.parent


def test_every_borrowed_file_is_the_one_of_the_manifest():
    assert list(differences(packages())) == []


def test_a_changed_or_missing_file_is_found(tmp_path):
    assert len(list(differences(packages(), tmp_path))) == sum(len(package.files) for package in packages())


def test_every_borrowed_package_has_its_licence_here():
    for package in packages():
        assert any(file.path.startswith("vendor/licences/") for file in package.files), package.name


def _sprite() -> set[str]:
    return set(
        re.findall(r'<symbol id="([\w-]+)"', (UI / "static" / "ui" / "icons.svg").read_text(encoding="utf-8"))
    )


def test_the_sprite_has_the_icons_of_the_manifest():
    [tabler] = [package for package in packages() if package.icons]
    assert _sprite() == set(tabler.icons)


def test_every_icon_that_is_named_is_in_the_sprite():
    named = {state.icon for state in STATES.values()} - {"", "bars"}
    for path in LOA.glob("*/templates/**/*.html"):
        named |= set(re.findall(r'{% icon "([\w-]+)"', path.read_text(encoding="utf-8")))
        named |= set(re.findall(r' icon(?:_name)?="([\w-]+)"', path.read_text(encoding="utf-8")))
    assert named - {"bars"} - _sprite() == set()


def test_a_sprite_is_made_of_drawings_without_their_clear_ground(tmp_path):
    folder = tmp_path / "icons" / "outline"
    folder.mkdir(parents=True)
    (folder / "home.svg").write_text(
        '<svg viewBox="0 0 24 24">\n  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M1 2" />\n</svg>'
    )
    assert b'<symbol id="home" viewBox="0 0 24 24"><path d="M1 2" /></symbol>' in build.sprite(
        Path(tmp_path), ["home"]
    )
