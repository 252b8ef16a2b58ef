# SPDX-License-Identifier: AGPL-3.0-or-later
"""Web and e-mail addresses."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.letters import spell
from loa_speech.rules.numbers import whole
from loa_speech.rules.provinces import PROVINCES
from loa_speech.rules.syllables import is_syllable

_MAIL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,63})@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_LINK = re.compile(
    r"(?:https?://|www\.)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}(?::\d{1,5})?(?:/[^\s<>\"')\]]{0,500})?",
    re.IGNORECASE,
)
_DOMAIN = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.(?:vn|com|net|org|info|gov|edu"
    r"|io)(?![\w.]*\w@)"
    r"(?:/[^\s<>\"')\],]{0,200})?(?![\w])"
)
_SHORT_PATH = re.compile(r"[A-Za-z0-9._-]{1,30}")
_WORDS = {
    "com": "com",
    "vn": "vê nờ",
    "gov": "gốp",
    "edu": "e đu",
    "org": "o rờ giê",
    "net": "nét",
    "www": "vê kép vê kép vê kép",
    "gmail": "gờ meo",
    "yahoo": "da hu",
    "facebook": "phây búc",
    "zalo": "da lô",
    "youtube": "diu túp",
    "dichvucong": "dịch vụ công",
    "chinhphu": "chính phủ",
    "vanban": "văn bản",
    "baochinhphu": "báo chính phủ",
    "syt": "sờ i tê",
    "moh": "mờ ô hát",
    "bocongan": "bộ công an",
    "mattran": "mặt trận",
    **{key: name.lower() for key, name in PROVINCES.items()},
}
_PIECE = re.compile(r"[A-Za-zđĐ]+|\d+|[.@/_:-]|[^\s]")
_SIGNS = {".": "chấm", "@": "a còng", "/": "gạch chéo", "-": "gạch ngang", "_": "gạch dưới", ":": "hai chấm"}


def _say_piece(piece: str) -> str:
    if piece.isdecimal():
        return whole(piece)
    word = piece.lower()
    if word in _WORDS:
        return _WORDS[word]
    if word in _SIGNS:
        return _SIGNS[word]
    if not piece.isascii() or not piece.isalpha():
        return ""
    if is_syllable(word) or len(word) > 5:
        return word
    return spell(word) if len(word) <= 4 and not set(word) & set("aeiouy") else word


def _say(address: str) -> str:
    spoken = (_say_piece(piece) for piece in _PIECE.findall(address))
    return " ".join(word for word in spoken if word)


def web_address(context: Context) -> Said | None:
    """Read an e-mail or web address; the protocol and a path behind the host are left out."""
    text, pos = context.text, context.pos
    mail = _MAIL.match(text, pos)
    if mail is not None:
        return Said(mail.end(), _say(mail[0]), "address", sure=False)
    match = _LINK.match(text, pos) or _DOMAIN.match(text, pos)
    if match is None:
        return None
    written = match[0].rstrip(".,;:!?")
    host, _, path = re.sub(r"^https?://", "", written, flags=re.IGNORECASE).partition("/")
    if _SHORT_PATH.fullmatch(path):
        host += f"/{path}"
    return Said(pos + len(written), _say(host), "address", sure=False)
