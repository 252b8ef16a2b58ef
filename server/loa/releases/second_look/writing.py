# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page as one file: it opens from a disk or any web server, asks nobody, and has one hash.

What it believes is written into it: this installation's name and its administrators' keys. Whoever hosts it
compares its hash with that of a colleague who wrote it out elsewhere, and puts it on a machine that is not Loa's.
"""

import base64
import json
from hashlib import sha256
from pathlib import Path

import msgspec
from django.template import Context, Engine
from django.utils.safestring import mark_safe
from django.utils.translation import override

from loa.config.home import Home
from loa.releases.authority import administrators
from loa.releases.second_look.words import WORDS

FOLDER = Path(__file__).parent
SCRIPTS = ("checks.js", "page.js")
STYLES = ("variables", "base", "layout", "button", "badge", "panel", "field", "notice")
NAME = "xem-lai.html"


def page(home: Home | None = None) -> bytes:
    """Return the page; the same bytes for the same administrators and version of Loa."""
    styles = FOLDER.parents[1] / "ui" / "static" / "ui" / "css"
    style = "\n".join((styles / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    script = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    pins = msgspec.to_builtins(administrators(home))
    with override("vi"):
        words = {name: str(text) for name, text in WORDS.items()}
        template = Engine(libraries={"i18n": "django.templatetags.i18n"}).from_string(
            (FOLDER / "page.html").read_text(encoding="utf-8")
        )
        text = template.render(
            Context(
                {
                    "policy": _policy(style, script),
                    "style": mark_safe(style),  # noqa: S308 (our own file)
                    "script": mark_safe(script),  # noqa: S308 (our own file)
                    "pins": pins,
                    "pins_json": _in_markup(pins),
                    "words_json": _in_markup(words),
                }
            )
        )
    return text.encode()


def write(folder: Path, home: Home | None = None) -> tuple[Path, str]:
    """Write the page, and beside it its hash in the form that ``sha256sum -c`` reads.

    Returns:
        The file, and its SHA-256 (hex).

    Raises:
        OSError: the folder cannot be written.
    """
    content = page(home)
    digest = sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / NAME
    file.write_bytes(content)
    (folder / f"{NAME}.sha256").write_text(f"{digest}  {NAME}\n")
    return file, digest


def _policy(style: str, script: str) -> str:
    """Return the content security policy: these bytes alone run, and no line to anywhere is open."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; media-src blob:; "
        "connect-src 'none'; form-action 'none'; base-uri 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"


def _in_markup(value: object) -> str:
    """Write JSON so that no text of it can end the element that holds it."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return mark_safe(text.replace("<", "\\u003c"))  # noqa: S308 (escaped)
