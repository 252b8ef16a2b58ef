# SPDX-License-Identifier: AGPL-3.0-or-later
"""Roman numerals, by what stands before them: lần thứ XXV, quý IV/2026, báo động II; never "thôn Vi"."""

import re

from loa_speech.rules.capitals import in_headline
from loa_speech.rules.context import Context, Said
from loa_speech.rules.letters import spell
from loa_speech.rules.numbers import cardinal, ordinal
from loa_speech.rules.syllables import is_syllable

_NUMERAL = re.compile(r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![\w])")
_LAST = re.compile(r"\s?[-–]\s?([IVX]{1,5})(?![\w])")
_TAIL = re.compile(r"([A-D])?(?:\s?[-–/]\s?((?:19|20)\d\d))?(?!\w)")
_WITH_LETTER = re.compile(r"([IVX]{1,4})([A-D])(?![\w])")
_MARK = re.compile(r"\s?[/)-](?=\s)")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_BEFORE = re.compile(
    r"\b(?:thứ|tk|hk|đh|khóa|khoá|kỳ|quý|chương|phần|mục|phụ lục|báo động|báo động số|báo động cấp|cấp"
    r"|vùng|thế kỷ"
    r"|loại|hạng|nhóm|bậc|khu vực|giai đoạn|quân khu|đại hội|đại hội đảng|trung ương|tw|bảng|đợt|vòng|tập"
    r"|quyển|khu|tổ|đội|học kỳ|hội nghị|toàn quốc|tiểu học|lần|nhóm nợ|mức|lớp|bđ|điều|danh mục|biểu"
    r"|thôn|xóm|ấp|khối"
    r"|khu phố|tiểu khu|đô thị|di tích|dự án|pha|cấp độ|kỳ họp|chặng|số|bước|ca|trường hợp|tuyến|cánh|trạm"
    r"|lệnh|bài)[\s:]+$"
)
_ORDINAL = re.compile(r"thứ\s+$")


def value_of(numeral: str) -> int:
    """Give the value of a well-formed Roman numeral."""
    total = 0
    for sign, following in zip(numeral, numeral[1:] + " ", strict=True):
        value = _VALUES[sign]
        total += -value if value < _VALUES.get(following, 0) else value
    return total


def roman(context: Context) -> Said | None:
    """Read a numeral whose left neighbour asks for a number, or one that goes on with a list of them."""
    match = _NUMERAL.match(context.text, context.pos)
    if match is None:
        lettered = _WITH_LETTER.match(context.text, context.pos)
        if lettered is None or not _BEFORE.search(context.left) or not _NUMERAL.fullmatch(lettered[1]):
            return None
        return Said(lettered.end(), f"{cardinal(value_of(lettered[1]))} {lettered[2].lower()}", "roman")
    if match[0] == "L" or set(match[0]) & set("CDM"):
        return None  # "hạng C", "nhóm D" are letters, "MIX" is a name
    named = _BEFORE.search(context.left) is not None or context.continues("roman")
    if not named and not _heads_section(context, match.end()) and not _is_bracketed(context, match.end()):
        return None
    last = _LAST.match(context.text, match.end())
    if last is not None:
        spoken = f"{cardinal(value_of(match[0]))} đến {cardinal(value_of(last[1]))}"
        return Said(last.end(), spoken, "roman")
    tail = _TAIL.match(context.text, match.end())
    year = tail[2] if tail and not tail[1] else None
    value = value_of(match[0])
    spoken = ordinal(value) if _ORDINAL.search(context.left) else cardinal(value)
    mark = _MARK.match(context.text, match.end()) if context.starts_line() else None
    if mark is not None:
        return Said(mark.end(), f"{spoken}.", "roman")
    if year and tail:
        return Said(tail.end(), f"{spoken} năm {cardinal(int(year))}", "roman")
    return Said(match.end(), spoken, "roman")


def _is_bracketed(context: Context, end: int) -> bool:
    """Tell whether the numeral stands alone in brackets: "(I) … (II) …"."""
    return context.text[context.pos - 1 : context.pos] == "(" and context.text[end : end + 1] == ")"


def _heads_section(context: Context, end: int) -> bool:
    """Tell whether the numeral numbers a heading: "II. Nội dung" at the start of a line."""
    return (
        context.starts_line() and re.match(r"[.)/]\s|\s?[-–.:]\s?\S", context.text[end : end + 4]) is not None
    )


def lone_roman(context: Context) -> Said | None:
    """Read a numeral of two signs or more that nothing introduces, and say that a person should look."""
    match = _NUMERAL.match(context.text, context.pos)
    if match is None or len(match[0]) < 2 or set(match[0]) & set("LCDM"):
        return None
    if is_syllable(match[0]) and in_headline(context, match.end()):
        return None
    return Said(match.end(), cardinal(value_of(match[0])), "roman", False, (spell(match[0]),))
