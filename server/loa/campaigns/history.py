# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who changed what of a plan, and when: read from the audit log, which is the one record of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.audit.models import Entry
from loa.campaigns.models import Activity, Campaign
from loa.campaigns.rules import STEPS
from loa.campaigns.words import CHANNEL_NAMES, EVIDENCE_NAMES, PRIORITY_NAMES, STATE_NAMES

VERBS: dict[str, str | Promise] = {
    "create_campaign": gettext_lazy("lập chiến dịch"),
    "edit_campaign": gettext_lazy("sửa chiến dịch"),
    "copy_campaign": gettext_lazy("lập bản sao"),
    "use_template": gettext_lazy("lập từ mẫu"),
    "take_over": gettext_lazy("nhận kế hoạch cấp trên"),
    "add_phase": gettext_lazy("thêm giai đoạn"),
    "edit_phase": gettext_lazy("sửa giai đoạn"),
    "add_key_message": gettext_lazy("thêm thông điệp"),
    "edit_key_message": gettext_lazy("sửa thông điệp"),
    "add_legal_document": gettext_lazy("thêm căn cứ"),
    "edit_legal_document": gettext_lazy("sửa căn cứ"),
    "add_objective": gettext_lazy("thêm mục tiêu"),
    "edit_objective": gettext_lazy("sửa mục tiêu"),
    "add_reading": gettext_lazy("ghi số đo"),
    "add_audience": gettext_lazy("thêm đối tượng"),
    "edit_audience": gettext_lazy("sửa đối tượng"),
    "add_budget_line": gettext_lazy("thêm khoản kinh phí"),
    "edit_budget_line": gettext_lazy("sửa khoản kinh phí"),
    "import_plan": gettext_lazy("nhập kế hoạch từ tệp"),
    "add_activity": gettext_lazy("thêm đầu mối"),
    "edit_activity": gettext_lazy("sửa đầu mối"),
    "take_step": gettext_lazy("chuyển trạng thái"),
    "add_evidence": gettext_lazy("thêm minh chứng"),
    "clear_match": gettext_lazy("kết luận về ảnh trùng"),
    "add_comment": gettext_lazy("trao đổi"),
    "urge": gettext_lazy("đôn đốc"),
    "set_urging_days": gettext_lazy("đặt ngày đôn đốc"),
    "plan_inspection": gettext_lazy("lên lịch kiểm tra"),
    "edit_inspection": gettext_lazy("sửa lịch kiểm tra"),
    "record_visit": gettext_lazy("ghi kết quả kiểm tra"),
    "add_finding": gettext_lazy("ghi phát hiện"),
    "sign_off": gettext_lazy("kết luận kiểm tra"),
    "resolve_finding": gettext_lazy("báo đã khắc phục"),
    "accept_proposal": gettext_lazy("nhận đề nghị của cấp trên"),
    "decline_proposal": gettext_lazy("không nhận đề nghị của cấp trên"),
    "remove": gettext_lazy("xóa"),
    "undo_removal": gettext_lazy("lấy lại thứ đã xóa"),
    "purge": gettext_lazy("xóa hẳn sau 30 ngày"),
    "move_sample": gettext_lazy("dời ngày của mẫu"),
}

