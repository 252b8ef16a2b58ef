# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers and ranges of numbers with what they count: 3-4 m, 37,5°C, 1.200.000đ/hộ, 80%, 50-80 mg/100 ml."""

import re

from loa_speech.rules.context import LATIN, Context, Said
from loa_speech.rules.measures import LONE, MEASURES, MONEY, SCALES, TIMES_OF_SPEED, UNIT, UNITS
from loa_speech.rules.numbers import cardinal, decimal, digit_by_digit, month, ordinal, whole

NUMBER = (
    r"(?:\d{1,3}(?:\.\d{3}){1,5}(?![\d.]\d|\d)(?:,\d{1,6}(?!\d))?|\d{1,3}(?: \d{3}){2,5}(?![\d])(?:,\d{1,3})?"
    r"|\d{1,18}(?:,\d{1,6}(?!\d))?)"
)
TO = r"\s{0,2}(?:[-–—÷~→]|->)\s{0,2}"
_QUANTITY = re.compile(rf"({NUMBER})(?:{TO}({NUMBER})(?![\d/:]))?")
_ITEM = re.compile(NUMBER)
_DASH = re.compile(rf"{TO}(?=\d)")
_SPACED_THOUSANDS = re.compile(
    rf"[1-9]\d{{0,2}} \d{{3}}(?![\d.,/:-]\d|\d| \d{{3}}(?!\d))(?=\s?(?:[₫đ²³%]|VN|USD)|\s[{LATIN}]"
    rf"|\s?[kc]?[mg]|\s?ha)"
)
_NAMING_LEFT = re.compile(
    r"(?:số|thôn|tổ|xóm|bản|lớp|điều|khoản|ngày|tháng|năm|khu|đội|phòng|lô|tuyến|quý|kỳ|lần|đợt|cấp"
    r"|hạng|thứ|mã|ca|km|mức)\s$"
)
_PER = re.compile(rf"\s?/\s?(?:(\d{{1,3}})\s?)?([kcdm]?m[23²³]|[{LATIN}]{{1,12}})(?![\w])")
_DATE_BEHIND = re.compile(r"/\d{1,2}(?:/\d{4})?(?!\d)")
_ORDINAL_LEFT = re.compile(r"(?:^|[^\w])(?:thứ|hạng) $")
_MONTH_LEFT = re.compile(r"(?:^|[^\w])tháng $")
_MONEY_BEHIND = re.compile(rf"\s?(?:{SCALES}\s)?(?:đồng|đ|VN[ĐD]|vnđ)(?!\w)")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2},\d{3}")
_ENDS = re.compile(r"\s{0,2}(?:$|[.,;:!?)/\n-])")
_RAISED_ZERO = re.compile(r"([1-4]\d)(?:0C)?(?:\s?[-–]\s?([1-4]\d))?0C(?!\w)")
_WEATHER_LEFT = re.compile(r"(?:nhiệt|độ|nắng|nóng|lạnh|rét|dưới|trên|sốt|khoảng|từ|đến)[^\d\n;.:]{0,20}$")
_AGE = re.compile(r"(\d{1,3})(?:\s?[-–]\s?(\d{1,3}))?[tT](?!\w)")
_AGE_LEFT = re.compile(
    r"(?:thọ|dương|bé|cháu|nữ|nam|từ|trên|dưới|độ tuổi|khoảng|gái|trai|em|người|cụ),?\s$"
    r"|[A-ZĐa-zà-ỹ.],\s$"
)
_HEIGHT = re.compile(r"(\d{1,2})(m|M|kg)([1-9]|\d\d)(?![\w²³,.]\d|[\w²³])")
_HEIGHT_LEFT = re.compile(
    r"(?:cao|dài|sâu|rộng|dày|chiều \w{2,4}|ngập|khoảng|hơn|gần|lên|tới|đến|từ)\s(?:khoảng |hơn |gần |tới )?$"
)


def say_unit(text: str, end: int) -> tuple[str, int, bool]:
    """Read the unit and its "per" behind a number.

    Returns:
        The words (with a leading blank, or ""), the new end and whether there was a unit.
    """
    match = UNIT.match(text, end)
    if match is None:
        return "", end, False
    name = match[1]
    if name in ("'", "’") and match[0] != name:
        return "", end, False
    spoken = f" {UNITS[name]}"
    end = match.end()
    if name in ("k", "K", "ng", "tr", "Tr", "TR"):
        if name in ("tr", "Tr", "TR") and _ENDS.match(text, end):
            spoken += " đồng"
        if name in ("k", "K") and _MONEY_BEHIND.match(text, end):
            spoken = " nghìn"
        elif name == "ng" and not _MONEY_BEHIND.match(text, end):
            return "", match.start(), False
    for _ in range(3):
        per = _PER.match(text, end)
        if per is None:
            break
        spoken += _say_per(per, of=name)
        end = per.end()
    return spoken, end, True


def _say_per(match: re.Match[str], *, of: str) -> str:
    count, unit = match.groups()
    word = UNITS.get(unit, unit)
    if count:
        joint = "trong" if of in ("mm", "cm", "m") or unit in ("h", "giờ", "ngày") else "trên"
        return f" {joint} {cardinal(int(count))} {word}"
    measured = (unit in MEASURES and unit != "th") or unit in TIMES_OF_SPEED
    plain = of in MONEY or (of == "%" and unit not in MEASURES)
    return f" trên {word}" if measured and not plain else f" một {word}"


