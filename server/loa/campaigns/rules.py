# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pure decisions about a plan: who may do which step, what is late, when work is done.

``STEPS`` and ``DEEDS`` are the one table of who may do what; docs/plan.md shows it and a test holds it there.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loa.areas.folding import fold
from loa.campaigns.models import Activity, ActivityState, EvidenceKind, Phase
from loa.campaigns.words import CHANNEL_NAMES as CHANNEL_NAMES
from loa.campaigns.words import STATE_NAMES as STATE_NAMES

S = ActivityState

OPEN_STATES = frozenset({S.PLANNED, S.IN_PROGRESS, S.SUBMITTED, S.RETURNED})
UNDO_FOR = timedelta(days=30)  # a deletion can be taken back for so long
TOP_MESSAGES = 5  # key messages that may stand on top of one campaign


class Part(StrEnum):
    """What somebody is to an activity, on a day."""

    ACCOUNTABLE = "accountable"  # holds the post that answers for it
    CONTRIBUTOR = "contributor"  # holds a post in an organisation that contributes
    OFFICE = "office"  # plans for the organisation of the accountable post
    PLANNER = "planner"  # plans for the organisation of the campaign
    ABOVE = "above"  # holds a post to which the accountable post reports, however far up
    STEERING = "steering"  # holds the post that heads the steering body
    INSPECTOR = "inspector"  # named for the inspection
    OWNER = "owner"  # holds the post that answers for a finding
    AUTHOR = "author"  # wrote the comment, added the evidence, deleted what is brought back
    SUBMITTER = "submitter"  # submitted what is there now
    READER = "reader"  # sees the campaign


PART_NAMES: dict[Part, str | Promise] = {
    Part.ACCOUNTABLE: _("người giữ chức danh chịu trách nhiệm"),
    Part.CONTRIBUTOR: _("người giữ chức danh ở cơ quan phối hợp"),
    Part.OFFICE: _("người lập kế hoạch của cơ quan chịu trách nhiệm"),
    Part.PLANNER: _("người lập kế hoạch của chiến dịch"),
    Part.ABOVE: _("người giữ chức danh cấp trên"),
    Part.STEERING: _("người đứng đầu ban chỉ đạo"),
    Part.INSPECTOR: _("người đi kiểm tra"),
    Part.OWNER: _("người giữ chức danh phải khắc phục"),
    Part.AUTHOR: _("người đã thêm hoặc đã xóa"),
    Part.SUBMITTER: _("người đã nộp"),
    Part.READER: _("người xem được chiến dịch"),
}


@dataclass(frozen=True)
class Step:
    """A way from a state to the next, and who may go it.

    Args:
        verb: what the button says.
        only_people: the system itself may never do it.
        not_the_submitter: whoever submitted may not do it, whatever else he is.
        needs_evidence: refused while evidence or quantity is missing.
        needs_reason: refused without a sentence that says why.
    """

    name: str
    verb: str | Promise
    before: tuple[ActivityState, ...]
    after: ActivityState
    who: tuple[Part, ...]
    only_people: bool = False
    not_the_submitter: bool = False
    needs_evidence: bool = False
    needs_reason: bool = False


_HEADS = (Part.ABOVE, Part.STEERING, Part.PLANNER)

STEPS: tuple[Step, ...] = (
    Step(
        "start",
        _("Bắt đầu làm"),
        (S.PLANNED,),
        S.IN_PROGRESS,
        (Part.ACCOUNTABLE, Part.CONTRIBUTOR, Part.OFFICE, Part.PLANNER),
    ),
    Step(
        "submit",
        _("Nộp kết quả"),
        (S.IN_PROGRESS, S.RETURNED),
        S.SUBMITTED,
        (Part.ACCOUNTABLE, Part.OFFICE, Part.PLANNER),
        only_people=True,
        needs_evidence=True,
    ),
    Step("take_back", _("Lấy lại để làm tiếp"), (S.SUBMITTED,), S.IN_PROGRESS, (Part.SUBMITTER,)),
    Step(
        "verify",
        _("Xác nhận đã xong"),
        (S.SUBMITTED,),
        S.VERIFIED,
        _HEADS,
        only_people=True,
        not_the_submitter=True,
        needs_evidence=True,
    ),
    Step("return", _("Trả lại"), (S.SUBMITTED, S.VERIFIED), S.RETURNED, _HEADS, needs_reason=True),
    Step(
        "cancel",
        _("Bỏ việc này"),
        (S.PLANNED, S.IN_PROGRESS, S.RETURNED),
        S.CANCELLED,
        (Part.PLANNER,),
        needs_reason=True,
    ),
    Step("reopen", _("Mở lại"), (S.CANCELLED,), S.PLANNED, (Part.PLANNER,)),
)


