# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes programmes and the groups of villages in which they sound."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from loa.airtime import filling, recurrence
from loa.airtime.actions import QUIETEST
from loa.airtime.models import PlaylistEntry, Programme, ZoneGroup
from loa.areas import tree
from loa.areas.models import Area
from loa.audit.actions import record as audit
from loa.channels.registry import channel as known_channel
from loa.config import clock
from loa.config.errors import ConflictError
from loa.jobs import outbox
from loa.messages.models import Message
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission
from loa.releases.models import Release

MOST_MESSAGES = 50  # in a playlist
MOST_IN_A_ROUND = 10


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a programme is to be; ``area`` holds the villages of ``group``."""

    area: Area
    group: ZoneGroup | None = None
    name: str
    channel: str
    recurrence: str  # RRULE
    first_day: date  # local
    time: time  # local, whole seconds
    messages: Sequence[Message]  # by their place in the playlist
    per_round: int = 1
    jingle: Message | None = None
    chime: Message | None = None
    volume: int = 80  # percent


def make_programme(*, actor: Person, wanted: Wanted) -> Programme:
    """Make a programme; its placements of the next days are made at once, those after by the worker.

    Raises:
        PermissionDeniedError: the actor may not place in its area.
        ConflictError: something in it makes no sense.
    """
    _check(actor, wanted)
    now = clock.now()
    with transaction.atomic():
        made = Programme.objects.create(
            area=wanted.area, created_by=actor, created_at=now, changed_at=now, **_fields(wanted)
        )
        _set_playlist(made, wanted.messages)
        audit(
            actor=actor,
            action="airtime.make_programme",
            obj=made,
            area_code=wanted.area.code,
            details=_details(wanted),
        )
        filling.fill(made.pk)
    return made


def change_programme(*, actor: Person, programme: Programme, wanted: Wanted) -> Programme:
    """Change a programme; its coming rounds are made anew, but for those that a person moved or cancelled.

    Raises:
        PermissionDeniedError: the actor may not place in its area, the present or the new one.
        ConflictError: something in it makes no sense, or it has ended.
    """
    require(actor, Permission.PLACEMENT_MAKE, area=programme.area)
    _check(actor, wanted)
    with transaction.atomic():
        known = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
        if known.ended_at is not None:
            raise ConflictError(_("Chương trình này đã dừng nên không sửa được. Lập chương trình mới."))
        for name, value in {"area": wanted.area, **_fields(wanted)}.items():
            setattr(known, name, value)
        known.changed_at = clock.now()
        known.save()
        _set_playlist(known, wanted.messages)
        audit(
            actor=actor,
            action="airtime.change_programme",
            obj=known,
            area_code=wanted.area.code,
            details=_details(wanted),
        )
        filling.fill(known.pk)
    return known


def end_programme(*, actor: Person, programme: Programme) -> Programme:
    """End a programme: its coming rounds are cancelled. One that has ended stays as it is.

    Raises:
        PermissionDeniedError: the actor may not place in its area.
    """
    require(actor, Permission.PLACEMENT_MAKE, area=programme.area)
    with transaction.atomic():
        now = clock.now()
        if Programme.objects.filter(pk=programme.pk, ended_at=None).update(ended_at=now, changed_at=now):
            audit(actor=actor, action="airtime.end_programme", obj=programme, area_code=programme.area.code)
            filling.fill(programme.pk)
    programme.refresh_from_db()
    return programme


def save_group(
    *, actor: Person, area: Area, name: str, villages: Sequence[Area], group: ZoneGroup | None = None
) -> ZoneGroup:
    """Make or change a named group of villages; what sounds in it follows.

    Args:
        area: holds all of ``villages``; a group keeps its own.
        group: the one to change; a new one when left out.

    Raises:
        PermissionDeniedError: the actor may not place in the area.
        ConflictError: no name or villages, one lies elsewhere, or the name is taken.
    """
    require(actor, Permission.PLACEMENT_MAKE, area=area)
    if not name.strip():
        raise ConflictError(_("Ghi tên nhóm thôn."), field="name")
    if not villages:
        raise ConflictError(_("Chưa chọn thôn. Chọn ít nhất một thôn."), field="villages")
    if not all(tree.is_within(one.path, [area.path]) for one in villages):
        raise ConflictError(_("Có thôn ở địa bàn khác. Chọn lại."), field="villages")
    with transaction.atomic():
        Area.objects.select_for_update().get(pk=area.pk)  # two who take a name come one by one
        taken = ZoneGroup.objects.filter(area=area, name=name)
        if (taken if group is None else taken.exclude(pk=group.pk)).exists():
            raise ConflictError(_("Đã có nhóm thôn tên này. Chọn tên khác."), field="name")
        if group is None:
            group = ZoneGroup(area=area)
        group.name = name
        group.save()
        group.villages.set(villages)
        codes = [one.code for one in villages]
        audit(
            actor=actor,
            action="airtime.save_group",
            obj=group,
            area_code=area.code,
            details={"villages": codes},
        )
        for key in group.programmes.filter(ended_at=None).values_list("pk", flat=True):
            filling.fill(key)
    return group


def follow_release(release: Release) -> None:
    """Have the programmes filled anew that a release concerns; listens to ``releases.seams``."""
    said = release.revision.message_id
    concerned = Programme.objects.filter(
        Q(entries__message=said) | Q(jingle=said) | Q(chime=said), ended_at=None
    )
    outbox.put_all("programme", keys=[str(key) for key in concerned.values_list("pk", flat=True).distinct()])


def _check(actor: Person, wanted: Wanted) -> None:
    require(actor, Permission.PLACEMENT_MAKE, area=wanted.area)
    known_channel(wanted.channel)
    recurrence.check(wanted.recurrence)
    if not wanted.name.strip():
        raise ConflictError(_("Ghi tên chương trình."), field="name")
    if wanted.group is not None and wanted.group.area_id != wanted.area.pk:
        raise ConflictError(_("Nhóm thôn ở địa bàn khác. Chọn lại."), field="group")
    if not 1 <= len(wanted.messages) <= MOST_MESSAGES:
        raise ConflictError(_("Chọn từ 1 đến 50 tin."), field="messages")
    if not 1 <= wanted.per_round <= MOST_IN_A_ROUND:
        raise ConflictError(_("Ghi số tin mỗi lần, từ 1 đến 10."), field="per_round")
    if not QUIETEST <= wanted.volume <= 100:
        raise ConflictError(_("Chọn âm lượng từ 10 đến 100."), field="volume")


def _fields(wanted: Wanted) -> dict[str, object]:
    return {
        "group": wanted.group,
        "name": wanted.name,
        "channel": wanted.channel,
        "recurrence": recurrence.check(wanted.recurrence),
        "first_day": wanted.first_day,
        "time": wanted.time.replace(microsecond=0),
        "per_round": wanted.per_round,
        "jingle": wanted.jingle,
        "chime": wanted.chime,
        "volume": wanted.volume,
    }


def _details(wanted: Wanted) -> dict[str, object]:
    return {
        "recurrence": wanted.recurrence,
        "time": wanted.time.isoformat(),
        "messages": [one.code for one in wanted.messages],
        "group": wanted.group.name if wanted.group else "",
    }


def _set_playlist(programme: Programme, messages: Sequence[Message]) -> None:
    programme.entries.all().delete()
    PlaylistEntry.objects.bulk_create(
        [
            PlaylistEntry(programme=programme, message=one, position=place)
            for place, one in enumerate(messages)
        ]
    )
