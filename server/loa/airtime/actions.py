# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes the calendar and the airtime rules."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from loa.airtime import queries, rules, sentences
from loa.airtime.models import AirtimeRule, Placement
from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import communes_in
from loa.audit.actions import record as audit
from loa.channels.registry import channel as known_channel
from loa.config import clock
from loa.config.errors import ConflictError
from loa.jobs import outbox
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission
from loa.releases.models import PriorityClass, Release, ReleaseState
from loa_protocol.errors import ProtocolError
from loa_protocol.statements import AirtimeRule as RuleStatement

QUIETEST = 10  # percent; below it nobody hears anything
LEAD = timedelta(minutes=3)  # so that every device has fetched the agenda and the sound
CUT_OFF_S = 300  # a spoken message that could not begin within five minutes is not begun any more


def place(
    *,
    actor: Person,
    release: Release,
    channel: str,
    zones: Sequence[Area],
    starts_at: datetime,
    volume: int = 80,
    cut_off_s: int = CUT_OFF_S,
) -> Placement:
    """Place a release on a channel, in zones, at a time.

    Args:
        starts_at: cut to whole seconds.
        volume: percent; a device never goes above the airtime rules.
        cut_off_s: not begun later than this many seconds after its time.

    Raises:
        PermissionDeniedError: the actor may not place in one of the zones.
        ConflictError: the release is not valid there and then, the airtime rules forbid it, or something
            else sounds; ``data["proposal"]`` is the nearest allowed moment, or None.
    """
    starts_at = starts_at.replace(microsecond=0)
    zones = list(zones)
    known_channel(channel)
    if not QUIETEST <= volume <= 100:
        raise ConflictError(_("Chọn âm lượng từ 10 đến 100."), field="volume")
    if not zones:
        raise ConflictError(_("Chưa chọn vùng phát. Chọn ít nhất một thôn."), field="zones")
    for zone in zones:
        require(actor, Permission.PLACEMENT_MAKE, area=zone)
    with transaction.atomic():
        communes = list(communes_in(zones).select_for_update())  # two who place at once come one by one
        release = Release.objects.select_related("sound", "revision").get(pk=release.pk)
        _check_release(release, zones)
        _check_time(release, channel, zones, starts_at)
        placement = Placement.objects.create(
            release=release,
            channel=channel,
            starts_at=starts_at,
            duration_ms=release.sound.duration_ms,
            cut_off_s=cut_off_s,
            volume=volume,
            created_by=actor,
            created_at=clock.now(),
        )
        placement.zones.set(zones)
        details = {"release": str(release.pk), "zones": [zone.code for zone in zones]}
        audit(actor=actor, action="airtime.place", obj=placement, area_code=zones[0].code, details=details)
        _publish(communes)
    return placement


def cancel(*, actor: Person, placement: Placement) -> Placement:
    """Cancel a placement that has not begun; one that is cancelled already stays as it is.

    Raises:
        PermissionDeniedError: the actor may not place in one of its zones.
        ConflictError: it has begun.
    """
    zones = list(placement.zones.all())
    for zone in zones:
        require(actor, Permission.PLACEMENT_MAKE, area=zone)
    now = clock.now()
    if placement.cancelled_at is None and placement.starts_at <= now:
        raise ConflictError(_("Lượt này đã bắt đầu nên không bỏ được. Muốn dừng ở mọi nơi, hãy thu hồi tin."))
    with transaction.atomic():
        open_one = Placement.objects.filter(pk=placement.pk, cancelled_at=None)
        if open_one.update(cancelled_at=now, cancelled_by=actor):
            audit(actor=actor, action="airtime.cancel", obj=placement, area_code=zones[0].code)
            _publish(communes_in(zones))
    placement.refresh_from_db()
    return placement


def move(*, actor: Person, placement: Placement, starts_at: datetime) -> Placement:
    """Cancel a placement and place the same release anew at another time; both or neither.

    Raises:
        PermissionDeniedError, ConflictError: as ``cancel`` and ``place``.
    """
    with transaction.atomic():
        # A row of its own: when the new time is refused, the caller's must not look cancelled.
        old = Placement.objects.select_for_update(of=("self",)).select_related("release").get(pk=placement.pk)
        was_cancelled = old.cancelled_at is not None
        cancel(actor=actor, placement=old)
        if was_cancelled:
            raise ConflictError(_("Lượt này đã bỏ rồi nên không dời được. Đặt một lượt mới."))
        moved = place(
            actor=actor,
            release=old.release,
            channel=old.channel,
            zones=list(old.zones.all()),
            starts_at=starts_at,
            volume=old.volume,
            cut_off_s=old.cut_off_s,
        )
        if old.programme_id is not None:  # it stays a part of its round
            moved.programme_id, moved.programme_day, moved.programme_slot = (
                old.programme_id,
                old.programme_day,
                old.programme_slot,
            )
            moved.save(update_fields=["programme", "programme_day", "programme_slot"])
        return moved


