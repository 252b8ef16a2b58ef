# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pure decisions about a plan: dates, states, keys of addresses."""

import re
from collections.abc import Collection
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loa.areas.folding import fold
from loa.campaigns.models import Activity, ActivityState, Phase

OPEN_STATES = frozenset(
    {ActivityState.PLANNED, ActivityState.IN_PROGRESS, ActivityState.SUBMITTED, ActivityState.RETURNED}
)

STATE_NAMES: dict[ActivityState, str | Promise] = {
    ActivityState.PLANNED: _("Chưa làm"),
    ActivityState.IN_PROGRESS: _("Đang làm"),
    ActivityState.SUBMITTED: _("Chờ kiểm tra"),
    ActivityState.VERIFIED: _("Đã xong"),
    ActivityState.RETURNED: _("Trả lại"),
    ActivityState.CANCELLED: _("Đã bỏ"),
}

# What a button says that leads to a state.
STATE_VERBS: dict[ActivityState, str | Promise] = {
    ActivityState.PLANNED: _("Mở lại"),
    ActivityState.IN_PROGRESS: _("Bắt đầu làm"),
    ActivityState.SUBMITTED: _("Nộp kết quả"),
    ActivityState.VERIFIED: _("Xác nhận đã xong"),
    ActivityState.RETURNED: _("Trả lại"),
    ActivityState.CANCELLED: _("Bỏ việc này"),
}

# Channels that a plan may name; those that can play, post or hang something register themselves elsewhere.
CHANNEL_NAMES: dict[str, str | Promise] = {
    "loudspeaker": _("loa phát thanh"),
    "portal": _("cổng thông tin"),
    "press": _("báo, đài"),
    "conference": _("hội nghị"),
    "consultation": _("hội nghị lấy ý kiến"),
    "meeting": _("sinh hoạt thôn, đoàn thể"),
    "panel": _("pano, áp phích, băng rôn"),
    "board": _("bảng điện tử"),
    "publication": _("ấn phẩm"),
    "contest": _("hội thi"),
    "movement": _("phong trào thi đua"),
    "flags": _("treo cờ, băng rôn"),
}

# Which state may follow which: verified and cancelled work is opened again only by returning it.
NEXT_STATES: dict[ActivityState, frozenset[ActivityState]] = {
    ActivityState.PLANNED: frozenset({ActivityState.IN_PROGRESS, ActivityState.CANCELLED}),
    ActivityState.IN_PROGRESS: frozenset({ActivityState.SUBMITTED, ActivityState.CANCELLED}),
    ActivityState.SUBMITTED: frozenset({ActivityState.VERIFIED, ActivityState.RETURNED}),
    ActivityState.RETURNED: frozenset({ActivityState.SUBMITTED, ActivityState.CANCELLED}),
    ActivityState.VERIFIED: frozenset({ActivityState.RETURNED}),
    ActivityState.CANCELLED: frozenset({ActivityState.PLANNED}),
}


def days_late(activity: Activity, today: date) -> int:
    """Return by how many days open work is late; 0 when it is not, or nobody set a due date."""
    if activity.due is None or ActivityState(activity.state) not in OPEN_STATES:
        return 0
    return max(0, (today - activity.due).days)


def is_running(phase: Phase, today: date) -> bool:
    """Say whether a phase runs on a day; one that lacks a date never does."""
    return phase.start is not None and phase.end is not None and phase.start <= today <= phase.end


def key_for(title: str, taken: Collection[str], *, length: int = 50) -> str:
    """Return a short, readable part of an address for a campaign, different from those taken."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")
    base = words[:length].rpartition("-")[0] if len(words) > length else words
    base = base or "chien-dich"
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key
