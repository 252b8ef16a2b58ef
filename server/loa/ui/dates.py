# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates, times, spans and numbers as Vietnamese offices write them: 24/11/2026, 17:04, 2.067, 0,04, 01:08."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from loa.config import clock

NOTHING = "–"
Moment = datetime | date | None


def local(value: datetime) -> datetime:
    """Return an aware moment in the installation's zone; a naive one is taken as local already."""
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _day_of(value: datetime | date) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def today() -> date:
    """Return today's date in the installation's zone."""
    return local(clock.now()).date()


def full_date(value: Moment) -> str:
    """Write a date: 24/11/2026."""
    return f"{_day_of(value):%d/%m/%Y}" if value else NOTHING


def short_date(value: Moment) -> str:
    """Write a date without its year: 24/11."""
    return f"{_day_of(value):%d/%m}" if value else NOTHING


def weekday(value: Moment) -> str:
    """Write the day of the week: Thứ Ba, Chủ nhật."""
    if not value:
        return NOTHING
    names = (_("Thứ Hai"), _("Thứ Ba"), _("Thứ Tư"), _("Thứ Năm"), _("Thứ Sáu"), _("Thứ Bảy"), _("Chủ nhật"))
    return str(names[_day_of(value).weekday()])


def long_date(value: Moment) -> str:
    """Write a date with its weekday: Thứ Ba, 24/11/2026."""
    return f"{weekday(value)}, {full_date(value)}" if value else NOTHING


def clock_time(value: datetime | None) -> str:
    """Write a time: 17:04."""
    return f"{local(value):%H:%M}" if value else NOTHING


def clock_seconds(value: datetime | None) -> str:
    """Write a time to the second: 17:02:00."""
    return f"{local(value):%H:%M:%S}" if value else NOTHING


def moment(value: datetime | None) -> str:
    """Write a day and a time: 22/11, 09:12; with the year when it is not this one."""
    if not value:
        return NOTHING
    here = local(value)
    day = f"{here:%d/%m}" if here.year == today().year else f"{here:%d/%m/%Y}"
    return f"{day}, {here:%H:%M}"


def until(value: datetime | None) -> str:
    """Write an end: what ends at midnight ends with the day before, "hết ngày 24/11", else as ``moment``."""
    if not value:
        return NOTHING
    here = local(value)
    if (here.hour, here.minute, here.second) != (0, 0, 0):
        return moment(value)
    last = here - timedelta(seconds=1)
    return _("hết ngày %(day)s") % {"day": moment(last).partition(",")[0]}


def relative_day(value: Moment) -> str:
    """Write a day as people say it: hôm nay, ngày mai, 3 ngày trước; a far one as its date."""
    if not value:
        return NOTHING
    days = (_day_of(value) - today()).days
    near = {0: _("hôm nay"), 1: _("ngày mai"), -1: _("hôm qua")}
    if days in near:
        return str(near[days])
    if -30 < days < 0:
        return _("%(count)s ngày trước") % {"count": -days}
    if 0 < days < 30:
        return _("sau %(count)s ngày") % {"count": days}
    return full_date(value)


def day_range(first: Moment, last: Moment) -> str:
    """Write a span of days: 23–29/11, 24/11–02/12, or one day."""
    if not first or not last:
        return NOTHING
    begin, end = _day_of(first), _day_of(last)
    if begin == end:
        return short_date(end)
    if (begin.month, begin.year) == (end.month, end.year):
        return f"{begin:%d}–{end:%d/%m}"
    if begin.year == end.year:
        return f"{begin:%d/%m}–{end:%d/%m}"
    return f"{begin:%d/%m/%Y}–{end:%d/%m/%Y}"


def span(value: timedelta | float | None) -> str:
    """Write how long something has been so, in its largest unit: 3 giây, 76 phút, 26 giờ, 9 ngày.

    Args:
        value: a time span, or seconds.
    """
    if value is None:
        return NOTHING
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    if seconds < 60:
        return _("%(count)s giây") % {"count": seconds}
    if seconds < 2 * 3600:
        return _("%(count)s phút") % {"count": seconds // 60}
    if seconds < 48 * 3600:
        return _("%(count)s giờ") % {"count": seconds // 3600}
    return _("%(count)s ngày") % {"count": seconds // 86400}


def ago(value: datetime | None) -> str:
    """Write how long ago a moment was, as ``span``."""
    return span(clock.now() - value) if value else NOTHING


def duration(value: timedelta | float | None) -> str:
    """Write a length of sound: 01:08, or 1:02:03 above an hour.

    Args:
        value: a time span, or seconds.
    """
    if value is None:
        return NOTHING
    seconds = max(0, round(value.total_seconds() if isinstance(value, timedelta) else float(value)))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def time_left(value: timedelta | float | None) -> str:
    """Write the time until something in words, so that nobody takes it for a time of day.

    Seconds stand only where they matter: 45 giây, 1 phút 56 giây, 23 phút, 2 giờ 5 phút.

    Args:
        value: a time span, or seconds.
    """
    if value is None:
        return NOTHING
    seconds = max(0, round(value.total_seconds() if isinstance(value, timedelta) else float(value)))
    if seconds < 60:
        return _("%(seconds)s giây") % {"seconds": seconds}
    if seconds < 600:
        return _("%(minutes)s phút %(seconds)s giây") % {"minutes": seconds // 60, "seconds": seconds % 60}
    if seconds < 3600:
        return _("%(minutes)s phút") % {"minutes": seconds // 60}
    hours, minutes = divmod(seconds // 60, 60)
    return _("%(hours)s giờ %(minutes)s phút") % {"hours": hours, "minutes": minutes}


def duration_ms(value: float | None) -> str:
    """Write a length of sound given in milliseconds."""
    return NOTHING if value is None else duration(value / 1000)


def thousands(value: float | Decimal | None) -> str:
    """Write a whole number with points between thousands: 2.067."""
    return NOTHING if value is None or value == "" else f"{round(value):,}".replace(",", ".")


def decimal(value: float | Decimal | None, places: int = 2) -> str:
    """Write a number with a decimal comma: 0,04."""
    if value is None:
        return NOTHING
    text = f"{value:,.{places}f}"
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".").replace("-", "−")