FIELDS: dict[str, str | Promise] = {
    "title": gettext_lazy("tên"),
    "name": gettext_lazy("tên"),
    "text": gettext_lazy("nội dung"),
    "accountable_post": gettext_lazy("chức danh chịu trách nhiệm"),
    "organisation": gettext_lazy("cơ quan"),
    "contributors": gettext_lazy("cơ quan phối hợp"),
    "phase": gettext_lazy("giai đoạn"),
    "channels": gettext_lazy("kênh"),
    "key_messages": gettext_lazy("thông điệp"),
    "areas": gettext_lazy("địa bàn"),
    "area": gettext_lazy("địa bàn"),
    "needs": gettext_lazy("việc phải xong trước"),
    "start": gettext_lazy("bắt đầu"),
    "end": gettext_lazy("kết thúc"),
    "is_open": gettext_lazy("để mở"),
    "due": gettext_lazy("hạn"),
    "due_note": gettext_lazy("ghi chú về hạn"),
    "quantity": gettext_lazy("số lượng"),
    "unit": gettext_lazy("đơn vị tính"),
    "place": gettext_lazy("địa điểm"),
    "note": gettext_lazy("ghi chú"),
    "evidence_required": gettext_lazy("minh chứng cần có"),
    "state": gettext_lazy("trạng thái"),
    "priority": gettext_lazy("mức ưu tiên"),
    "wanted_per_week": gettext_lazy("số lần mỗi tuần"),
    "number": gettext_lazy("số văn bản"),
    "issued_on": gettext_lazy("ngày ban hành"),
    "event_name": gettext_lazy("sự kiện"),
    "event_note": gettext_lazy("ghi chú về sự kiện"),
    "event_on": gettext_lazy("ngày của sự kiện"),
    "purpose": gettext_lazy("mục đích, yêu cầu"),
    "steering_body": gettext_lazy("ban chỉ đạo"),
    "steering_head": gettext_lazy("người đứng đầu ban chỉ đạo"),
    "citation": gettext_lazy("trích dẫn"),
    "measure": gettext_lazy("cách đo"),
    "target": gettext_lazy("chỉ tiêu"),
    "planned": gettext_lazy("dự toán"),
    "spent": gettext_lazy("đã chi"),
    "planned_on": gettext_lazy("ngày kiểm tra"),
}


@dataclass(frozen=True)
class Change:
    """One field that changed, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One thing that somebody did to a plan."""

    at: datetime
    who: str
    verb: str
    what: str  # name of the thing, as it was then
    changes: tuple[Change, ...]
    reason: str


_STEP_VERBS = {step.name: step.verb for step in STEPS}
_CHOICES: dict[str, Mapping[Any, str | Promise]] = {
    "state": {state.value: name for state, name in STATE_NAMES.items()},
    "channels": CHANNEL_NAMES,
    "evidence_required": {kind.value: name for kind, name in EVIDENCE_NAMES.items()},
    "priority": {priority.value: name for priority, name in PRIORITY_NAMES.items()},
}


def _words(field: str, value: Any) -> str:
    if value is None or value in ("", []):
        return _("chưa ghi")
    if isinstance(value, bool):
        return _("có") if value else _("không")
    names = _CHOICES.get(field, {})
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(names.get(one, one)) for one in values)


def words_of(field: str, value: Any, otherwise: Callable[[Any], str]) -> str:
    """Return a field's value in words; ``otherwise`` writes what has no words of its own."""
    return _words(field, value) if field in _CHOICES else otherwise(value)


def line_of(entry: Entry) -> Line:
    """Return an entry of the log in words."""
    verb = entry.action.removeprefix("campaigns.")
    step = entry.details.get("step", "")
    changes = entry.details.get("changes", {})
    return Line(
        at=entry.at,
        who=entry.actor_name,
        verb=str(_STEP_VERBS.get(step) or VERBS.get(verb, verb)),
        what=entry.object_name,
        changes=tuple(
            Change(str(FIELDS.get(name, name)), _words(name, old), _words(name, new))
            for name, (old, new) in changes.items()
        ),
        reason=str(entry.details.get("reason", "")),
    )


def _entries(wanted: Q, limit: int) -> list[Line]:
    rows = Entry.objects.filter(wanted, action__startswith="campaigns.").order_by("-pk")
    return [line_of(entry) for entry in rows[:limit]]


def _about(things: Iterable[Model]) -> Q:
    wanted = Q(pk__in=[])
    for thing in things:
        wanted |= Q(object_type=thing._meta.label_lower, object_id=str(thing.pk))
    return wanted


def history_of(activity: Activity, *, limit: int = 100) -> list[Line]:
    """Return what was done to an activity, the newest first. One query; the caller checks access."""
    return _entries(_about([activity]), limit)


def history_of_campaign(campaign: Campaign, *, limit: int = 200) -> list[Line]:
    """Return what was done to a campaign and everything in it, the newest first. One query.

    The caller checks access.
    """
    return _entries(Q(details__campaign=campaign.pk), limit)