def soonest() -> datetime:
    """Return the first whole minute that leaves every device time to fetch the agenda and the sound."""
    return clock.now().replace(second=0, microsecond=0) + LEAD


def _check_release(release: Release, zones: Sequence[Area]) -> None:
    if release.is_prepared:
        raise ConflictError(_("Tin chuẩn bị sẵn không đặt lịch: khi cần, một người bấm phát là phát ngay."))
    if release.state != ReleaseState.RELEASED:
        raise ConflictError(sentences.not_released(release), code=release.state)
    released = [zone.path for zone in release.zones.all()]
    outside = [zone.name for zone in zones if not tree.is_within(zone.path, released)]
    if outside:
        raise ConflictError(
            _("Tin không được duyệt cho %(names)s. Chọn vùng đã duyệt, hoặc gửi duyệt lại.")
            % {"names": ", ".join(outside)},
            field="zones",
            reason="wrong_place",
        )


def _check_time(release: Release, channel: str, zones: Sequence[Area], starts_at: datetime) -> None:
    if starts_at <= clock.now():
        raise ConflictError(
            sentences.past(starts_at),
            field="starts_at",
            reason="past",
            proposal=queries.nearest_allowed(release, channel, zones, soonest()),
        )
    need, ground = queries.need_of(release), queries.ground_of(zones)
    sounds = queries.sounds_in(zones, ground, channel, starts_at - queries.LONGEST, starts_at + rules.HORIZON)
    found = rules.blockers(need, starts_at, ground.spots, sounds)
    if found:
        proposal = rules.first_free(need, starts_at, ground.spots, sounds)
        if proposal is None:  # nothing later: then the nearest is an earlier one
            proposal = queries.nearest_on(ground, release, channel, zones, soonest())
        raise ConflictError(
            sentences.blocked(found, starts_at, proposal, need),
            field="starts_at",
            reason=found[0].code,
            proposal=proposal,
            others=sorted({blocker.other.key for blocker in found if blocker.other}),
        )


def set_rule(
    *,
    actor: Person,
    zone: Area,
    priority_class: str,
    windows: Sequence[tuple[str, str]],
    minutes_per_day: int,
    volume_cap: int = 100,
    note: str = "",
) -> AirtimeRule:
    """Set the airtime rule of a zone and class; the communes' lists are signed and published anew.

    Args:
        windows: local hours "HH:MM"; the end may be "24:00".
        note: shown on every page that shows the rule.

    Raises:
        PermissionDeniedError: the actor may not change settings there.
        ConflictError: hours, minutes or volume make no sense.
    """
    require(actor, Permission.SETTINGS_MANAGE, area=zone)
    _check_rule(zone, priority_class, windows, minutes_per_day, volume_cap)
    values = {
        "windows": [list(window) for window in windows],
        "minutes_per_day": minutes_per_day,
        "volume_cap": volume_cap,
        "note": note,
    }
    with transaction.atomic():
        known = AirtimeRule.objects.filter(zone=zone, priority_class=priority_class)
        if known.filter(**values).exists():
            return known.get()
        rule, _made = AirtimeRule.objects.update_or_create(
            zone=zone, priority_class=priority_class, defaults=values
        )
        audit(actor=actor, action="airtime.set_rule", obj=rule, area_code=zone.code, details=values)
        _publish(communes_in([zone]))
    return rule


def _check_rule(
    zone: Area, priority_class: str, windows: Sequence[tuple[str, str]], minutes: int, cap: int
) -> None:
    try:
        RuleStatement(
            zone=zone.code,
            priority_class=priority_class,  # type: ignore[arg-type]  # checked on the next line
            windows=list(windows),
            minutes_per_day=minutes,
            volume_cap=cap,
        )
        PriorityClass(priority_class)
    except (ProtocolError, ValueError) as error:
        raise ConflictError(
            _("Giờ phát không hợp lệ. Viết giờ như 05:30, giờ cuối sau giờ đầu."), field="windows"
        ) from error
    if not 0 <= minutes <= 1440:
        raise ConflictError(_("Ghi số phút, từ 0 đến 1.440."), field="minutes_per_day")
    if not QUIETEST <= cap <= 100:
        raise ConflictError(_("Ghi âm lượng, từ 10 đến 100."), field="volume_cap")


def _publish(communes: Iterable[Area]) -> None:
    for commune in communes:
        outbox.put("publish", key=commune.code)
