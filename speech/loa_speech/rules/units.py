# SPDX-License-Identifier: AGPL-3.0-or-later
"""Quantities: numbers, ranges of numbers, percent, money, units of measure and "per"."""

import re

from loa_speech.rules.context import LATIN, Context, Said
from loa_speech.rules.numbers import cardinal, decimal, digit_by_digit, month, ordinal, whole

MEASURES = {
    "km": "ki lô mét",
    "m": "mét",
    "dm": "đề xi mét",
    "cm": "xen ti mét",
    "mm": "mi li mét",
    "km2": "ki lô mét vuông",
    "km²": "ki lô mét vuông",
    "m2": "mét vuông",
    "m²": "mét vuông",
    "cm2": "xen ti mét vuông",
    "cm²": "xen ti mét vuông",
    "m3": "mét khối",
    "m³": "mét khối",
    "cm3": "xen ti mét khối",
    "cm³": "xen ti mét khối",
    "ha": "héc ta",
    "kg": "ki lô gam",
    "Kg": "ki lô gam",
    "g": "gam",
    "mg": "mi li gam",
    "µg": "mi crô gam",
    "l": "lít",
    "L": "lít",
    "ml": "mi li lít",
    "mL": "mi li lít",
    "kW": "ki lô oát",
    "KW": "ki lô oát",
    "kWh": "ki lô oát giờ",
    "kwh": "ki lô oát giờ",
    "KWh": "ki lô oát giờ",
    "MW": "mê ga oát",
    "MWh": "mê ga oát giờ",
    "W": "oát",
    "V": "vôn",
    "kV": "ki lô vôn",
    "KV": "ki lô vôn",
    "kVA": "ki lô vôn am pe",
    "KVA": "ki lô vôn am pe",
    "Hz": "héc",
    "kHz": "ki lô héc",
    "MHz": "mê ga héc",
    "GHz": "ghi ga héc",
    "KB": "ki lô bai",
    "MB": "mê ga bai",
    "GB": "ghi ga bai",
    "TB": "tê ra bai",
    "Mbps": "mê ga bít trên giây",
    "dB": "đề xi ben",
    "mmHg": "mi li mét thủy ngân",
    "°C": "độ xê",
    "ºC": "độ xê",
    "oC": "độ xê",
    "độ C": "độ xê",
    "°": "độ",
    "º": "độ",
    "%": "phần trăm",
    "‰": "phần nghìn",
    "h": "giờ",
    "s": "giây",
    "ph": "phút",
}
MONEY = {
    "đ": "đồng",
    "Đ": "đồng",
    "₫": "đồng",
    "đồng": "đồng",
    "VNĐ": "đồng",
    "VND": "đồng",
    "vnđ": "đồng",
    "vnd": "đồng",
    "k": "nghìn đồng",
    "K": "nghìn đồng",
    "tr": "triệu",
    "trđ": "triệu đồng",
    "tr.đ": "triệu đồng",
    "USD": "đô la Mỹ",
    "usd": "đô la Mỹ",
    "$": "đô la Mỹ",
    "EUR": "ơ rô",
    "€": "ơ rô",
    "NDT": "nhân dân tệ",
}
_TIMES_OF_SPEED = frozenset(("giờ", "giây", "phút"))  # "ki lô mét trên giờ", but "hai lần một ngày"
_UNITS = {**MEASURES, **MONEY}
_NAMES = "|".join(re.escape(name) for name in sorted(_UNITS, key=len, reverse=True))
_UNIT = re.compile(rf"\s?({_NAMES})(?![\w²³]|/c(?!\w)|/[cC]hí)")
_PER = re.compile(rf"/(\d{{1,2}})?([kc]?m[23²³]|[{LATIN}]{{1,12}})(?![\w])")
_NUMBER = (
    r"(?:\d{1,3}(?:\.\d{3}){1,5}(?![\d.]\d|\d)(?:,\d{1,6}(?!\d))?|\d{1,3}(?: \d{3}){2,5}(?![\d])(?:,\d{1,3})?"
    r"|\d{1,18}(?:,\d{1,6}(?!\d))?)"
)
_QUANTITY = re.compile(rf"({_NUMBER})(?:\s{{0,2}}[-–—÷]\s{{0,2}}({_NUMBER})(?![\d/:]))?")
_ENGLISH_GROUPS = re.compile(r"\d{1,3}(?:,\d{3}){2,5}(?![\d,])")
_COMMA_LIST = re.compile(r"\d{1,4}(?:,\d{1,4}){2,20}(?![\d])")
_POINTED = re.compile(r"\d{1,6}(?:\.\d{1,4}){1,4}(?![\d])")
_SPACED_THOUSANDS = re.compile(
    r"(\d{1,3} \d{3})(?=\s?(?:đ|₫|VN[ĐD]|vn[đd]|đồng|USD|ha|m2|m²|m3|m³|kg|người|hộ)(?!\w))"
)
_SIGNED = re.compile(rf"-({_NUMBER})")
_NEGATIVE_LEFT = re.compile(r"(?:nhiệt độ|xuống|dưới|mức|còn|đến|từ|là|tăng trưởng)[^\d\n]{0,12}$")
_ORDINAL_LEFT = re.compile(r"(?:^|[^\w])thứ $")
_MONTH_LEFT = re.compile(r"(?:^|[^\w])tháng $")
_DOLLARS = re.compile(rf"\$\s?({_NUMBER})")
_LONE_UNIT = re.compile(r"(?:km2|km²|m2|m²|m3|m³|km|kg|cm|mm|kWh|kV|kVA|MW|MWh|VNĐ|VND|USD)(?![\w²³])")
_NUMBER_ITEM = re.compile(rf"{_NUMBER}")


