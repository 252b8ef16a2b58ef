# SPDX-License-Identifier: AGPL-3.0-or-later
"""What single cells say: several names in one cell, quantities, channels, evidence, letters of old fonts. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence

from loa.areas.folding import fold, nfc
from loa.campaigns.importing.reasons import Reason, Refusal, meant
from loa.campaigns.models import EvidenceKind
from loa.campaigns.words import CHANNEL_NAMES, EVIDENCE_NAMES

CELL_LIMIT = 10_000  # characters that a cell may have
QUANTITY_LIMIT = 10_000_000
UNIT_LIMIT = 40  # characters: Activity.unit

_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TCVN3 = re.compile(r"[A-Za-z][¨ª¬®µ¶¸¹¼½¾]|[®][a-zµ¶¸¹]")  # letters that old fonts draw as ours
_MOJIBAKE = re.compile("\ufffd|á»[\u0080-\u00bf\u2018-\u2122]|Ã[\u00a1-\u00bf]|Æ°|Ä‘|â€")
_BULLET = re.compile(r"^[-–—+•*·\s]+")

# What offices write of a channel, folded; the first that a cell holds wins.
_CHANNEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "consultation": ("lay y kien", "gop y", "doi thoai"),
    "contest": ("hoi thi", "cuoc thi"),
    "flags": ("treo co",),
    "board": ("bang dien tu", "man hinh led", "bang led", "bang tin dien tu"),
    "social": ("mang xa hoi", "facebook", "zalo", "fanpage", "tiktok"),
    "portal": ("cong thong tin", "trang thong tin", "website", "trang web", "cong tt"),
    "loudspeaker": ("loa", "truyen thanh", "phat thanh"),
    "press": ("bao chi", "bao, dai", "bao dai", "truyen hinh", "bao", "dai"),
    "panel": ("pano", "ap phich", "khau hieu", "bang ron", "bang zon", "bang-ron", "truc quan"),
    "publication": ("an pham", "to roi", "to gap", "sach", "tai lieu", "ban tin"),
    "meeting": ("sinh hoat", "hop thon", "hop chi bo", "hop dan", "chi bo"),
    "visit": ("den tung nha", "tung ho", "van dong truc tiep", "gap go"),
    "movement": ("phong trao", "ra quan", "thi dua", "ve sinh"),
    "conference": ("hoi nghi", "toa dam", "tap huan", "hop bao"),
}
_EVIDENCE_WORDS: Mapping[EvidenceKind, tuple[str, ...]] = {
    EvidenceKind.PHOTO: ("anh", "hinh anh", "anh chup"),
    EvidenceKind.FILE: ("tep", "bao cao", "bien ban", "van ban", "danh sach", "file", "ho so"),
    EvidenceKind.LINK: ("duong dan", "link", "lien ket", "duong link"),
    EvidenceKind.FIGURES: ("so lieu", "thong ke"),
    EvidenceKind.DELIVERY: ("luot he thong ghi", "nhat ky phat", "luot phat"),
}


def check_letters(cell: str) -> None:
    """Refuse a cell that cannot be text as people read it.

    Raises:
        Refusal: an error of the spreadsheet, too long, unprintable signs, an old font, broken letters.
    """
    if found := _ERROR.search(cell):
        raise Refusal(Reason.CELL_ERROR, value=found[0])
    if len(cell) > CELL_LIMIT:
        raise Refusal(Reason.CELL_TOO_LONG, count=len(cell), limit=CELL_LIMIT)
    if _CONTROL.search(cell):
        raise Refusal(Reason.UNPRINTABLE)
    if _MOJIBAKE.search(cell):
        raise Refusal(Reason.BROKEN_LETTERS, value=cell)
    if len(_TCVN3.findall(cell)) > 1:
        raise Refusal(Reason.OLD_FONT, value=cell)


def line_of(cell: str) -> str:
    """Return a cell as one line, without the dash that lists begin with."""
    return nfc(_BULLET.sub("", cell))


def listed(cell: str, is_known: Callable[[str], bool]) -> list[str]:
    """Return the names in a cell: by lines and semicolons, then by commas where names hold none themselves.

    Args:
        is_known: says whether a name is one; of words joined by commas the longest known stretch is taken.
    """
    if is_known(line_of(cell)):
        return [line_of(cell)]
    found: list[str] = []
    for line in re.split(r"[\n;]", cell):
        if name := line_of(line):
            found += [name] if is_known(name) else _by_commas(name, is_known)
    return found


def _by_commas(line: str, is_known: Callable[[str], bool]) -> list[str]:
    parts = [
        part
        for part in (nfc(part) for part in re.split(r",|\s+và\s+|\s*/\s*|\s*\+\s*|\s+&\s+", line))
        if part
    ]
    found: list[str] = []
    at = 0
    while at < len(parts):
        ends = (end for end in range(min(len(parts), at + 6), at, -1) if is_known(", ".join(parts[at:end])))
        end = next(ends, at + 1)
        found.append(", ".join(parts[at:end]))
        at = end
    return found if any(is_known(part) for part in found) else [line]


def quantity_of(cell: str) -> tuple[int | None, str]:
    """Return a quantity and the unit that stands behind it ("10 tin, bài").

    Raises:
        Refusal: it is no number that can be counted.
    """
    value = nfc(cell)
    words = re.sub(r"^(?:ít nhất|tối thiểu|từ|≥|>=)\s*", "", value, flags=re.IGNORECASE)
    words = re.sub(r"\s*(?:trở lên)$", "", words, flags=re.IGNORECASE)
    if not words:
        return None, ""
    if re.match(r"[-−]\s*\d", words):
        raise Refusal(Reason.QUANTITY_NEGATIVE, value=value)
    if "%" in words:
        raise Refusal(Reason.QUANTITY_PERCENT, value=value)
    found = re.match(r"(\d[\d.,]*(?:[ \u00a0]\d{3}(?!\d))*)\s*(.*)\Z", words)
    if found is None:
        raise Refusal(Reason.QUANTITY_UNREADABLE, value=value)
    number, unit = found[1].rstrip(".,"), found[2]
    if re.match(r"(?:-|–|đến)\s*\d", unit):
        raise Refusal(Reason.QUANTITY_RANGE, value=value)
    if re.search(r"(?:^|[,;+\s])\d", unit):
        raise Refusal(Reason.TWO_QUANTITIES, value=value)
    return _whole(number, value), unit.lstrip(" .,")


def _whole(number: str, value: str) -> int:
    digits = re.sub(r"[ \u00a0]", "", number)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", digits):
        digits = digits.replace(".", "")
    digits = re.sub(r"[.,]0+\Z", "", digits)
    if not digits.isdigit():
        raise Refusal(Reason.QUANTITY_FRACTION, value=value)
    if len(digits) > 12 or int(digits) > QUANTITY_LIMIT:
        raise Refusal(Reason.QUANTITY_TOO_LARGE, value=value, limit=f"{QUANTITY_LIMIT:,}".replace(",", "."))
    if not int(digits):
        raise Refusal(Reason.QUANTITY_ZERO)
    return int(digits)


def unit_of(cell: str, behind: str) -> str:
    """Return the unit of a quantity, from its own column or from behind the number.

    Raises:
        Refusal: it is a number, too long, or the two columns differ.
    """
    unit = nfc(cell)
    if unit and behind and fold(unit) != fold(behind):
        raise Refusal(Reason.TWO_UNITS, value=behind, other=unit)
    unit = unit or nfc(behind)
    if unit and re.fullmatch(r"[\d.,\s]+", unit):
        raise Refusal(Reason.UNIT_IS_NUMBER, value=unit)
    if len(unit) > UNIT_LIMIT:
        raise Refusal(Reason.UNIT_TOO_LONG, count=len(unit), limit=UNIT_LIMIT)
    return unit


def product_of(cell: str) -> tuple[int | None, str, str]:
    """Return what a column "Sản phẩm" says: quantity and unit where it is counted, else words for the note."""
    value = nfc(cell)
    if re.match(r"\d", value):
        try:
            quantity, unit = quantity_of(value)
        except Refusal:
            return None, "", value
        if unit and len(unit) <= UNIT_LIMIT:
            return quantity, unit, ""
    return None, "", value


def channels_of(cell: str, planned: Mapping[str, str]) -> list[str]:
    """Return the channels that a cell names.

    Args:
        planned: what the campaign itself calls its channels, folded, with their keys.

    Raises:
        Refusal: one is none.
    """
    names = {fold(str(name)): key for key, name in CHANNEL_NAMES.items()} | {**planned}
    keys = []
    for part in listed(cell, lambda name: fold(name) in names or fold(name) in CHANNEL_NAMES):
        said = fold(part)
        key = names.get(said) or (said if said in CHANNEL_NAMES else _by_word(said, _CHANNEL_WORDS))
        if key is None or key not in CHANNEL_NAMES:
            raise Refusal(
                Reason.UNKNOWN_CHANNEL,
                value=part,
                near=meant(
                    [
                        str(CHANNEL_NAMES["loudspeaker"]),
                        str(CHANNEL_NAMES["portal"]),
                        str(CHANNEL_NAMES["conference"]),
                    ]
                ),
            )
        keys += _all_of(said, key) if said not in names else [key]
    return list(dict.fromkeys(keys))


def _all_of(said: str, key: str) -> list[str]:
    """Return every channel that words joined by commas name, where no part was a channel's own name."""
    parts = [found for part in re.split(r",| va ", said) if (found := _by_word(part, _CHANNEL_WORDS))]
    return parts or [key]


def _by_word(said: str, words: Mapping[str, Sequence[str]]) -> str | None:
    for key, listed_words in words.items():
        if any(re.search(rf"\b{word}\b", said) for word in listed_words):
            return key
    return None


def evidence_of(cell: str) -> list[str]:
    """Return the kinds of evidence that a cell asks for.

    Raises:
        Refusal: one is none.
    """
    names = {fold(str(name)): kind.value for kind, name in EVIDENCE_NAMES.items()}
    names |= {word: kind.value for kind, words in _EVIDENCE_WORDS.items() for word in words}
    kinds = []
    for part in listed(cell, lambda name: fold(name) in names):
        kind = names.get(fold(part)) or next(
            (value for word, value in names.items() if re.match(rf"{word}\b", fold(part))), None
        )
        if kind is None:
            raise Refusal(
                Reason.UNKNOWN_EVIDENCE,
                value=part,
                near=meant([str(name) for name in EVIDENCE_NAMES.values()]),
            )
        kinds.append(kind)
    return list(dict.fromkeys(kinds))
