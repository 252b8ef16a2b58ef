# SPDX-License-Identifier: AGPL-3.0-or-later
"""The scripts that make and check the environment."""

import hashlib
import importlib.util
import io
import sys
import urllib.error
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"scripts_{name}", ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


bootstrap, licences, messages = load("bootstrap"), load("licences"), load("messages")


@pytest.mark.parametrize("version", [(3, 10), (3, 15), (2, 7)])
def test_a_wrong_python_is_one_sentence(version: tuple[int, int]) -> None:
    with pytest.raises(bootstrap.BootstrapError, match=r"Python 3\.11"):
        bootstrap.check_python(version)


@pytest.mark.parametrize("version", [(3, 11), (3, 14)])
def test_the_pythons_of_the_lock_are_taken(version: tuple[int, int]) -> None:
    bootstrap.check_python(version)


def test_the_index_is_the_one_that_the_machine_is_configured_for(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nindex-url = https://mirror.example/simple/\n")
    nothing = {"HOME": str(tmp_path / "nobody")}
    assert (
        bootstrap.configured_index({**nothing, "PIP_CONFIG_FILE": str(config)})
        == "https://mirror.example/simple"
    )
    both = {**nothing, "PIP_CONFIG_FILE": str(config), "UV_DEFAULT_INDEX": "https://other.example/simple"}
    assert bootstrap.configured_index(both) == "https://other.example/simple"


class Index:
    """An index that serves one wheel for every kind of machine."""

    def __init__(self, wheel: bytes, version: str) -> None:
        self.wheel = wheel
        names = [f"uv-{version}-py3-none-{fits}.whl" for fits in bootstrap.wheel_names()]
        self.page = "".join(f'<a href="../../files/{name}#sha256=0">{name}</a>' for name in names).encode()

    def fetch(self, url: str) -> bytes:
        return self.page if url.endswith("/uv/") else self.wheel


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Index:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("uv-1.2.3.data/scripts/uv", "#!/bin/sh\n")
    one = Index(content.getvalue(), "1.2.3")
    lock = tmp_path / "uv.lock"
    lock.write_text(f"uv==1.2.3 --hash=sha256:{hashlib.sha256(one.wheel).hexdigest()}\n")
    monkeypatch.setattr(bootstrap, "LOCK", lock)
    monkeypatch.setattr(bootstrap, "fetch", one.fetch)
    return one


def test_the_pinned_uv_is_taken_from_the_index(index: Index, tmp_path: Path) -> None:
    wheel = bootstrap.wheel_from_index("https://mirror.example/simple", tmp_path)
    assert wheel.read_bytes() == index.wheel


def test_a_uv_with_another_hash_is_refused_and_not_kept(index: Index, tmp_path: Path) -> None:
    index.wheel += b"x"
    with pytest.raises(bootstrap.BootstrapError, match="pinned"):
        bootstrap.wheel_from_index("https://mirror.example/simple", tmp_path)
    assert list(tmp_path.glob("*.whl")) == []


def test_an_index_without_uv_is_one_sentence(index: Index, tmp_path: Path) -> None:
    index.page = b"<html></html>"
    with pytest.raises(bootstrap.BootstrapError, match="no uv"):
        bootstrap.wheel_from_index("https://mirror.example/simple", tmp_path)


def test_an_index_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **options: Any) -> None:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(bootstrap.urllib.request, "urlopen", refuse)
    with pytest.raises(bootstrap.BootstrapError, match="no route"):
        bootstrap.fetch("https://mirror.example/simple/uv/")


def test_the_locks_name_no_index_and_hash_everything() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "scripts/uv.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text, name
        pins = [line for line in text.splitlines() if "==" in line and not line.lstrip().startswith("#")]
        assert text.count("--hash=sha256:") >= len(pins) > 0


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True),
        ("Apache-2.0 OR Proprietary", True),
        ("MIT AND Proprietary", False),
        ("(MIT AND BSD-3-Clause) OR GPL-2.0-only", True),
        ("GPL-2.0-only", False),
        ("", False),
    ],
)
def test_a_licence_fits_or_not(expression: str, fits: bool) -> None:
    assert licences.fits(expression) is fits


def test_every_part_that_is_installed_or_shipped_has_a_licence_that_fits() -> None:
    assert [row for row in licences.rows() if not licences.fits(row["licence"])] == []


def test_strings_for_people_are_found_in_python() -> None:
    source = (
        "a = _('Một')\nb = ngettext('%(n)d lượt', '%(n)d lượt ấy', n) % {'n': n}\nc = pgettext('nút', 'Đặt')\n"
        "d = gettext(sentence)\ne = gettext_lazy('Hai ' 'ba')\n"
    )
    found = list(messages.python_messages(Path("x.py"), source.encode()))
    assert [(one.context, one.singular, one.plural) for one in found] == [
        (None, "Một", ""),
        (None, "%(n)d lượt", "%(n)d lượt ấy"),
        ("nút", "Đặt", ""),
        (None, "Hai ba", ""),
    ]


def test_strings_for_people_are_found_in_templates(tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_text(
        "{% load i18n %}\n  <p title=\"{% translate 'Nghe' %}\">\n {% blocktranslate with n=1 %}{{ n }} lượt"
        '{% endblocktranslate %}\n      {% translate "Đặt" context "nút" %}</p>'
    )
    found = {(one.context, one.singular) for one in messages.template_messages(page)}
    assert found == {(None, "Nghe"), (None, "%(n)s lượt"), ("nút", "Đặt")}


def test_translations_stay_and_what_is_no_longer_said_goes(tmp_path: Path) -> None:
    po = tmp_path / "en" / "django.po"
    one, two = messages.Message(None, "Một", ""), messages.Message(None, "Hai", "")
    first = messages.catalogue(po, [("a.py", one), ("a.py", two)])
    next(entry for entry in first if entry.msgid == "Một").msgstr = "One"
    po.parent.mkdir()
    first.save(str(po))
    second = messages.catalogue(po, [("b.py", one)])
    assert [(entry.msgid, entry.msgstr) for entry in second] == [("Một", "One")]