def _number(written: str) -> str:
    return decimal(written)


def _say_unit(text: str, end: int) -> tuple[str, int, bool]:
    """Read the unit and its "per" behind a number.

    Returns:
        The words (with a leading blank, or ""), the new end and whether it was written as a sign or symbol.
    """
    match = _UNIT.match(text, end)
    if match is None:
        return "", end, False
    name = match[1]
    spoken = f" {_UNITS[name]}"
    end = match.end()
    if name in ("k", "K", "tr") and text[end : end + 5].lower() == " đồng":
        spoken = " nghìn" if name in ("k", "K") else " triệu"
    for _ in range(3):
        per = _PER.match(text, end)
        if per is None:
            break
        spoken += _say_per(per, money=name in MONEY)
        end = per.end()
    return spoken, end, True


def _say_per(match: re.Match[str], *, money: bool) -> str:
    count, unit = match.groups()
    word = _UNITS.get(unit, unit)
    if count:
        return f" trong {cardinal(int(count))} {word}"
    measured = unit in MEASURES or unit in _TIMES_OF_SPEED
    return f" trên {word}" if measured and not money else f" một {word}"


def quantity(context: Context) -> Said | None:
    """Read a number or a range of numbers with what it counts: 3-4 m, 37,5°C, 1.200.000đ/hộ, 80%."""
    text, pos = context.text, context.pos
    spaced = _SPACED_THOUSANDS.match(text, pos)
    if spaced is not None:
        unit, end, _ = _say_unit(text, spaced.end())
        return Said(end, _number(spaced[1]) + unit, "number")
    match = _QUANTITY.match(text, pos)
    if match is None:
        return None
    first, last = match[1], match[2]
    end = match.end()
    if last is None and text[end : end + 1] == "." and text[end + 1 : end + 2].isdigit():
        return None  # an outline number or foreign decimal: `pointed` reads it
    unit, end, marked = _say_unit(text, end)
    sure = not (re.fullmatch(r"\d{1,3},\d{3}", first) and first[0] != "0")
    rule = "unit" if marked else "number"
    if last is None:
        return Said(end, _one(context, first) + unit, rule, sure)
    if not marked:
        between = _UNIT.match(text, pos + len(first))
        if between is not None:
            return None
    return Said(
        end, f"{_one(context, first)} đến {_number(last)}{unit}", "number-range" if not marked else rule, sure
    )


