# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a plan's states, channels, measures and parts are called for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loa.campaigns.models import ActivityState, EvidenceKind, MessagePriority, ObjectiveKind

Words = str | Promise

STATE_NAMES: dict[ActivityState, Words] = {
    ActivityState.PLANNED: _("Chưa làm"),
    ActivityState.IN_PROGRESS: _("Đang làm"),
    ActivityState.SUBMITTED: _("Chờ kiểm tra"),
    ActivityState.VERIFIED: _("Đã xong"),
    ActivityState.RETURNED: _("Trả lại"),
    ActivityState.CANCELLED: _("Đã bỏ"),
}

# Channels that a plan may name; those that can play, post or hang something register themselves elsewhere.
CHANNEL_NAMES: dict[str, Words] = {
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
    "social": _("mạng xã hội, nhóm Zalo"),
    "visit": _("đến từng nhà"),
}

EVIDENCE_NAMES: dict[EvidenceKind, Words] = {
    EvidenceKind.PHOTO: _("ảnh"),
    EvidenceKind.FILE: _("tệp"),
    EvidenceKind.LINK: _("đường dẫn"),
    EvidenceKind.FIGURES: _("số liệu"),
    EvidenceKind.DELIVERY: _("lượt hệ thống ghi"),
}

PRIORITY_NAMES: dict[MessagePriority, Words] = {
    MessagePriority.TOP: _("hàng đầu"),
    MessagePriority.NORMAL: _("thường"),
    MessagePriority.LOW: _("kèm theo"),
}

OBJECTIVE_NAMES: dict[ObjectiveKind, Words] = {
    ObjectiveKind.OUTPUT: _("việc làm ra"),
    ObjectiveKind.OUTTAKE: _("người dân biết"),
    ObjectiveKind.OUTCOME: _("người dân làm theo"),
}

# Units in which plans count, offered where one is typed; any other word is taken too.
UNITS: tuple[Words, ...] = (
    _("hội nghị"),
    _("phút"),
    _("lượt phát"),
    _("tin, bài"),
    _("băng rôn"),
    _("pano"),
    _("bản in"),
    _("lượt người"),
    _("buổi"),
    _("hộ"),
    _("thôn"),
)

# Figures that offices report (Nghị định 30 knows no list; these are the usual ones): key, name, unit.
MEASURES: dict[str, tuple[Words, Words]] = {
    "articles": (_("Tin, bài"), _("tin, bài")),
    "airings": (_("Lượt phát"), _("lượt")),
    "minutes": (_("Thời lượng phát"), _("phút")),
    "conferences": (_("Hội nghị"), _("hội nghị")),
    "participants": (_("Người dự"), _("lượt người")),
    "leaflets": (_("Tờ rơi"), _("tờ")),
    "panels": (_("Pano, băng rôn"), _("cái")),
    "panel_area": (_("Diện tích pano, băng rôn"), _("m²")),
    "portal_items": (_("Tin trên cổng thông tin"), _("tin")),
    "reports_received": (_("Phản ánh tiếp nhận"), _("phản ánh")),
    "reports_answered": (_("Phản ánh đã trả lời"), _("phản ánh")),
    "cleanups": (_("Buổi ra quân vệ sinh"), _("buổi")),
    "cleanup_people": (_("Người tham gia vệ sinh"), _("lượt người")),
    "waste": (_("Rác thu gom"), _("m³")),
    "drains": (_("Mương, cống khơi thông"), _("km")),
    "roads": (_("Đường được dọn"), _("km")),
    "households": (_("Hộ"), _("hộ")),
    "flag_households": (_("Hộ treo cờ"), _("hộ")),
    "flag_roads": (_("Tuyến đường cờ"), _("tuyến")),
    "visits": (_("Hộ được đến nhà"), _("hộ")),
    "money": (_("Kinh phí"), _("đồng")),
}
