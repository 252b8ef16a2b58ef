# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every state that a badge shows: its shape, its icon, its word. Colour never carries the meaning alone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class State:
    """How one state looks; ``icon`` "bars" is the moving three bars."""

    look: str  # class badge-<look>
    icon: str
    word: Promise


STATES: dict[str, State] = {
    # a message, a release
    "draft": State("draft", "pencil", _("Nháp")),
    "awaiting": State("waiting", "hourglass", _("Chờ duyệt")),
    "your_signature": State("waiting", "hourglass", _("Chờ bạn ký")),
    "released": State("released", "check", _("Đã duyệt")),
    "placed": State("released", "calendar-event", _("Đã đặt lịch")),
    "on_air": State("on-air", "bars", _("Đang phát")),
    "played": State("played", "checks", _("Đã phát")),
    "returned": State("refused", "arrow-back-up", _("Trả lại")),
    "refused": State("refused", "x", _("Từ chối")),
    "withdrawn": State("withdrawn", "arrow-back-up", _("Đã thu hồi")),
    "still_out": State("still-out", "alert-triangle", _("Còn tồn")),
    "superseded": State("plain", "copy", _("Đã có bản thay")),
    "expired": State("late", "clock-exclamation", _("Hết hạn")),
    "unknown": State("unknown", "question-mark", _("Không rõ")),
    "late": State("late", "clock-exclamation", _("Trễ hạn")),
    # a delivery at one place
    "planned": State("plain", "clock", _("Sắp phát")),
    "partial": State("late", "alert-triangle", _("Phát dở")),
    "stopped": State("withdrawn", "player-stop", _("Đã dừng")),
    "missed": State("refused", "x", _("Không phát")),
    "delivered": State("played", "checks", _("Đã phát")),
    "confirmed": State("done", "check", _("Đã xác nhận")),
    # a device
    "sounding": State("sounding", "bars", _("Đang kêu")),
    "ready": State("ready", "check", _("Sẵn sàng")),
    "silent": State("silent", "volume-off", _("Im")),
    "retired": State("plain", "ban", _("Ngừng dùng")),
    # work
    "to_do": State("plain", "circle-dashed", _("Chưa làm")),
    "working": State("plain", "clock", _("Đang làm")),
    "to_check": State("waiting", "hourglass", _("Chờ kiểm tra")),
    "done": State("done", "check", _("Đã xong")),
    "failed": State("refused", "alert-circle", _("Không làm được")),
    "photo_place": State("plain", "map-pin", _("Nơi chụp, theo ảnh")),
    # a class of priority
    "normal": State("normal", "", _("Thường")),
    "priority": State("priority", "chevrons-up", _("Ưu tiên")),
    "emergency": State("emergency", "urgent", _("Khẩn cấp")),
}

ALIASES = {"waiting": "awaiting", "recorded": "played", "active": "ready", "stale": "unknown"}


@dataclass(frozen=True)
class Strength:
    """How sure a delivery is: how many of the four bars are full, the word, and what it says."""

    bars: int
    word: Promise
    meaning: Promise


STRENGTHS: dict[str, Strength] = {
    "heard": Strength(4, _("nghe được"), _("người hoặc micro ở nơi đó nghe được tiếng.")),
    "recorded": Strength(
        3, _("thiết bị tự báo"), _("máy ghi vào nhật ký của nó là đã phát; chưa ai ở đó nghe và xác nhận.")
    ),
    "counted": Strength(2, _("đếm, có minh chứng"), _("có người đếm, kèm ảnh hoặc tệp.")),
    "stated": Strength(1, _("nêu lại"), _("có người nói lại, không kèm minh chứng.")),
    "": Strength(0, _("chưa rõ"), _("chưa có tin từ nơi đó; không tính là đã phát.")),
}


def state_of(key: str) -> State:
    """Return the look of a state; a key that nobody drew is shown as unknown, never as good."""
    key = str(key).replace("-", "_")
    return STATES.get(ALIASES.get(key, key), STATES["unknown"])