def quantity(context: Context) -> Said | None:
    """Read a number or a range of numbers with its unit."""
    text, pos = context.text, context.pos
    match = _QUANTITY.match(text, pos)
    if match is None:
        return None
    first, last = match[1], match[2]
    end = match.end()
    if last is None and text[end : end + 1] == "." and text[end + 1 : end + 2].isdigit():
        return None  # an outline number or foreign decimal: `pointed` reads it
    unit, end, marked = say_unit(text, end)
    ambiguous = _AMBIGUOUS.fullmatch(first) is not None and not _is_measured(text, match.end())
    rule = "unit" if marked else "number"
    if last is None:
        others = (whole(first.replace(",", "")) + unit,) if ambiguous else ()
        return Said(end, say_one(context, first) + unit, rule, not ambiguous, others)
    if not marked and UNIT.match(text, pos + len(first)):
        return None
    spoken = f"{say_one(context, first)} đến {decimal(last)}{unit}"
    return Said(end, spoken, rule if marked else "number-range")


def _is_measured(text: str, end: int) -> bool:
    """Tell whether a measure follows, before which a comma is a decimal mark: 42,195 km."""
    unit = UNIT.match(text, end)
    return unit is not None and unit[1] in MEASURES


def spaced_thousands(context: Context) -> Said | None:
    """Read thousands grouped by a blank where the text counts something: 100 000 đồng, 12 500 cây."""
    match = _SPACED_THOUSANDS.match(context.text, context.pos)
    if match is None or _NAMING_LEFT.search(context.left):
        return None
    unit, end, _ = say_unit(context.text, match.end())
    return Said(end, decimal(match[0]) + unit, "number")


def unit_range(context: Context) -> Said | None:
    """Read a range that names its unit twice: 3m-4m, 10% - 15%."""
    text, pos = context.text, context.pos
    first = _ITEM.match(text, pos)
    if first is None:
        return None
    unit, end, marked = say_unit(text, first.end())
    if not marked:
        return None
    sign = _DASH.match(text, end)
    if sign is None:
        return None
    last = _ITEM.match(text, sign.end())
    if last is None:
        return None
    last_unit, end, marked = say_unit(text, last.end())
    if not marked:
        return None
    head = decimal(first[0])
    if unit != last_unit and not last_unit.startswith(unit):
        head += unit
    return Said(end, f"{head} đến {decimal(last[0])}{last_unit}", "unit")


def height(context: Context) -> Said | None:
    """Read metres with what is over: 1m65, 2m5; 1m2 only behind "cao", "sâu" and the like."""
    match = _HEIGHT.match(context.text, context.pos)
    if match is None or (
        match[3] in ("2", "3") and match[2] != "kg" and not _HEIGHT_LEFT.search(context.left)
    ):
        return None
    tail = digit_by_digit(match[3]) if match[3][0] == "0" else cardinal(int(match[3]))
    unit = "ki lô gam" if match[2] == "kg" else "mét"
    return Said(match.end(), f"{cardinal(int(match[1]))} {unit} {tail}", "unit")


def raised_zero(context: Context) -> Said | None:
    """Read degrees whose ring was typed as a nought: "nắng nóng 370C" is thirty-seven degrees, as a guess."""
    match = _RAISED_ZERO.match(context.text, context.pos)
    if match is None or not _WEATHER_LEFT.search(context.left):
        return None
    last = f" đến {cardinal(int(match[2]))}" if match[2] else ""
    return Said(match.end(), f"{cardinal(int(match[1]))}{last} độ xê", "unit", sure=False)


def age(context: Context) -> Said | None:
    """Read years of life written with a t: hưởng thọ 78t, nữ 18-35t."""
    match = _AGE.match(context.text, context.pos)
    if match is None or not _AGE_LEFT.search(context.left):
        return None
    if context.left.endswith(", ") and context.right(match.end(), 1) not in (",", ";", ")", "."):
        return None
    last = f" đến {cardinal(int(match[2]))}" if match[2] else ""
    return Said(match.end(), f"{cardinal(int(match[1]))}{last} tuổi", "unit")


def say_one(context: Context, written: str) -> str:
    """Read one number by what stands before it: "thứ 4" and "tháng 4" are "tư"."""
    if written.isdecimal() and len(written) <= 2 and context.left[-1:] == " ":
        if _ORDINAL_LEFT.search(context.left):
            return ordinal(int(written))
        if _MONTH_LEFT.search(context.left):
            return month(int(written))
    return decimal(written)


def lone_unit(context: Context) -> Said | None:
    """Read a unit without a number before it: "người/km2", "giá một kWh", "đ/kg"."""
    match = LONE.match(context.text, context.pos)
    if match is None:
        return None
    behind_slash = context.left.endswith("/")
    if (
        match[0] in ("đ", "ha", "Km")
        and context.text[match.end() : match.end() + 1] != "/"
        and not behind_slash
    ):
        return None
    if match[0] == "đ" and not behind_slash and not UNIT.match(context.text, match.end() + 1):
        return None
    unit, end, _ = say_unit(context.text, context.pos)
    if re.fullmatch(r"[A-Z]{3}/[A-ZĐ]{3}", context.text[context.pos : end]):
        unit = unit.replace(" một ", " trên ")  # USD/VND is a rate
    return Said(end, unit.strip(), "unit") if unit else None
