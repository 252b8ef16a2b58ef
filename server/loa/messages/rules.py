# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be written in a message: pure checks of title, text and sources, and the hashes of words."""

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.config.errors import LoaError

TITLE_LIMIT = 200  # characters
TEXT_LIMIT = 20_000  # characters; about 25 minutes read aloud
SOURCE_LIMIT = 300  # characters of one source's title
SOURCES_LIMIT = 20
LINK_LIMIT = 200  # characters

# Letters that Unicode counts as letters of no script but that Vietnamese text holds: µ in "µg", º and ª.
_COMMON_LETTERS = frozenset("µºª")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_web_address = URLValidator(schemes=["http", "https"])


class BadTextError(LoaError):
    """What was typed cannot be a message; ``field`` says where, the sentence what to change."""

    code = "bad_text"


@dataclass(frozen=True)
class SourceInput:
    """Where facts come from, as typed."""

    title: str
    link: str = ""


@dataclass(frozen=True)
class Words:
    """Checked title, text and sources, in NFC, as they are stored."""

    title: str
    text: str
    sources: tuple[SourceInput, ...]

    @property
    def sha256(self) -> str:
        """Return the hash of title, text and sources: what a release is bound to."""
        parts = [self.title, self.text, [[source.title, source.link] for source in self.sources]]
        return sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def text_sha256(text: str) -> str:
    """Return the hash of the words that are read aloud: what a sound is made from."""
    return sha256(text.encode()).hexdigest()


