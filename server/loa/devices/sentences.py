# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reason codes as sentences for people."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATE_REASONS: Mapping[str, str | Promise] = {
    "never_seen": _("máy chưa báo tin lần nào"),
    "lost_contact": _("mất liên lạc, chưa biết có kêu không"),
    "no_time": _("máy không biết giờ nên không phát"),
    "does_not_play": _("đến giờ mà máy không phát"),
    "as_planned": _("đúng lịch"),
    "ready": _("sẵn sàng, chưa đến giờ"),
}

# Every code of `loa_protocol.reasons.REASONS`, in its order, and then what this server finds odd in a report.
REFUSALS: Mapping[str, str | Promise] = {
    # A file is not what it should be.
    "malformed": _("tệp hỏng hoặc không đúng loại"),
    "not_canonical": _("tệp không viết đúng dạng chuẩn"),
    "unknown_format": _("tệp thuộc phiên bản mà máy chưa hiểu"),
    "too_large": _("tệp lớn quá mức cho phép"),
    "wrong_type": _("tệp ký thuộc loại khác"),
    "bad_time": _("giờ ghi trong tệp không đọc được"),
    "bad_zone_name": _("múi giờ ghi trong tệp không có thật"),
    "bad_order": _("thời điểm kết thúc không sau lúc bắt đầu"),
    "bad_window": _("khung giờ phát kết thúc trước khi bắt đầu"),
    "bad_key": _("khóa trong tệp không đúng"),
    "bad_code": _("mã thêm thiết bị không đúng"),
    "bad_subject": _("tên kênh nhắn tin không hợp lệ"),
    "bad_break_glass": _("ký một mình cho tin không phải khẩn cấp"),
    "bad_prepared": _("tin chuẩn bị sẵn không phải tin khẩn cấp do hai người duyệt"),
    "person_twice": _("danh sách người duyệt ghi một người hai lần"),
    "key_twice": _("danh sách người duyệt ghi một khóa hai lần"),
    "right_twice": _("danh sách người duyệt ghi một quyền hai lần"),
    "party_twice": _("danh sách người duyệt ghi một trang ký hai lần"),
    "policy_twice": _("danh sách người duyệt ghi một cách ký duyệt hai lần"),
    "rule_twice": _("quy định giờ phát ghi một mục hai lần"),
    "item_twice": _("lịch ghi một lượt phát hai lần"),
    "weak_policy": _("cách ký duyệt lỏng hơn mức cho phép"),
    "weak_trust": _("không đủ hai quản trị khác nhau"),
    "agenda_too_long": _("lịch kéo dài quá 30 ngày"),
    "activation_too_long": _("lệnh phát ngay kéo dài quá 7 ngày"),
    # A signature, or who signed.
    "bad_signature": _("chữ ký không đúng"),
    "wrong_relying_party": _("chữ ký làm ở trang không được nhận"),
    "wrong_origin": _("chữ ký làm ở địa chỉ không được nhận"),
    "wrong_ceremony": _("khóa truy cập trả lời cho việc khác"),
    "wrong_challenge": _("chữ ký thuộc về nội dung khác"),
    "user_not_present": _("không ai chạm vào khóa truy cập khi ký"),
    "user_not_verified": _("khóa truy cập chưa nhận ra người ký"),
    "too_few_admins": _("không đủ chữ ký của quản trị"),
    "too_few_people": _("không đủ chữ ký hợp lệ"),
    "no_partner": _("chưa có chữ ký của cơ quan cùng ký"),
    # Whose it is, and how old.
    "wrong_installation": _("tệp của hệ thống khác"),
    "wrong_commune": _("tệp của xã khác"),
    "older_number": _("bản cũ hơn bản máy đang giữ"),
    "number_too_far": _("số của lịch cao bất thường"),
    "approvers_expired": _("danh sách người duyệt đã hết hạn"),
    "issued_ahead": _("lịch ghi ngày lập ở tương lai"),
    # A release does not permit this item here and now.
    "unknown_policy": _("tin duyệt theo cách ký không có trong danh sách"),
    "wrong_policy": _("cách ký duyệt không dùng cho loại tin này"),
    "wrong_release": _("lịch trỏ sai tin"),
    "withdrawn": _("tin đã thu hồi"),
    "wrong_class": _("loại tin trong lịch khác loại đã duyệt"),
    "hash_not_released": _("tệp âm thanh không phải bản đã duyệt"),
    "wrong_place": _("tin không được duyệt cho nơi này"),
    "test_on_live_device": _("tin thử không phát trên loa thật"),
    "test_key_device": _("chữ ký thử không dùng cho máy này"),
    "not_prepared": _("lệnh phát ngay cho tin không chuẩn bị sẵn"),
    "not_activated": _("tin chuẩn bị sẵn chưa ai bấm phát"),
    "too_early": _("chưa đến ngày được phát"),
    "expired": _("tin đã hết hạn phát"),
    "repeat_limit": _("đã phát đủ số lần trong ngày"),
    "no_rule": _("chưa có quy định giờ phát"),
    "outside_hours": _("ngoài giờ được phát"),
    "minutes_used": _("đã hết số phút phát trong ngày"),
    # The play log.
    "row_not_final": _("sổ của máy có dòng chưa chốt"),
    "gap": _("sổ của máy thiếu dòng"),
    "chain_broken": _("chuỗi sổ của máy không khớp"),
    # What the timeline says of an item.
    "no_release": _("chưa có bản duyệt hợp lệ"),
    "agenda_ended": _("lịch trên máy đã hết hạn"),
    "cut_off": _("quá giờ chưa bắt đầu được"),
    "not_ready": _("chưa tải xong âm thanh"),
    "overlap": _("loa bận tin khác"),
    "interrupted": _("bị tin khác cắt ngang"),
    # What a device says of the repository.
    "no_line": _("máy không kết nối được máy chủ"),
    "metadata_rolled_back": _("máy chủ đưa bản công bố cũ hơn bản máy đã nhận"),
    "metadata_expired": _("bản công bố đã hết hạn mà chưa được làm mới"),
    "metadata_unsigned": _("bản công bố thiếu chữ ký mà máy tin"),
    "metadata_mismatch": _("các tệp không thuộc cùng một lần công bố"),
    "metadata_malformed": _("bản công bố hỏng hoặc thiếu tệp"),
    "endless_data": _("máy chủ gửi nhiều dữ liệu hơn mức đã báo"),
    "same_number": _("hai lịch khác nhau mang cùng một số"),
    # What a device says of a sound file.
    "not_found": _("máy chủ không có tệp âm thanh"),
    "wrong_size": _("tệp âm thanh dài khác bản đã duyệt"),
    "hash_mismatch": _("tệp âm thanh bị đổi so với bản đã duyệt"),
    "disk_full": _("đĩa của máy đã đầy"),
    "disk": _("đĩa của máy không đọc hoặc ghi được"),
    "given_up": _("không cần tải tệp này nữa"),
    # What a device says of itself, or of how an item ended.
    "clock_unknown": _("máy không biết giờ nên không phát"),
    "no_agenda": _("máy chưa nhận được lịch"),
    "not_playable": _("tệp âm thanh không phát được"),
    "not_in_agenda": _("lượt phát bị bỏ khỏi lịch khi đang phát"),
    "restarted": _("máy khởi động lại khi đang phát"),
    # What this server finds odd in a report.
    "row_changed": _("sổ của máy có hai dòng khác nhau cùng số"),
    "bad_item": _("lượt phát không có trong lịch"),
    "not_aimed_here": _("lượt phát không đặt cho nơi này"),
    "number_far_ahead": _("máy báo số lịch cao bất thường"),
}

