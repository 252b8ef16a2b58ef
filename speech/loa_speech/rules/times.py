# SPDX-License-Identifier: AGPL-3.0-or-later
"""Times of day, ranges of them and spans: 7h30, 19:30, 7h30-11h, 24/24h, 30', trong 48h."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal

_HOUR = r"(2[0-4]|1\d|0?\d)"
_MINUTE = r"([0-5]\d)"
_TIME = (
    rf"{_HOUR}(?:\s?(?:h|H|giờ)(?:\s?{_MINUTE}(?:\s?(?:phút|ph|p|'|’|′))?(?![\d.,]\d|/\d\d?(?![\d/])"
    rf"|\s?(?:đ|%|m|k)(?!\w)))?"
    rf"|[gG]\s?{_MINUTE}(?:'|’|p)?|:{_MINUTE}(?::{_MINUTE})?(?:\s?h)?)(?![\w])"
)
_ONE = re.compile(_TIME)
_BARE_RANGE = re.compile(rf"{_HOUR}\s{{0,2}}[-–—]\s{{0,2}}{_TIME}")
_DASH = re.compile(r"\s{0,2}(?:[-–—~]|->|→)\s{0,2}(?=\d)")
_ROUND_THE_CLOCK = re.compile(r"24h?/24\s?h(?!\w)|24h?/24(?=\s?giờ)|24h/24(?![\w/])|24/7(?!\w|/)")
_RATIO_LEFT = re.compile(r"(?:tỷ lệ|tỉ lệ|bản đồ|tỷ số|tỉ số|pha)[\s:]*$")
_SPAN = re.compile(r"([1-9]\d{0,2})h(?![\w])")
_PER = re.compile(r"/(ngày|tuần|buổi|ca|tháng|lần|lượt|người|trận|tiết|ngày đêm)(?!\w)")
_TIME_LEFT = re.compile(r"(?:lúc|hồi|từ|đến|trước|sau|vào|sáng|chiều|tối)\s$")
_TIME_RIGHT = re.compile(r"[,\s]{1,2}(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|thứ|cùng ngày|chủ nhật)(?!\w)")
_BEGINS = re.compile(r"\d\d?\s?(?:[hHgG:–—-]|giờ)")
_SOUTHERN = re.compile(r"(2[0-4]|1\d|0?\d)[gG](?!\w)")
_STOPWATCH = re.compile(r"(?:(\d{1,3})['’′])?(\d{1,2})[\"”″](\d{1,2})(?![\w])")
_HOURS_TO_SECONDS = re.compile(r"(\d{1,2})[hg](\d{1,2})['’′](\d{1,2})(?:[\"”″]|['’′]{2})(?!\w)")
_MINUTES = re.compile(r"(\d{1,3})(?:['’′]|p(?![\w]))(?:(\d{1,2})(?:''|”|\"|″|['’]{2}))?(?!\w)")


def _say(hour: str, *minutes: str | None, seconds: str | None = None) -> str:
    minute = next((text for text in minutes if text), None)
    spoken = f"{cardinal(int(hour))} giờ"
    if minute and (int(minute) or seconds):
        spoken += f" {cardinal(int(minute))} phút"
    if seconds:
        spoken += f" {cardinal(int(seconds))} giây"
    return spoken


def _time_at(text: str, pos: int) -> tuple[str, int] | None:
    match = _ONE.match(text, pos)
    if match is None:
        return None
    hour, worded, dotted, colon, seconds = match.groups()
    return _say(hour, worded, dotted, colon, seconds=seconds), match.end()


def clock_time(context: Context) -> Said | None:
    """Read a time of day or a range of two: 7h30, 17:04, 7h30-11h, 7-9h."""
    text, pos = context.text, context.pos
    if not _BEGINS.match(text, pos) or _RATIO_LEFT.search(context.left):
        return None
    bare = _BARE_RANGE.match(text, pos)
    if bare is not None and int(bare[1]) <= int(bare[2]):
        last = _say(bare[2], bare[3], bare[4], bare[5], seconds=bare[6])
        return _with_per(text, Said(bare.end(), f"{cardinal(int(bare[1]))} đến {last}", "time-range"))
    first = _time_at(text, pos) or _southern(context)
    if first is None:
        return None
    spoken, end = first
    dash = _DASH.match(text, end)
    second = _time_at(text, dash.end()) if dash else None
    if second is None and dash is not None and "g" in text[pos:end].lower():
        southern = _SOUTHERN.match(text, dash.end())
        second = (_say(southern[1]), southern.end()) if southern else None
    longer = _SPAN.match(text, dash.end()) if dash and second is None and spoken.endswith(" giờ") else None
    if longer is not None:
        head = spoken.removesuffix(" giờ")
        return Said(longer.end(), f"{head} đến {cardinal(int(longer[1]))} giờ", "time-range")
    if second is None:
        return _with_per(text, Said(end, spoken, "time"))
    return Said(second[1], f"{spoken} đến {second[0]}", "time-range")


def _southern(context: Context) -> tuple[str, int] | None:
    """Read "17g" where a time is asked for; elsewhere g are grams."""
    match = _SOUTHERN.match(context.text, context.pos)
    if match is None:
        return None
    asked = _TIME_LEFT.search(context.left) or _TIME_RIGHT.match(context.right(match.end()))
    return (_say(match[1]), match.end()) if asked else None


def _with_per(text: str, said: Said) -> Said:
    """Add what follows a slash: 8h/ngày, 4-6h/lần."""
    per = _PER.match(text, said.end)
    return Said(per.end(), f"{said.spoken} một {per[1]}", said.rule) if per else said


def round_the_clock(context: Context) -> Said | None:
    """Read 24/24h and 24/7."""
    match = _ROUND_THE_CLOCK.match(context.text, context.pos)
    if match is None:
        return None
    if match[0].endswith("7"):
        return Said(match.end(), "hai mươi tư trên bảy", "time")
    tail = "" if context.right(match.end(), 6).lstrip().startswith("giờ") else " giờ"
    return Said(match.end(), f"hai mươi tư trên hai mươi tư{tail}", "time")


def stopwatch(context: Context) -> Said | None:
    """Read a sportsman's time: 32"45, 1'23"45."""
    match = _HOURS_TO_SECONDS.match(context.text, context.pos)
    if match is not None:
        hours, minutes, seconds = (cardinal(int(part)) for part in match.groups())
        return Said(match.end(), f"{hours} giờ {minutes} phút {seconds} giây", "time")
    match = _STOPWATCH.match(context.text, context.pos)
    if match is None:
        return None
    minutes = f"{cardinal(int(match[1]))} phút " if match[1] else ""
    return Said(match.end(), f"{minutes}{cardinal(int(match[2]))} giây {cardinal(int(match[3]))}", "time")


def span(context: Context) -> Said | None:
    """Read a span that is no time of day: trong 48h, 30', 12'30''."""
    match = _SPAN.match(context.text, context.pos)
    if match is not None:
        spoken, end = f"{cardinal(int(match[1]))} giờ", match.end()
        dash = _DASH.match(context.text, end)
        last = _SPAN.match(context.text, dash.end()) if dash else None
        if last is not None:
            return Said(
                last.end(), f"{cardinal(int(match[1]))} đến {cardinal(int(last[1]))} giờ", "time-range"
            )
        return Said(end, spoken, "time")
    match = _MINUTES.match(context.text, context.pos)
    if match is None:
        return None
    seconds = f" {cardinal(int(match[2]))} giây" if match[2] else ""
    spoken, end = f"{cardinal(int(match[1]))} phút{seconds}", match.end()
    dash = _DASH.match(context.text, end)
    last = _MINUTES.match(context.text, dash.end()) if dash and not seconds else None
    if last is not None and not last[2]:
        return Said(last.end(), f"{cardinal(int(match[1]))} đến {cardinal(int(last[1]))} phút", "time-range")
    return Said(end, spoken, "time")
