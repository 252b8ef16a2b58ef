# SPDX-License-Identifier: AGPL-3.0-or-later
"""Collect every string for people into the English catalogues and compile them; Vietnamese is in the source.

Usage: messages.py [--check]. With --check nothing is written; 1 when a catalogue is not as it would be written.
"""

import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = {
    "Project-Id-Version": "loa",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


@dataclass(frozen=True)
class Message:
    """One string: what identifies it, and the files that say it."""

    context: str | None
    singular: str
    plural: str


def python_messages(file: Path, source: bytes) -> Iterator[Message]:
    """Yield what a Python file marks."""
    for _line, function, found, _comments in extract_python(
        io.BytesIO(source), KEYWORDS, (), {"encoding": "utf-8"}
    ):
        parts = [found] if isinstance(found, str) else list(found or ())
        if not parts or parts[0] is None:
            continue  # a sentence kept elsewhere: it is marked where it stands
        rule = KEYWORDS.get(str(function))
        has_context = bool(rule and isinstance(rule[0], tuple))
        context = str(parts.pop(0)) if has_context else None
        singular = parts[0]
        if not isinstance(singular, str) or not singular:
            raise SystemExit(f"{file}: {function} needs a literal string.")
        yield Message(context, singular, parts[1] if len(parts) > 1 and isinstance(parts[1], str) else "")


def template_messages(file: Path) -> Iterator[Message]:
    """Yield what a template marks."""
    from django.utils.translation.template import templatize

    text = templatize(file.read_text(), origin=str(file))
    calls = "\n".join(line.strip() for line in text.splitlines())  # what is left of the page is no Python
    yield from python_messages(file, calls.encode())


def speech_messages() -> Iterator[tuple[str, Message]]:
    """Yield the sentences of the speech package, which the server translates before it fills them."""
    from loa_speech import errors, notices

    for template in notices.TEMPLATES.values():
        yield "speech/loa_speech/notices.py", Message(None, template, "")
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.SpeechError):
            yield "speech/loa_speech/errors.py", Message(None, kind.template, "")


def files(folder: str, pattern: str) -> Iterator[Path]:
    """Yield the files below ``folder`` that people's strings may stand in."""
    for path in sorted((ROOT / folder).rglob(pattern)):
        if not {"tests", "migrations", "vendor"} & set(path.relative_to(ROOT).parts):
            yield path


def collect(folder: str) -> Iterator[tuple[str, Message]]:
    """Yield file and message for everything below ``folder``."""
    for path in files(folder, "*.py"):
        for message in python_messages(path, path.read_bytes()):
            yield str(path.relative_to(ROOT)), message
    for path in files(folder, "*.html"):
        for message in template_messages(path):
            yield str(path.relative_to(ROOT)), message


def catalogue(po: Path, found: Iterable[tuple[str, Message]]) -> polib.POFile:
    """Return the catalogue with exactly the messages that were found, and the translations that were there."""
    old = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(po))} if po.exists() else {}
    places: dict[Message, set[str]] = {}
    for place, message in found:
        places.setdefault(message, set()).add(place)
    new = polib.POFile(wrapwidth=110)
    new.metadata = dict(HEADER)
    for message in sorted(places, key=lambda one: (min(places[one]), one.singular, one.context or "")):
        known = old.get((message.context, message.singular))
        entry = polib.POEntry(
            msgctxt=message.context,
            msgid=message.singular,
            msgid_plural=message.plural,
            msgstr=known.msgstr if known and not message.plural else "",
            occurrences=[(place, "") for place in sorted(places[message])],
            flags=["python-format"] if "%(" in message.singular else [],
        )
        if message.plural:
            entry.msgstr_plural = (
                dict(known.msgstr_plural) if known and known.msgstr_plural else {0: "", 1: ""}
            )
        new.append(entry)
    return new


def bring_up_to_date(po: Path, found: Iterable[tuple[str, Message]], *, check: bool) -> bool:
    """Write a catalogue and its compiled form, or say whether both are as they would be written."""
    new = catalogue(po, found)
    text, compiled = str(new).rstrip("\n") + "\n", new.to_binary()
    mo = po.with_suffix(".mo")
    is_same = po.exists() and mo.exists() and po.read_text() == text and mo.read_bytes() == compiled
    if check:
        if not is_same:
            print(f"{po.relative_to(ROOT)} is not up to date: run `make messages`.", file=sys.stderr)
        return is_same
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text(text)
    mo.write_bytes(compiled)
    print(f"{po.relative_to(ROOT)}: {len(new)} messages, {len(new.translated_entries())} translated.")
    return True


def main() -> int:
    """Bring both catalogues up to date."""
    from django.conf import settings

    settings.configure(USE_I18N=True)
    check = "--check" in sys.argv[1:]
    server = ROOT / "server/loa/locale/en/LC_MESSAGES/django.po"
    device = ROOT / "device/loa_device/locale/en/LC_MESSAGES/loa-device.po"
    good = bring_up_to_date(server, [*collect("server/loa"), *speech_messages()], check=check)
    good &= bring_up_to_date(device, collect("device/loa_device"), check=check)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