class Deed(StrEnum):
    """What people do to a plan besides its steps."""

    EDIT_PLAN = "edit_plan"
    ADD_EVIDENCE = "add_evidence"
    REMOVE_EVIDENCE = "remove_evidence"
    CLEAR_MATCH = "clear_match"
    URGE = "urge"
    COMMENT = "comment"
    REMOVE_COMMENT = "remove_comment"
    PLAN_INSPECTION = "plan_inspection"
    INSPECT = "inspect"
    RESOLVE_FINDING = "resolve_finding"
    DECIDE_PROPOSAL = "decide_proposal"
    UNDO_REMOVAL = "undo_removal"


DEEDS: dict[Deed, tuple[str | Promise, tuple[Part, ...]]] = {
    Deed.EDIT_PLAN: (_("lập, sửa, xóa trong kế hoạch"), (Part.PLANNER,)),
    Deed.ADD_EVIDENCE: (
        _("thêm minh chứng"),
        (Part.ACCOUNTABLE, Part.CONTRIBUTOR, Part.OFFICE, Part.PLANNER),
    ),
    Deed.REMOVE_EVIDENCE: (
        _("xóa minh chứng"),
        (Part.AUTHOR, Part.ACCOUNTABLE, Part.OFFICE, Part.PLANNER),
    ),
    Deed.CLEAR_MATCH: (_("kết luận về ảnh trùng"), _HEADS),
    Deed.URGE: (_("đôn đốc"), _HEADS),
    Deed.COMMENT: (_("trao đổi"), (Part.READER,)),
    Deed.REMOVE_COMMENT: (_("xóa lời trao đổi"), (Part.AUTHOR, Part.PLANNER)),
    Deed.PLAN_INSPECTION: (_("lên lịch kiểm tra"), (Part.STEERING, Part.PLANNER)),
    Deed.INSPECT: (_("ghi kết quả kiểm tra"), (Part.INSPECTOR, Part.PLANNER)),
    Deed.RESOLVE_FINDING: (_("báo đã khắc phục"), (Part.OWNER, Part.PLANNER)),
    Deed.DECIDE_PROPOSAL: (_("nhận hay không nhận đề nghị từ cấp trên"), (Part.PLANNER,)),
    Deed.UNDO_REMOVAL: (_("lấy lại thứ đã xóa"), (Part.AUTHOR, Part.PLANNER)),
}

# Which state may follow which, read from the steps.
NEXT_STATES: dict[ActivityState, frozenset[ActivityState]] = {
    state: frozenset(step.after for step in STEPS if state in step.before) for state in ActivityState
}


def step_between(before: ActivityState, after: ActivityState) -> Step | None:
    """Return the step that leads from one state to another; None when there is none."""
    return next((step for step in STEPS if before in step.before and step.after == after), None)


def allows(step: Step, parts: Collection[Part]) -> bool:
    """Say whether somebody who is all of ``parts`` to an activity may go this step."""
    if step.not_the_submitter and Part.SUBMITTER in parts:
        return False
    return bool({*parts} & {*step.who})


def permits(deed: Deed, parts: Iterable[Part]) -> bool:
    """Say whether somebody who is all of ``parts`` may do this."""
    return bool({*parts} & {*DEEDS[deed][1]})


def days_late(activity: Activity, today: date) -> int:
    """Return by how many days open work is late; 0 when it is not, or nobody set a due date."""
    if activity.due is None or ActivityState(activity.state) not in OPEN_STATES:
        return 0
    return max(0, (today - activity.due).days)


def missing_kinds(required: Iterable[str], present: Collection[str]) -> list[EvidenceKind]:
    """Return the kinds of evidence that are asked for and not there, in the order asked."""
    return [EvidenceKind(kind) for kind in required if kind not in present]


def is_counted_out(quantity: int | None, counted: Decimal) -> bool:
    """Say whether as much is counted as was planned; with nothing planned there is nothing to count."""
    return quantity is None or counted >= quantity


def is_running(phase: Phase, today: date) -> bool:
    """Say whether a phase runs on a day; one without a start never does, an open one goes on."""
    if phase.start is None or phase.start > today:
        return False
    return phase.is_open or (phase.end is not None and today <= phase.end)


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
