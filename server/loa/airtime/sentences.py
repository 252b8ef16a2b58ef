# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why a time cannot be had, as sentences: what is in the way, and what to do."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from loa.airtime.models import Placement
from loa.airtime.rules import HORIZON, Blocker, Need
from loa.config import clock
from loa.releases.models import Release, ReleaseState
from loa.ui.dates import duration
from loa_protocol.airtime import rule_for, within_hours
from loa_protocol.times import to_local


def hour(moment: datetime) -> str:
    """Write a moment's local time: 17:04, or 17:04:30 when the seconds matter."""
    local = to_local(moment, settings.TIME_ZONE)
    return f"{local:%H:%M}" if local.second == 0 else f"{local:%H:%M:%S}"


def when(moment: datetime) -> str:
    """Write a moment as people say it: "17:04", "05:30 ngày mai", "05:30 ngày 26/11/2026"."""
    day = to_local(moment, settings.TIME_ZONE).date()
    distance = (day - to_local(clock.now(), settings.TIME_ZONE).date()).days
    if distance == 0:
        return hour(moment)
    if distance == 1:
        return _("%(hour)s ngày mai") % {"hour": hour(moment)}
    return _("%(hour)s ngày %(day)s") % {"hour": hour(moment), "day": f"{day:%d/%m/%Y}"}


def not_released(release: Release) -> str:
    """Say why a release that is not in force cannot be placed."""
    if release.state == ReleaseState.AWAITING:
        return _("Tin chưa đủ chữ ký nên chưa đặt lịch được. Chờ người duyệt ký.")
    if release.state == ReleaseState.RETURNED:
        return _("Tin bị trả lại nên không đặt lịch được. Sửa tin rồi gửi duyệt lại.")
    return _("Tin đã thu hồi nên không đặt lịch được. Viết bản mới rồi gửi duyệt.")


def past(moment: datetime) -> str:
    """Say that a moment has passed."""
    return _("Lúc %(when)s đã qua. Chọn giờ sau bây giờ.") % {"when": when(moment)}


def last_moment(not_after: datetime) -> datetime:
    """Return the last second before a release ends: what ends at midnight ends on the day before."""
    return not_after - timedelta(seconds=1)


def nearest(proposal: datetime | None, not_after: datetime) -> str:
    """Name the nearest allowed time, or say until when there is none: the release's end, or two weeks."""
    if proposal is not None:
        return _("Giờ gần nhất: %(when)s.") % {"when": when(proposal)}
    if not_after <= clock.now() + HORIZON:
        return _("Từ nay đến hết hạn của tin không còn giờ nào hợp. Gửi duyệt lại với ngày khác.")
    return _("Trong 14 ngày tới không còn giờ nào hợp.")


def blocked(found: Sequence[Blocker], starts: datetime, proposal: datetime | None, need: Need) -> str:
    """Say what keeps a sound from beginning at ``starts``, and when it could."""
    return f"{_reason(found[0], starts, need)} {nearest(proposal, need.not_after)}"


def in_short(blocker: Blocker) -> str:
    """Name what keeps a sound from beginning, for a list of days."""
    if blocker.code == "overlap" and blocker.other is not None:
        return _("loa bận tin khác đến %(until)s") % {"until": hour(blocker.other.ends)}
    words = {
        "outside_hours": _("ngoài giờ được phát"),
        "minutes_used": _("đã hết số phút trong ngày"),
        "repeat_limit": _("đã đủ số lần trong ngày"),
        "no_rule": _("chưa có quy định giờ phát"),
        "too_early": _("tin chưa đến ngày phát"),
        "expired": _("tin hết hạn"),
    }
    return words[blocker.code]


def _end(not_after: datetime) -> str:
    """Write the end of a release: "hết ngày 25/11/2026", or its time when it is within a day."""
    local = to_local(not_after, settings.TIME_ZONE)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return when(not_after)
    return _("hết ngày %(day)s") % {"day": f"{to_local(last_moment(not_after), settings.TIME_ZONE):%d/%m/%Y}"}


def _outside_hours(blocker: Blocker, starts: datetime, need: Need) -> str:
    spot = blocker.spot
    rule = rule_for(spot.rules, spot.place, need.priority_class)
    moment = timedelta(seconds=1)
    if rule is not None and within_hours(rule, spot.rules.zone_name, starts, starts + moment):
        return _("Tin dài %(length)s, bắt đầu lúc %(at)s thì chưa xong đã hết giờ được phát.") % {
            "length": duration(need.duration),
            "at": hour(starts),
        }
    return _("Lúc %(at)s xã không cho phát loa.") % {"at": hour(starts)}


def _reason(blocker: Blocker, starts: datetime, need: Need) -> str:
    at = hour(starts)
    if blocker.code == "overlap" and blocker.other is not None:
        other = Placement.objects.select_related("release__revision").get(pk=blocker.other.key)
        return _("Lúc %(at)s loa còn phát “%(title)s” đến %(until)s.") % {
            "at": at,
            "title": other.release.revision.title,
            "until": hour(blocker.other.ends),
        }
    sentences = {
        "outside_hours": _outside_hours(blocker, starts, need),
        "minutes_used": _("Ngày đó đã dùng hết số phút phát cho loại tin này."),
        "repeat_limit": _("Tin chỉ được phát %(limit)d lần một ngày ở mỗi nơi.")
        % {"limit": need.repeat_limit},
        "no_rule": _("Xã chưa có quy định giờ phát cho loại tin này. Đặt quy định trong Thiết lập."),
        "too_early": _("Tin được duyệt phát từ %(when)s.") % {"when": when(need.not_before)},
        "expired": _("Tin chỉ được duyệt phát đến %(when)s.") % {"when": _end(need.not_after)},
    }
    return sentences[blocker.code]
