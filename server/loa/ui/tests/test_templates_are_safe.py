# SPDX-License-Identifier: AGPL-3.0-or-later
"""No template of any app holds inline style or script, reaches another host, or shows untranslated words."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

LOA = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in LOA.glob("*/templates/**/*.html"))
SCRIPTS = sorted((LOA / "ui" / "static" / "ui" / "js").glob("*.js"))


def _text(path: Path) -> str:
    return re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def _name(path: Path) -> str:
    return str(path.relative_to(LOA))


def test_there_are_templates_to_check():
    assert len(TEMPLATES) > 30


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_compiles(path):
    get_template(str(path).split("/templates/")[1])


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_has_no_inline_style_script_or_handler(path):
    text = _text(path)
    assert not re.search(r"<[^>]*\sstyle\s*=", text), "inline style"
    assert not re.search(r"<[^>]*\son\w+\s*=", text), "inline handler"
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "inline script"
    assert "javascript:" not in text
    assert "hx-on" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_reaches_no_other_host(path):
    assert not re.search(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", _text(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_placeholder_is_no_label(path):
    assert "placeholder=" not in _text(path)


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.name != "components.html"], ids=_name)
def test_words_go_through_translation(path):
    text = re.sub(r"{% blocktrans.*?{% endblocktrans.*?%}", "", _text(path), flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", " ", text, flags=re.DOTALL)
    assert re.findall(r"[^\W\d_]*[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]\w*", text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_evaluates_nothing_and_writes_no_markup(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"\beval\(|new Function|innerHTML|outerHTML\s*=|document\.write|insertAdjacentHTML", text
    )


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_finds_its_words_in_the_page(path):
    strings = re.findall(
        r"[\"'`]([^\"'`\n]*)[\"'`]",
        re.sub(r"(?m)^\s*(//|\*|/\*).*$|//.*$", "", path.read_text(encoding="utf-8")),
    )
    assert [text for text in strings if re.search(r"[ăâđêôơưạảấầậắặếềệốồộớờợứừự]", text)] == []
