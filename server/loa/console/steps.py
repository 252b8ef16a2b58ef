# SPDX-License-Identifier: AGPL-3.0-or-later
"""The steps of a message, in words: what is done, what is now, what needs someone, what is to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.console.queries.way import Round, Way, ended_at
from loa.releases.models import Release, ReleaseState
from loa.releases.queries import ENDED
from loa.voice.queries import SpokenState


@dataclass(frozen=True)
class Step:
    """One step as the component shows it; ``state`` is done, now, on_air, needs, stopped or todo."""

    name: str
    state: str
    lines: tuple[str, ...] = ()


def steps(way: Way) -> list[Step]:
    """Return the steps of a message's way; that it ended before its time is a step of its own."""
    ended = _ended(way)
    usual = [_write(way), _listen(way), _release(way), _place(way), _play(way), _proof(way)]
    return [*usual, ended] if ended else usual


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(settings.TIME_ZONE)):%d/%m, %H:%M}" if at else ""


def _write(way: Way) -> Step:
    return Step(_("Viết"), "done", (way.revision.author.full_name, _moment(way.revision.edited_at)))


def _listen(way: Way) -> Step:
    if way.spoken.state is SpokenState.READY:
        return _heard(way)
    words, state = {
        SpokenState.NONE: (_("chưa có lời đọc"), "needs"),
        SpokenState.WORKING: (_("đang làm tiếng"), "now"),
        SpokenState.STALE: (_("chữ đã đổi, cần đọc lại"), "needs"),
        SpokenState.FAILED: (_("chưa làm được tiếng"), "needs"),
    }[way.spoken.state]
    return Step(_("Nghe thử"), state, (words,))


def _heard(way: Way) -> Step:
    """Only who played it to its end has heard it; a finished sound alone is no hearing."""
    if way.heard_by:
        return Step(_("Nghe thử"), "done", (_("%(names)s đã nghe hết") % {"names": ", ".join(way.heard_by)},))
    if way.revision.frozen_at is not None:
        return Step(_("Nghe thử"), "needs", (_("gửi đi khi chưa nghe"),))
    return Step(_("Nghe thử"), "now", (_("lời đọc đã sẵn sàng"), _("chưa nghe")))


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
        when = {"first": _moment(first), "last": _moment(last)}
        words = _("phát lúc %(first)s") if first == last else _("phát từ %(first)s đến %(last)s")
        return Step(_("Đặt lịch"), "done", (count, words % when))
    is_released = way.release is not None and way.release.state == ReleaseState.RELEASED
    return Step(
        _("Đặt lịch"), "needs" if is_released else "todo", (_("chưa đặt lịch"),) if is_released else ()
    )


def _play(way: Way) -> Step:
    """Say what truly sounded, whatever became of the release afterwards."""
    on_air = next((one for one in way.rounds if one.count("on_air")), None)
    if on_air:
        heard = _("%(count)d/%(total)d cụm loa") % {
            "count": on_air.count("on_air"),
            "total": len(on_air.rows),
        }
        return Step(_("Phát"), "on_air", (_("đang phát"), heard))
    lines = _sounded(way.rounds)
    coming = [one for one in way.rounds if not one.is_over]
    if coming and not _has_ended(way.release):
        next_one = _("lượt tới lúc %(when)s") % {"when": _moment(coming[0].placement.starts_at)}
        return Step(_("Phát"), "now" if lines else "todo", (*lines, next_one))
    if lines:
        return Step(_("Phát"), "done", lines)
    return (
        Step(_("Phát"), "stopped", (_("chưa phát lần nào"),))
        if _has_ended(way.release)
        else Step(_("Phát"), "todo")
    )


def _sounded(rounds: Sequence[Round]) -> tuple[str, ...]:
    """Say at how many loudspeakers the rounds that are over sounded, whole or cut short; nothing for none over."""
    over = [one for one in rounds if one.rows and one.is_over and not one.is_called_off]
    if not over:
        return ()
    count = {
        "rounds": len(over),
        "whole": sum(one.count("played") for one in over),
        "part": sum(one.count("partial", "stopped") for one in over),
        "total": sum(len(one.rows) for one in over),
    }
    lines = [ngettext("đã qua %(rounds)d lượt", "đã qua %(rounds)d lượt", len(over)) % count]
    if count["whole"] or not count["part"]:
        lines.append(_("trọn vẹn ở %(whole)d/%(total)d cụm loa") % count)
    if count["part"]:
        lines.append(_("dở chừng ở %(part)d/%(total)d cụm loa") % count)
    return tuple(lines)


def _has_ended(release: Release | None) -> bool:
    return release is not None and release.state in ENDED


def _ended(way: Way) -> Step | None:
    """Say when a release ended before its time, and where it is not confirmed yet."""
    release = way.release
    if release is None or not _has_ended(release):
        return None
    is_withdrawn = release.state == ReleaseState.WITHDRAWN
    name = _("Thu hồi") if is_withdrawn else _("Thay thế")
    lines = [_moment(ended_at(release))]
    waiting = len(way.waiting_places)
    if waiting:
        lines.append(_("còn tồn ở %(count)d nơi") % {"count": waiting})
    elif way.still_out:
        lines.append(_("mọi nơi đã xác nhận"))
    return Step(name, "needs" if waiting else "stopped", tuple(lines))


def _proof(way: Way) -> Step:
    begun = [one for one in way.rounds if one.is_over and not one.is_called_off]
    if not begun:
        return Step(_("Bằng chứng"), "todo")
    proven = sum(bool(row.proof) for one in begun for row in one.rows)
    unknown = sum(one.count("unknown") for one in begun)
    total = sum(len(one.rows) for one in begun)
    lines = [_("%(count)d/%(total)d có bằng chứng") % {"count": proven, "total": total}]
    if unknown:
        lines.append(_("%(count)d không rõ") % {"count": unknown})
    return Step(_("Bằng chứng"), "needs" if unknown else "done", tuple(lines))