def tidy(text: str) -> str:
    """Return ``text`` in NFC with plain line ends, without invisible signs and without blanks at the ends."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _INVISIBLE.sub("", text).replace("\u2028", "\n").replace("\u2029", "\n")
    text = "".join(
        sign for sign in text if sign == "\n" or sign == "\t" or unicodedata.category(sign) != "Cc"
    )
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def check_words(title: str, text: str, sources: Sequence[SourceInput]) -> Words:
    """Check what was typed and return it as it is stored.

    Raises:
        BadTextError: something is missing, too long, or cannot be read aloud.
    """
    return Words(title=_check_title(title), text=_check_text(text), sources=_check_sources(sources))


def problems(title: str, text: str, sources: Sequence[SourceInput]) -> list[BadTextError]:
    """Return everything that ``check_words`` would refuse, at most one a field, for a form to show."""
    found = []
    checks: tuple[Callable[[], object], ...] = (
        lambda: _check_title(title),
        lambda: _check_text(text),
        lambda: _check_sources(sources),
    )
    for check in checks:
        try:
            check()
        except BadTextError as error:
            found.append(error)
    return found


def _check_title(title: str) -> str:
    title = " ".join(tidy(title).split())
    if not title:
        raise BadTextError(_("Tin chưa có tên. Viết vài chữ để đồng nghiệp nhận ra tin."), field="title")
    if len(title) > TITLE_LIMIT:
        raise BadTextError(
            _("Tên tin dài %(count)s ký tự, nhiều nhất là %(limit)s. Rút ngắn lại.")
            % {"count": _thousands(len(title)), "limit": TITLE_LIMIT},
            field="title",
        )
    _refuse_unreadable(title, "title")
    return title


def _check_text(text: str) -> str:
    text = tidy(text)
    if not text:
        raise BadTextError(_("Chưa có lời nào để đọc. Viết ít nhất một câu."), field="text")
    if len(text) > TEXT_LIMIT:
        raise BadTextError(
            _("Lời tin dài %(count)s ký tự, nhiều nhất %(limit)s. Chia thành nhiều tin; chữ đã gõ vẫn còn.")
            % {"count": _thousands(len(text)), "limit": _thousands(TEXT_LIMIT)},
            field="text",
        )
    _refuse_unreadable(text, "text")
    if not any(unicodedata.category(sign)[0] in "LN" for sign in text):
        raise BadTextError(
            _("Lời tin chỉ có dấu, không có chữ nào để đọc. Viết ít nhất một câu."), field="text"
        )
    return text


def _given(sources: Sequence[SourceInput]) -> list[SourceInput]:
    given = [SourceInput(" ".join(tidy(one.title).split()), one.link.strip()) for one in sources]
    given = [one for one in given if one.title or one.link]
    if len(given) > SOURCES_LIMIT:
        raise BadTextError(
            _("Có %(count)s nguồn, nhiều nhất là %(limit)s.") % {"count": len(given), "limit": SOURCES_LIMIT},
            field="sources",
        )
    return given


def _check_sources(sources: Sequence[SourceInput]) -> tuple[SourceInput, ...]:
    return tuple(_check_source(one) for one in _given(sources))


def _check_source(source: SourceInput) -> SourceInput:
    if not source.title:
        raise BadTextError(
            _("Nguồn “%(link)s” chưa có tên. Viết tên văn bản hoặc nơi đưa tin.") % {"link": source.link},
            field="sources",
        )
    if len(source.title) > SOURCE_LIMIT:
        raise BadTextError(
            _("Tên nguồn dài %(count)s ký tự, nhiều nhất là %(limit)s. Rút ngắn lại.")
            % {"count": _thousands(len(source.title)), "limit": SOURCE_LIMIT},
            field="sources",
        )
    if source.link:
        _check_link(source.link)
    return source


def _check_link(link: str) -> None:
    try:
        _web_address(link)
        usable = len(link) <= LINK_LIMIT
    except ValidationError:
        usable = False
    if not usable:
        raise BadTextError(
            _("“%(link)s” không phải địa chỉ trang. Viết đủ từ https://, nhiều nhất %(limit)s ký tự.")
            % {"link": link[:60], "limit": LINK_LIMIT},
            field="sources",
        )


def _refuse_unreadable(text: str, field: str) -> None:
    """Refuse pictures and letters of other scripts, naming the first few with the words around them."""
    pictures = list(dict.fromkeys(sign for sign in text if _is_picture(sign)))
    if pictures:
        words = _title_pictures(len(pictures)) if field == "title" else _text_pictures(len(pictures))
        raise BadTextError(words % {"signs": " ".join(pictures[:5])}, field=field)
    foreign = next((word for word in text.split() if any(_is_foreign(sign) for sign in word)), "")
    if foreign:
        sign = next(sign for sign in foreign if _is_foreign(sign))
        raise BadTextError(
            _("Trong “%(word)s” có chữ “%(sign)s” không thuộc chữ Việt (%(script)s). Gõ lại bằng chữ Việt.")
            % {"word": foreign[:40], "sign": sign, "script": _script(sign)},
            field=field,
        )


def _text_pictures(count: int) -> str:
    return ngettext(
        "Loa không đọc được hình %(signs)s. Bỏ hình rồi lưu lại; chữ đã gõ vẫn còn ở đây.",
        "Loa không đọc được các hình %(signs)s. Bỏ hình rồi lưu lại; chữ đã gõ vẫn còn ở đây.",
        count,
    )


def _title_pictures(count: int) -> str:
    return ngettext(
        "Tên tin không nhận hình %(signs)s. Bỏ hình rồi lưu lại; chữ đã gõ vẫn còn ở đây.",
        "Tên tin không nhận các hình %(signs)s. Bỏ hình rồi lưu lại; chữ đã gõ vẫn còn ở đây.",
        count,
    )


def _is_picture(sign: str) -> bool:
    """Say whether ``sign`` is an emoji or dingbat: a pictographic symbol, or a private letter."""
    code = ord(sign)
    if code in {0xFE0F, 0x20E3} or unicodedata.category(sign) in {"Co", "Cs", "Cn"}:
        return True
    return code >= 0x1F000 or (0x2600 <= code <= 0x27BF and unicodedata.category(sign) == "So")


def _is_foreign(sign: str) -> bool:
    if not unicodedata.category(sign).startswith("L") or sign in _COMMON_LETTERS:
        return False
    return not unicodedata.name(sign, "").startswith("LATIN ")


def _script(sign: str) -> str:
    names = {
        "CYRILLIC": _("chữ Kirin"),
        "GREEK": _("chữ Hy Lạp"),
        "CJK": _("chữ Hán"),
        "HIRAGANA": _("chữ Nhật"),
        "KATAKANA": _("chữ Nhật"),
        "HANGUL": _("chữ Hàn"),
        "ARABIC": _("chữ Ả Rập"),
        "THAI": _("chữ Thái"),
        "LAO": _("chữ Lào"),
        "KHMER": _("chữ Khmer"),
        "FULLWIDTH": _("chữ rộng kiểu châu Á"),
        "MATHEMATICAL": _("chữ toán học"),
    }
    return names.get(unicodedata.name(sign, "").split(" ")[0], _("chữ khác"))


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")
