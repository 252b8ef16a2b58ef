# SPDX-License-Identifier: AGPL-3.0-or-later
"""Airtime rules applied: which rule holds at a place, and whether a sound fits into its hours."""

from datetime import datetime, time, timedelta

from loa_protocol.places import Place
from loa_protocol.statements import AirtimeRule, PriorityClass, RulesStatement
from loa_protocol.times import minute_of_day, to_local

_DAY = timedelta(days=1)


def rule_for(rules: RulesStatement, place: Place, priority_class: PriorityClass) -> AirtimeRule | None:
    """Return the rule of the smallest area around the place: village before commune before province."""
    by_zone = {one.zone: one for one in rules.rules if one.priority_class == priority_class}
    for code in (place.village, place.commune, place.province):
        if code in by_zone:
            return by_zone[code]
    return None


def within_hours(rule: AirtimeRule, zone_name: str, begin: datetime, end: datetime) -> bool:
    """Say whether a sound from `begin` to `end` lies wholly within the allowed hours, also over midnight.

    Args:
        zone_name: the time zone of the rule's hours.
        begin: first sample (UTC).
        end: last sample (UTC).
    """
    spans = _merged(rule)
    at = to_local(begin, zone_name).replace(tzinfo=None)
    until = at + (end - begin)
    while True:
        midnight = datetime.combine(at.date(), time())
        today = min(until, midnight + _DAY)
        if not any(lo <= at - midnight < hi and today - midnight <= hi for lo, hi in spans):
            return False
        if until <= midnight + _DAY:
            return True
        at = midnight + _DAY


def _merged(rule: AirtimeRule) -> list[tuple[timedelta, timedelta]]:
    """Return the windows as distances from midnight, with touching ones joined."""
    merged: list[tuple[timedelta, timedelta]] = []
    for begin, end in sorted((minute_of_day(begin), minute_of_day(end)) for begin, end in rule.windows):
        lo, hi = timedelta(minutes=begin), timedelta(minutes=end)
        if merged and lo <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], hi))
        else:
            merged.append((lo, hi))
    return merged
