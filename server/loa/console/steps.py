# SPDX-License-Identifier: AGPL-3.0-or-later
"""The six steps of a message, in words: what is done, what is now, what needs someone, what is to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.console.queries.way import Round, Way
from loa.releases.models import Release, ReleaseState
from loa.voice.queries import SpokenState


@dataclass(frozen=True)
class Step:
    """One step as the component shows it; ``state`` is done, now, on_air, needs, stopped or todo."""

    name: str
    state: str
    lines: tuple[str, ...] = ()


def steps(way: Way) -> list[Step]:
    """Return the six steps of a message's way."""
    return [_write(way), _listen(way), _release(way), _place(way), _play(way), _proof(way)]


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(settings.TIME_ZONE)):%d/%m, %H:%M}" if at else ""


def _write(way: Way) -> Step:
    return Step(_("Viết"), "done", (way.revision.author.full_name, _moment(way.revision.edited_at)))


def _listen(way: Way) -> Step:
    words, state = {
        SpokenState.NONE: (_("chưa có lời đọc"), "needs"),
        SpokenState.WORKING: (_("đang làm tiếng"), "now"),
        SpokenState.READY: (_("lời đọc đã sẵn sàng"), "done"),
        SpokenState.STALE: (_("chữ đã đổi, cần đọc lại"), "needs"),
        SpokenState.FAILED: (_("chưa làm được tiếng"), "needs"),
    }[way.spoken.state]
    return Step(_("Nghe thử"), state, (words,))


def _release(way: Way) -> Step:
    release = way.release if way.release and way.release.revision_id == way.revision.pk else None
    if release is None:
        return Step(_("Duyệt"), "todo", (_("chưa gửi duyệt"),))
    names = ", ".join(signature.person.full_name for signature in release.signatures.all())
    if release.state == ReleaseState.AWAITING:
        count = _("%(have)d/%(need)d chữ ký") % {
            "have": len(release.signatures.all()),
            "need": release.policy.threshold,
        }
        return Step(_("Duyệt"), "now", tuple(filter(None, (count, names))))
    if release.state == ReleaseState.RETURNED:
        return Step(_("Duyệt"), "needs", (_("%(name)s trả lại") % {"name": release.returned_by},))
    return Step(_("Duyệt"), "done", (names, _moment(release.released_at)))


def _place(way: Way) -> Step:
    if way.rounds:
        first, last = way.rounds[0].placement.starts_at, way.rounds[-1].placement.starts_at
        count = ngettext("%(count)d lượt đặt", "%(count)d lượt đặt", len(way.rounds)) % {
            "count": len(way.rounds)
        }
        days = _moment(first) if first == last else f"{_moment(first)} – {_moment(last)}"
        return Step(_("Đặt lịch"), "done", (count, days))
    is_released = way.release is not None and way.release.state == ReleaseState.RELEASED
    return Step(
        _("Đặt lịch"), "needs" if is_released else "todo", (_("chưa đặt lịch"),) if is_released else ()
    )


def _play(way: Way) -> Step:
    if ended := _ended(way.release):
        return Step(_("Phát"), "needs" if way.waiting_places else "stopped", (ended,))
    on_air = next((one for one in way.rounds if one.count("on_air")), None)
    if on_air:
        heard = _("%(count)d/%(total)d cụm loa") % {
            "count": on_air.count("on_air"),
            "total": len(on_air.rows),
        }
        return Step(_("Phát"), "on_air", (_("đang phát"), heard))
    over = [one for one in way.rounds if one.is_over]
    if way.rounds and len(over) == len(way.rounds):
        return Step(_("Phát"), "done", (_("đã qua %(count)d lượt") % {"count": len(over)},))
    if way.rounds:
        return Step(_("Phát"), "todo", (_("lượt tới %(when)s") % {"when": _moment(_next(way.rounds))},))
    return Step(_("Phát"), "todo")


def _ended(release: Release | None) -> str:
    if release is None:
        return ""
    if release.state == ReleaseState.WITHDRAWN:
        return _("đã thu hồi")
    return _("đã thay thế") if release.state == ReleaseState.SUPERSEDED else ""


def _next(rounds: Sequence[Round]) -> datetime:
    return next((one for one in rounds if not one.is_over), rounds[-1]).placement.starts_at


def _proof(way: Way) -> Step:
    begun = [one for one in way.rounds if one.is_over and not one.count("withdrawn")]
    if not begun:
        return Step(_("Bằng chứng"), "todo")
    proven = sum(bool(row.proof) for one in begun for row in one.rows)
    unknown = sum(one.count("unknown") for one in begun)
    total = sum(len(one.rows) for one in begun)
    lines = [_("%(count)d/%(total)d có bằng chứng") % {"count": proven, "total": total}]
    if unknown:
        lines.append(_("%(count)d không rõ") % {"count": unknown})
    return Step(_("Bằng chứng"), "needs" if unknown else "done", tuple(lines))