def unit_range(context: Context) -> Said | None:
    """Read a range that names its unit twice: 3m-4m, 10% - 15%."""
    text, pos = context.text, context.pos
    first = _NUMBER_ITEM.match(text, pos)
    if first is None:
        return None
    unit, end, marked = _say_unit(text, first.end())
    if not marked:
        return None
    sign = re.compile(r"\s{0,2}[-–—÷]\s{0,2}(?=\d)").match(text, end)
    if sign is None:
        return None
    last = _NUMBER_ITEM.match(text, sign.end())
    if last is None:
        return None
    last_unit, end, marked = _say_unit(text, last.end())
    if not marked:
        return None
    head = _number(first[0]) if unit == last_unit else _number(first[0]) + unit
    return Said(end, f"{head} đến {_number(last[0])}{last_unit}", "unit")


def _one(context: Context, written: str) -> str:
    """Read one number by what stands before it: "thứ 4" and "tháng 4" are "tư"."""
    if written.isdecimal() and len(written) <= 2:
        if _ORDINAL_LEFT.search(context.left):
            return ordinal(int(written))
        if _MONTH_LEFT.search(context.left):
            return month(int(written))
    return _number(written)


def comma_groups(context: Context) -> Said | None:
    """Read thousands grouped by commas (1,200,000) or a list written without blanks (3,4,5)."""
    match = _ENGLISH_GROUPS.match(context.text, context.pos)
    if match is not None:
        unit, end, _ = _say_unit(context.text, match.end())
        return Said(end, whole(match[0].replace(",", "")) + unit, "number")
    match = _COMMA_LIST.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), ", ".join(whole(item) for item in match[0].split(",")), "number")


def pointed(context: Context) -> Said | None:
    """Read numbers with points that group nothing: section 2.1, 3.5 kg, 192.168.1.1."""
    match = _POINTED.match(context.text, context.pos)
    if match is None:
        return None
    parts = match[0].split(".")
    unit, end, marked = _say_unit(context.text, match.end())
    tail = [digit_by_digit(part) if part[0] == "0" else whole(part) for part in parts[1:]]
    if len(parts) == 2 and marked:
        return Said(end, f"{whole(parts[0])} phẩy {tail[0]}{unit}", "unit")
    return Said(end, " chấm ".join([whole(parts[0]), *tail]) + unit, "number")


def negative(context: Context) -> Said | None:
    """Read a minus sign before a temperature or a fall: -5°C."""
    match = _SIGNED.match(context.text, context.pos)
    if match is None:
        return None
    before = context.text[context.pos - 1 : context.pos]
    if before and not (before.isspace() or before == "("):
        return None
    unit, end, marked = _say_unit(context.text, match.end())
    cold = context.text[match.end() : match.end() + 4].lstrip().startswith(("°", "º", "độ", "oC"))
    if not cold and (not (marked and _NEGATIVE_LEFT.search(context.left)) or context.starts_line()):
        return None
    return Said(end, f"âm {_number(match[1])}{unit}", "unit" if marked else "number")


def dollars(context: Context) -> Said | None:
    """Read money whose sign stands in front: $100."""
    match = _DOLLARS.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), f"{_number(match[1])} đô la Mỹ", "unit")


def lone_unit(context: Context) -> Said | None:
    """Read a unit without a number before it: "người/km2", "giá một kWh"."""
    match = _LONE_UNIT.match(context.text, context.pos)
    if match is None:
        return None
    unit, end, _ = _say_unit(context.text, context.pos)
    return Said(end, unit.strip(), "unit")


def digits(context: Context) -> Said | None:
    """Read any run of digits that no other rule knows, digit by digit when it is long."""
    match = re.compile(r"\d{1,4000}").match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), whole(match[0]), "number", sure=False)
