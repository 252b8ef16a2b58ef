# SPDX-License-Identifier: AGPL-3.0-or-later
"""Languages of Vietnam's peoples beside Vietnamese: their names, and the codes that a release signs."""

import re

from django.utils.translation import gettext as _

from loa.areas.folding import fold, nfc
from loa.config.errors import LoaError

NAME_LIMIT = 40  # characters
CODE_PART = 8  # characters of one part of a language code (BCP 47)

# ISO 639; where a people speaks several, the one with most speakers in Vietnam.
CODES = {
    "Tày": "tyz",
    "Nùng": "nut",
    "Dao": "ium",
    "Mông": "hmn",
    "Thái": "blt",
    "Mường": "mtq",
    "Sán Chỉ": "",
    "Sán Dìu": "",
    "Giáy": "pcc",
    "Hoa": "yue",
    "Khmer": "km",
    "Chăm": "cjm",
    "Ê Đê": "rad",
    "Gia Rai": "jra",
    "Ba Na": "bdq",
    "Xơ Đăng": "sed",
    "Cơ Ho": "kpm",
    "Hrê": "hre",
    "Mnông": "cmo",
    "Ra Glai": "rog",
}


_PREFIX = re.compile(r"tiếng(\s|\Z)", re.IGNORECASE)


class BadLanguageError(LoaError):
    """This is no language beside Vietnamese."""

    code = "bad_language"


def check_language(typed: str) -> str:
    """Return a language's name as it is stored: the usual spelling of a known one, else as typed.

    Raises:
        BadLanguageError: it is empty, too long, Vietnamese, or no name.
    """
    name = nfc(_PREFIX.sub("", nfc(typed)))
    if not name:
        raise BadLanguageError(_("Chưa ghi tiếng gì. Chọn trong danh sách hoặc gõ tên."), field="language")
    if len(name) > NAME_LIMIT:
        raise BadLanguageError(
            _("Tên tiếng dài quá %(limit)s ký tự. Rút ngắn lại.") % {"limit": NAME_LIMIT}, field="language"
        )
    if not all(letter.isalpha() or letter in " -'’()" for letter in name) or not any(map(str.isalpha, name)):
        raise BadLanguageError(_("Tên tiếng chỉ gồm chữ cái, ví dụ Tày hoặc Sán Chỉ."), field="language")
    if fold(name) in {"viet", "kinh", "viet nam"}:
        raise BadLanguageError(
            _("Tiếng Việt là lời đọc ở trên. Muốn thay giọng máy, bấm “Dùng bản ghi”."), field="language"
        )
    known = {fold(one): one for one in CODES}
    return known.get(fold(name), name)


def language_code(name: str) -> str:
    """Return the code that a release signs: ISO 639, or "mis" (no code) with the name's letters."""
    code = CODES.get(name, "")
    if code:
        return code
    letters = "".join(letter for letter in fold(name) if letter.isascii() and letter.isalpha())
    parts = [letters[at : at + CODE_PART] for at in range(0, len(letters), CODE_PART)]
    return "-".join(["mis", *(part for part in parts if len(part) > 1)])
