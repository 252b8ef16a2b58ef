# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether a verified release lets one agenda item begin here and now."""

from collections.abc import Collection
from datetime import datetime, timedelta

from loa_protocol.airtime import rule_for, within_hours
from loa_protocol.errors import NotCoveredError, ProtocolError
from loa_protocol.places import Place
from loa_protocol.signers import VerifiedRelease, check_policy
from loa_protocol.statements import (
    ActivationStatement,
    AgendaItem,
    ReleaseStatement,
    RenditionRef,
    RulesStatement,
)
from loa_protocol.times import parse_utc


def check_item(
    item: AgendaItem,
    release: VerifiedRelease,
    place: Place,
    rules: RulesStatement,
    *,
    starts_utc: datetime,
    now: datetime,
    plays_today: int,
    seconds_today: float = 0.0,
    withdrawn: Collection[str] = (),
    activation: ActivationStatement | None = None,
) -> None:
    """Check that a verified release permits this item to begin here and now.

    Args:
        starts_utc: when it is planned to begin; it begins then or now, whichever is later.
        now: trusted time (UTC).
        plays_today: how often this release sounded here on the local day of the beginning.
        seconds_today: how long items of this class sounded here on that day.
        withdrawn: ids of withdrawn releases and activations.
        activation: the verified activation that the item names, of a prepared message.

    Raises:
        NotCoveredError: with one of the reason codes of docs/protocol.md.
    """
    begin = max(starts_utc, now)
    rendition = _check_identity(item, release.statement, withdrawn)
    _check_place(item, release, place, rules)
    _check_dates(release.statement, starts_utc, begin)
    _check_activation(item, release.statement, activation, place, withdrawn)
    if activation is not None:
        _check_dates(activation, starts_utc, begin)
    if plays_today >= release.statement.repeat_limit:
        raise NotCoveredError(
            "repeat_limit", "sounded often enough", expected=release.statement.repeat_limit, found=plays_today
        )
    _check_airtime(item, rendition, place, rules, begin, seconds_today)


def rendition_of(item: AgendaItem, release: ReleaseStatement) -> RenditionRef | None:
    """Return the released rendition that the item names by its hash, or None."""
    return next((one for one in release.renditions if one.sha256 == item.rendition_sha256), None)


def _check_identity(item: AgendaItem, release: ReleaseStatement, withdrawn: Collection[str]) -> RenditionRef:
    if item.release_id != release.release_id:
        raise NotCoveredError(
            "wrong_release", "another release", expected=item.release_id, found=release.release_id
        )
    if item.release_id in withdrawn:
        raise NotCoveredError("withdrawn", "the release was withdrawn", found=item.release_id)
    if item.priority_class != release.priority_class:
        raise NotCoveredError(
            "wrong_class", "class differs", expected=release.priority_class, found=item.priority_class
        )
    rendition = rendition_of(item, release)
    if rendition is None:
        raise NotCoveredError("hash_not_released", "not a released sound", found=item.rendition_sha256)
    return rendition


def _check_place(item: AgendaItem, release: VerifiedRelease, place: Place, rules: RulesStatement) -> None:
    statement = release.statement
    _check_area(statement, place)
    if place.codes.isdisjoint(item.zones):
        raise NotCoveredError("wrong_place", "not placed here", expected=item.zones, found=place.codes)
    if statement.is_test and not place.is_test and place.device_id not in rules.test_devices:
        raise NotCoveredError("test_on_live_device", "a test, and this is no test device")
    here = [one for one in release.signers if not one.devices or place.device_id in one.devices]
    try:
        check_policy(here, statement, release.policy)
    except ProtocolError as error:
        raise NotCoveredError(
            "test_key_device", "its keys do not reach this device", found=place.device_id
        ) from error


def _check_area(statement: ReleaseStatement | ActivationStatement, place: Place) -> None:
    if place.commune not in statement.communes or place.codes.isdisjoint(statement.zones):
        raise NotCoveredError("wrong_place", "not released here", expected=statement.zones, found=place.codes)


def _check_activation(
    item: AgendaItem,
    release: ReleaseStatement,
    activation: ActivationStatement | None,
    place: Place,
    withdrawn: Collection[str],
) -> None:
    """Let a prepared message sound only while somebody's activation says so, and nothing else by one."""
    if not release.prepared:
        if item.activation_id or activation is not None:
            raise NotCoveredError("not_prepared", "only a prepared message is activated")
        return
    if activation is None or not item.activation_id == activation.activation_id:
        raise NotCoveredError("not_activated", "prepared, and nobody activated it", found=item.activation_id)
    if activation.release_id != release.release_id:
        raise NotCoveredError(
            "wrong_release", "activates another", expected=release.release_id, found=activation.release_id
        )
    if activation.activation_id in withdrawn:
        raise NotCoveredError("withdrawn", "the activation was ended", found=activation.activation_id)
    _check_area(activation, place)


def _check_dates(
    statement: ReleaseStatement | ActivationStatement, starts: datetime, begin: datetime
) -> None:
    if starts < parse_utc(statement.not_before):
        raise NotCoveredError("too_early", "before its time", expected=statement.not_before, found=starts)
    if begin >= parse_utc(statement.not_after):
        raise NotCoveredError("expired", "after its time", expected=statement.not_after, found=begin)


def _check_airtime(
    item: AgendaItem,
    rendition: RenditionRef,
    place: Place,
    rules: RulesStatement,
    begin: datetime,
    seconds_today: float,
) -> None:
    rule = rule_for(rules, place, item.priority_class)
    if rule is None:
        if item.priority_class != "emergency":  # an alarm sounds unless a rule says otherwise
            raise NotCoveredError("no_rule", "no airtime rule for this class", found=item.priority_class)
        return
    seconds = rendition.duration_ms / 1000
    if not within_hours(rule, rules.zone_name, begin, begin + timedelta(seconds=seconds)):
        raise NotCoveredError("outside_hours", "outside the hours", expected=rule.windows, found=begin)
    if seconds_today + seconds > rule.minutes_per_day * 60:
        raise NotCoveredError(
            "minutes_used", "minutes of the day used", expected=rule.minutes_per_day * 60, found=seconds_today
        )
