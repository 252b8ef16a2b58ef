# SPDX-License-Identifier: AGPL-3.0-or-later
"""Slashes between words: thôn/bản (a pause), và/hoặc, lần/ngày, 5 kg đạm/sào, người/km2."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.measures import MEASURES, MONEY, UNITS
from loa_speech.rules.numbers import cardinal

_LEFT = re.compile(r"([^\W\d_]+)\s?$")
_RIGHT = re.compile(r"\s?([^\W\d_]+[23²³]?)")
_COUNTED_RIGHT = re.compile(r"\s?(\d{1,3})\s?([^\W\d_]+)")
_COUNT_WORDS = """đồng lần buổi lượt suất tấn tạ yến con cây ngày tháng năm bao chiếc lít triệu nghìn ngàn tỷ kỳ đợt giờ
trăm phút điểm bữa viên liều mũi giọt"""
_COUNTED = frozenset(_COUNT_WORDS.split())
_PER_WORDS = """tháng ngày giờ phút tuần năm quý vụ lứa kỳ lần lượt đợt buổi ca người hộ khẩu nhân con cây sào mẫu tấn
tạ yến lít bao bình chai gói thùng suất bữa bộ cái chiếc xe thẻ vé trang tờ hồ học trường em cháu lớp
phòng nhà lô thửa phiếu đầu hội đoàn đảng mũi quả trứng đội cặp gia lao công cơ m mét ki xen héc trẻ
bệnh thành khách hành giường thuyền bàn vòng trận hiệp ván bài tổ nhóm thôn xã bản khu chi khóm gốc bông
ô luống mớ cột mâm"""
_PER = frozenset(_PER_WORDS.split())
_PLACE_WORDS = "thôn bản xã phường khu tổ xóm ấp làng huyện tỉnh phố nhóm đội chi"
_PLACES = frozenset(_PLACE_WORDS.split())
_NUMBER_LEFT = re.compile(r"\d[^.;:!?\n]{0,36}$")
_KIN_WORDS = "nam/nữ vợ/chồng cha/mẹ bố/mẹ anh/chị ông/bà cô/chú"
_KIN = frozenset(_KIN_WORDS.split())


def slash(context: Context) -> Said | None:
    """Read a slash by what stands on both sides: a pause, "một", "trên" or nothing."""
    text, pos = context.text, context.pos
    if text[pos] != "/":
        return None
    said = _behind_change(context)
    if said is not None:
        return said
    right = _RIGHT.match(text, pos + 1)
    left = _LEFT.search(context.left)
    if left is None or right is None:
        return _beside_number(context, left)
    if left[1] in ("và", "hoặc"):
        return Said(pos + 1, " ", "slash")
    word = right[1]
    if f"{left[1]}/{word.lower()}" in _KIN:
        return Said(pos + 1, ", ", "slash", alternatives=(" hoặc ",))
    if left[1] in _PLACES and word in _PLACES:
        return Said(pos + 1, ", ", "slash")
    if left[1] in _COUNTED or (word.lower() in _PER and _NUMBER_LEFT.search(context.left)):
        measured = word in MEASURES and word not in MONEY and word != "ha" and left[1] != "đồng"
        return Said(pos + 1, " trên " if measured or left[1] == word else " một ", "slash")
    if word in UNITS and word not in ("đ", "k", "s", "h", "l", "g", "m") and len(word) > 1:
        return Said(pos + 1, " trên ", "slash")
    return Said(pos + 1, ", ", "slash")


def _behind_change(context: Context) -> Said | None:
    """Read a slash just behind what another rule read: 7h/10/9, two telephone numbers, 1.250 ha/2.300 ha."""
    before, pos = context.previous, context.pos
    if before is None or before.end != pos:
        return None
    if before.rule in ("time", "time-range"):
        return Said(pos + 1, " ", "slash")
    if before.rule == "phone":
        blank = context.text[pos + 1 : pos + 2] == " "
        return Said(pos + 1 + blank, " hoặc ", "slash")
    if before.rule == "unit" and context.text[pos + 1 : pos + 2].isdigit():
        return Said(pos + 1, " trên ", "slash")
    return None


def _beside_number(context: Context, left: re.Match[str] | None) -> Said:
    text, pos = context.text, context.pos
    counted = _COUNTED_RIGHT.match(text, pos + 1)
    if counted is not None and left is not None:
        if counted[2] in ("ngày", "tháng", "giờ", "phút", "năm", "tuần", "lần", "h"):
            return Said(counted.end(1), f" trong {cardinal(int(counted[1]))}", "slash")
        if counted[2] in UNITS and _NUMBER_LEFT.search(context.left):
            return Said(pos + 1, " trên ", "slash")
        if _NUMBER_LEFT.search(context.left):
            return Said(pos + 1, ", ", "slash", sure=False, alternatives=(" trên ",))
    number = text[pos + 1 : pos + 2].isdigit()
    if left is None:
        return Said(pos + 1, " trên" if re.search(r"\d\s?$", context.left) else "", "slash", sure=False)
    return Said(pos + 1, ", " if number else "", "slash", sure=not number)
