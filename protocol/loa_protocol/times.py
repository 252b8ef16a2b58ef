# SPDX-License-Identifier: AGPL-3.0-or-later
"""Times as text. The only place in the project that turns local time into UTC."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loa_protocol.errors import MalformedError

_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z\Z", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\Z", re.ASCII)
_HHMM = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z", re.ASCII)
# In the first and the last year that a calendar counts, another zone or a day more is no time any more: whoever
# worked with one would end with an error that nobody expects.
_FIRST, _LAST = 2, 9998


@lru_cache(maxsize=4096)
def parse_utc(text: str) -> datetime:
    """Read `2026-11-24T10:02:00Z` (or with milliseconds, `…:00.250Z`) as an aware datetime.

    Raises:
        MalformedError: it is not such a text, no such day or hour exists, or its year is 1 or 9999.
    """
    if not _UTC.match(text):
        raise MalformedError("bad_time", "not a UTC time", expected="2026-11-24T10:02:00Z", found=text)
    return _read(text)


def is_countable(moment: datetime) -> bool:
    """Say whether a day more or less, or another zone, is a time too."""
    return _FIRST <= moment.year <= _LAST


def _read(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedError("bad_time", str(error), found=text) from error
    if not is_countable(moment):
        raise MalformedError("bad_time", "a year that nobody counts with", found=text)
    return moment


def format_utc(moment: datetime, *, milliseconds: bool = False) -> str:
    """Write an aware datetime as UTC text, cut (never rounded up) to whole seconds or milliseconds.

    Raises:
        MalformedError: `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise MalformedError("bad_time", "a time without a zone", found=moment.isoformat())
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(timespec="milliseconds" if milliseconds else "seconds") + "Z"


@lru_cache(maxsize=16)
def zone(name: str) -> ZoneInfo:
    """Return the time zone of that IANA name.

    Raises:
        MalformedError: no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MalformedError("bad_zone_name", "no such time zone", found=name) from error


def check_local(text: str) -> str:
    """Return `text` if it is a local time such as `2026-11-24T17:02:00`.

    Raises:
        MalformedError: it is not, or its year is 1 or 9999.
    """
    if not _LOCAL.match(text):
        raise MalformedError("bad_time", "not a local time", expected="2026-11-24T17:02:00", found=text)
    _read(text)
    return text


@lru_cache(maxsize=4096)
def local_to_utc(text: str, zone_name: str) -> datetime:
    """Turn `2026-11-24T17:02:00` in the named zone into UTC.

    An hour that happens twice (clocks set back) means its first pass; one that never happens (clocks set
    forward) means the same distance after the change.

    Raises:
        MalformedError: not a local time, or no such zone.
    """
    return datetime.fromisoformat(check_local(text)).replace(tzinfo=zone(zone_name)).astimezone(UTC)


def to_local(moment: datetime, zone_name: str) -> datetime:
    """Return the wall-clock time of `moment` in the named zone.

    Raises:
        MalformedError: no such zone.
    """
    return moment.astimezone(zone(zone_name))


def local_text(moment: datetime, zone_name: str) -> str:
    """Write `moment` as the local text that an agenda holds (whole seconds, no offset).

    Raises:
        MalformedError: no such zone.
    """
    return to_local(moment, zone_name).replace(tzinfo=None).isoformat(timespec="seconds")


def minute_of_day(text: str) -> int:
    """Turn `HH:MM` (00:00 to 24:00) into minutes after midnight.

    Raises:
        MalformedError: it is not such a text.
    """
    if text == "24:00":
        return 24 * 60
    if not _HHMM.match(text):
        raise MalformedError("bad_time", "not an hour of the day", expected="HH:MM", found=text)
    return int(text[:2]) * 60 + int(text[3:])
