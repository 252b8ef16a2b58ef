# SPDX-License-Identifier: AGPL-3.0-or-later
"""Releases and placements for tests, made as rows: who may sign what is tested in ``releases``."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from loa.airtime.models import Placement, PlaylistEntry, Programme, ZoneGroup
from loa.areas.models import Area
from loa.messages.models import Message, Revision
from loa.people.models import Organisation, Person
from loa.releases.models import Policy, PolicyKind, Release, ReleaseState
from loa.voice.models import Sound

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam, a Tuesday
FIVE = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # 17:00 in Vietnam, within the default hours
_number = count(1)


def make_sound(seconds: float = 60) -> Sound:
    """Return a sound's row; there is no file behind it."""
    return Sound.objects.create(
        sha256=sha256(str(next(_number)).encode()).hexdigest(),
        size=1000,
        duration_ms=int(seconds * 1000),
        lufs=-16,
        true_peak_dbtp=-1,
        created_at=NOON,
    )


def make_release(
    organisation: Organisation, author: Person, zones: Sequence[Area], *, seconds: float = 60, **fields: Any
) -> Release:
    """Return a release in force for November and December 2026, 100 plays a day unless told."""
    number = next(_number)
    title = fields.pop("title", f"Tin {number}")
    message = Message.objects.create(
        code=f"T-{number:04d}", organisation=organisation, created_at=NOON, created_by=author
    )
    revision = Revision.objects.create(
        message=message,
        number=1,
        title=title,
        text=title,
        author=author,
        created_at=NOON,
        edited_at=NOON,
        frozen_at=NOON,
        text_sha256="0" * 64,
    )
    policy, _made = Policy.objects.get_or_create(
        organisation=organisation, defaults={"key": f"policy-{organisation.pk}", "kind": PolicyKind.STRICT}
    )
    values: dict[str, Any] = {
        "state": ReleaseState.RELEASED,
        "not_before": NOON - timedelta(days=10),
        "not_after": NOON + timedelta(days=30),
        "repeat_limit": 100,
        **fields,
    }
    release = Release.objects.create(
        revision=revision,
        organisation=organisation,
        policy=policy,
        sound=make_sound(seconds),
        statement=b"{}",
        submitted_by=author,
        submitted_at=NOON,
        released_at=NOON,
        **values,
    )
    release.zones.set(zones)
    return release


def make_placement(
    release: Release, zones: Sequence[Area], starts_at: datetime = FIVE, **fields: Any
) -> Placement:
    """Return a placement's row; no rule was asked."""
    placement = Placement.objects.create(
        release=release,
        channel=fields.pop("channel", "loudspeaker"),
        starts_at=starts_at,
        duration_ms=release.sound.duration_ms,
        created_by=release.submitted_by,
        created_at=NOON,
        **fields,
    )
    placement.zones.set(zones)
    return placement


def make_group(area: Area, villages: Sequence[Area], name: str = "") -> ZoneGroup:
    """Return a named group of an area's villages."""
    group = ZoneGroup.objects.create(area=area, name=name or f"Nhóm {next(_number)}")
    group.villages.set(villages)
    return group


def make_programme(area: Area, releases: Sequence[Release], **fields: Any) -> Programme:
    """Return the row of a daily programme at five that began in November 2026; nothing is filled."""
    author = releases[0].submitted_by
    values = {"name": f"Bản tin {next(_number)}", "recurrence": "FREQ=DAILY", "time": time(17), **fields}
    programme = Programme.objects.create(
        area=area,
        channel="loudspeaker",
        first_day=date(2026, 11, 1),
        created_by=author,
        created_at=NOON - timedelta(days=1),
        changed_at=NOON - timedelta(days=1),
        **values,
    )
    for position, release in enumerate(releases):
        PlaylistEntry.objects.create(programme=programme, message=release.revision.message, position=position)
    return programme
