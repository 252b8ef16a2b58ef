# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reason codes as sentences for people."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATE_REASONS: Mapping[str, str | Promise] = {
    "never_seen": _("máy chưa báo tin lần nào"),
    "lost_contact": _("mất liên lạc, chưa biết có kêu không"),
    "no_time": _("máy không biết giờ nên không phát"),
    "no_agenda": _("máy chưa nhận được lịch"),
    "agenda_ended": _("lịch trên máy đã hết hạn"),
    "does_not_play": _("đến giờ mà máy không phát"),
    "as_planned": _("đúng lịch"),
    "ready": _("sẵn sàng, chưa đến giờ"),
}

REFUSALS: Mapping[str, str | Promise] = {
    "wrong_place": _("tin không được duyệt cho nơi này"),
    "wrong_class": _("loại tin trong lịch khác loại đã duyệt"),
    "wrong_release": _("lịch trỏ sai tin"),
    "too_early": _("chưa đến ngày được phát"),
    "expired": _("tin đã hết hạn phát"),
    "hash_not_released": _("tệp âm thanh không phải bản đã duyệt"),
    "test_on_live_device": _("tin thử không phát trên loa thật"),
    "test_key_device": _("chữ ký thử không dùng cho máy này"),
    "repeat_limit": _("đã phát đủ số lần trong ngày"),
    "outside_hours": _("ngoài giờ được phát"),
    "minutes_used": _("đã hết số phút phát trong ngày"),
    "withdrawn": _("tin đã thu hồi"),
    "no_release": _("chưa có bản duyệt hợp lệ"),
    "no_rule": _("chưa có quy định giờ phát"),
    "agenda_ended": _("lịch trên máy đã hết hạn"),
    "busy": _("loa đang phát tin khác"),
    "cut_off": _("quá giờ chưa bắt đầu được"),
    "not_ready": _("chưa tải xong âm thanh"),
    "overlap": _("loa bận tin khác"),
    "interrupted": _("bị tin khác cắt ngang"),
    "too_few_people": _("không đủ chữ ký hợp lệ"),
    "bad_signature": _("chữ ký không đúng"),
    "older_number": _("bản cũ hơn bản máy đang giữ"),
    "row_changed": _("sổ của máy có hai dòng khác nhau cùng số"),
    "gap": _("sổ của máy thiếu dòng"),
    "chain_broken": _("chuỗi sổ của máy không khớp"),
    "bad_item": _("lượt phát không có trong lịch"),
    "not_aimed_here": _("lượt phát không đặt cho nơi này"),
    "number_far_ahead": _("máy báo số lịch cao bất thường"),
}

INCIDENTS: Mapping[str, str | Promise] = {
    "refused": _("Máy từ chối phát"),
    "log_chain": _("Sổ của máy không liền"),
    "report": _("Tin báo của máy không hợp lý"),
}


def reason(code: str) -> str:
    """Return the sentence of a reason code; an unknown code stands for itself."""
    return str(STATE_REASONS.get(code) or REFUSALS.get(code) or code)