INCIDENTS: Mapping[str, str | Promise] = {
    "refused": _("Máy từ chối phát"),
    "file_refused": _("Máy từ chối tệp nhận được"),
    "silent": _("Máy im lặng, không phát được gì"),
    "log_chain": _("Sổ của máy không liền"),
    "report": _("Tin báo của máy không hợp lý"),
    "silent_due": _("Đến giờ mà loa im"),
    "not_heard": _("Máy phát mà micro không nghe tiếng"),
    "sound_undue": _("Loa kêu khi không có lượt nào"),
    "unknown_long": _("Lâu không có tin từ máy"),
    "clock_unsure": _("Đồng hồ của máy chưa chắc"),
    "disk_low": _("Đĩa của máy sắp đầy"),
}

# Why a state lasts that this server finds in what a device says.
CONDITIONS: Mapping[str, str | Promise] = {
    "not_heard": _("xem loa, dây loa và tăng âm ở đó"),
    "level_without_item": _("máy báo có tiếng ra loa mà không báo đang phát lượt nào"),
    "uncertainty": _("giờ có thể lệch hơn 2 giây, cần nối mạng hoặc thay pin đồng hồ"),
    "disk_low": _("còn dưới 200 MB, máy sẽ không tải được tin mới"),
}


def reason(code: str) -> str:
    """Return the sentence of a reason code; an unknown code stands for itself."""
    return str(STATE_REASONS.get(code) or REFUSALS.get(code) or CONDITIONS.get(code) or code)
