# SPDX-License-Identifier: AGPL-3.0-or-later
"""Delete with a way back: the row and its parts carry a removal, which 30 days later takes them along."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError, QuerySet, RestrictedError
from django.utils.translation import gettext as _

from loa.campaigns.actions.checks import Actors, name_of, record
from loa.campaigns.models import (
    Activity,
    ActivityState,
    Audience,
    BudgetLine,
    Campaign,
    Comment,
    Evidence,
    Finding,
    Inspection,
    KeyMessage,
    LegalDocument,
    MessagePriority,
    Objective,
    Phase,
    Reading,
    Removable,
    Removal,
)
from loa.campaigns.rules import TOP_MESSAGES, UNDO_FOR, Deed, Part, permits
from loa.campaigns.standing import campaign_parts, parts_of
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people.models import Person

Removed = (
    Campaign
    | LegalDocument
    | Objective
    | Reading
    | Audience
    | Phase
    | KeyMessage
    | BudgetLine
    | Activity
    | Inspection
    | Finding
    | Comment
    | Evidence
)


_SUBMITTED = frozenset({ActivityState.SUBMITTED, ActivityState.VERIFIED})  # evidence stays as it was then


def campaign_of(row: Removed) -> Campaign:
    """Return the campaign to which a removable row belongs."""
    if isinstance(row, Campaign):
        return row
    if isinstance(row, Reading):
        return row.objective.campaign
    if isinstance(row, Finding):
        return row.inspection.campaign
    if isinstance(row, Evidence):
        return row.activity.campaign
    return row.campaign


def _parts(row: Removed) -> list[QuerySet[Removable]]:
    """Return what goes with a row: parts that nobody would find any more without it."""
    if isinstance(row, Campaign):
        return [
            *(
                model.objects.filter(campaign=row)
                for model in (
                    LegalDocument,
                    Objective,
                    Audience,
                    Phase,
                    KeyMessage,
                    BudgetLine,
                    Activity,
                    Inspection,
                    Comment,
                )
            ),
            Evidence.objects.filter(activity__campaign=row),
            Finding.objects.filter(inspection__campaign=row),
            Reading.objects.filter(objective__campaign=row),
        ]
    if isinstance(row, Activity):
        return [Evidence.objects.filter(activity=row), Comment.objects.filter(activity=row)]
    if isinstance(row, Inspection):
        return [Finding.objects.filter(inspection=row)]
    if isinstance(row, Objective):
        return [Reading.objects.filter(objective=row)]
    return []


def _phase_in_use(row: Phase) -> str:
    count = row.activities.count() + row.key_messages.count() + row.budget_lines.count()
    if not count:
        return ""
    return _("Còn %(count)s mục thuộc giai đoạn này. Chuyển chúng sang giai đoạn khác trước.") % {
        "count": count
    }


def _campaign_in_use(row: Campaign) -> str:
    if row.lower.exists():
        return _("Cấp dưới đã nhận chiến dịch này. Cấp dưới xóa phần của mình trước.")
    if row.messages.exists():
        return _("Đã có tin thuộc chiến dịch này nên không xóa được. Tin và bằng chứng phải còn.")
    return ""


def _activity_in_use(row: Activity) -> str:
    if row.lower.exists():
        return _("Cấp dưới đã nhận việc này. Bỏ việc thay vì xóa, cấp dưới sẽ được hỏi.")
    if row.state == ActivityState.VERIFIED:
        return _("Việc đã xác nhận xong thì không xóa. Trả lại trước.")
    return ""


def _in_the_way(row: Removed) -> str:
    """Return a sentence when something present still rests on the row; empty when nothing does."""
    if isinstance(row, Phase):
        return _phase_in_use(row)
    if isinstance(row, Campaign):
        return _campaign_in_use(row)
    if isinstance(row, Activity):
        return _activity_in_use(row)
    if isinstance(row, KeyMessage) and row.messages.exists():
        return _("Đã có tin mang thông điệp này nên không xóa được. Sửa lời thì được.")
    if isinstance(row, Evidence) and row.activity.state in _SUBMITTED:
        return _("Việc đã nộp thì minh chứng phải giữ nguyên. Lấy lại hoặc trả lại trước.")
    if isinstance(row, (Inspection, Finding)):
        visit = row if isinstance(row, Inspection) else row.inspection
        if visit.signed_off_at is not None:
            return _("Đợt kiểm tra đã kết luận thì không xóa được gì nữa.")
    return ""


def author_part(person: Person, author_id: int | None) -> frozenset[Part]:
    """Return the author's part where the person is the author."""
    return frozenset({Part.AUTHOR}) if author_id == person.pk else frozenset()


def _check_actor(actor: Actors, row: Removed) -> None:
    if not isinstance(actor, Person):
        return
    deed, parts = Deed.EDIT_PLAN, campaign_parts(actor, campaign_of(row))
    if isinstance(row, Evidence):
        deed, parts = (
            Deed.REMOVE_EVIDENCE,
            parts_of(actor, row.activity) | author_part(actor, row.added_by_id),
        )
    elif isinstance(row, Comment):
        deed, parts = Deed.REMOVE_COMMENT, parts | author_part(actor, row.author_id)
    elif isinstance(row, (Inspection, Finding)):
        deed = Deed.PLAN_INSPECTION
    if not permits(deed, parts):
        raise PermissionDeniedError(
            _("Bạn chưa có quyền xóa ở chiến dịch này. Hỏi người lập kế hoạch của chiến dịch.")
        )


@transaction.atomic
def remove(*, actor: Actors, row: Removed) -> Removal:
    """Delete a row of a plan with its parts; ``undo_removal`` brings it back for 30 days.

    Raises:
        PermissionDeniedError: the actor is nobody who may (``rules.DEEDS``).
        ConflictError: it is deleted already, or something that must stay rests on it.
    """
    _check_actor(actor, row)
    campaign = campaign_of(row)
    if row.removal_id is not None:
        raise ConflictError(_("Mục này đã xóa rồi. Có thể lấy lại trong danh sách đã xóa."))
    sentence = _in_the_way(row)
    if sentence:
        raise ConflictError(sentence)
    removal = Removal.objects.create(
        campaign=campaign,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        object_name=str(row)[:300],
        at=clock.now(),
        by=actor if isinstance(actor, Person) else None,
        by_name=name_of(actor),
    )
    for parts in _parts(row):
        parts.update(removal=removal)
    row.removal = removal
    row.save(update_fields=["removal"])
    record(actor, "remove", campaign, row)
    return removal


_MODELS: dict[str, type[Model]] = {
    model._meta.label_lower: model
    for model in (
        Campaign,
        LegalDocument,
        Objective,
        Reading,
        Audience,
        Phase,
        KeyMessage,
        BudgetLine,
        Activity,
        Inspection,
        Finding,
        Comment,
        Evidence,
    )
}


def _check_place(removal: Removal) -> None:
    """Refuse to bring a part back into what is itself deleted or closed, or beside one that took its place."""
    if removal.object_type == "campaigns.campaign":
        return
    gone = removal.campaign.removal_id
    if gone is not None and gone != removal.pk:
        raise ConflictError(_("Chiến dịch chứa mục này đã xóa. Lấy lại chiến dịch trước."))
    _check_evidence(removal)
    _check_findings(removal)
    _check_phases(removal)
    top = KeyMessage.objects.filter(campaign=removal.campaign, priority=MessagePriority.TOP).count()
    back = KeyMessage.everything.filter(removal=removal, priority=MessagePriority.TOP).count()
    if back and top + back > TOP_MESSAGES:
        raise ConflictError(
            _("Đã có %(count)s thông điệp hàng đầu. Chuyển bớt một thông điệp xuống trước.")
            % {"count": TOP_MESSAGES}
        )


def _check_evidence(removal: Removal) -> None:
    """Refuse evidence into work that is deleted, or was submitted without it."""
    for evidence in Evidence.everything.filter(removal=removal).select_related("activity"):
        activity = evidence.activity
        if activity.removal_id == removal.pk:
            continue
        if activity.removal_id is not None:
            raise ConflictError(_("Đầu mối chứa minh chứng này đã xóa. Lấy lại đầu mối trước."))
        if activity.state in _SUBMITTED:
            raise ConflictError(_("Việc đã nộp thì minh chứng phải giữ nguyên. Lấy lại hoặc trả lại trước."))


def _check_findings(removal: Removal) -> None:
    """Refuse findings into an inspection that is deleted, or was signed off without them."""
    for finding in Finding.everything.filter(removal=removal).select_related("inspection"):
        visit = finding.inspection
        if visit.removal_id == removal.pk:
            continue
        if visit.removal_id is not None:
            raise ConflictError(_("Đợt kiểm tra chứa mục này đã xóa. Lấy lại đợt kiểm tra trước."))
        if visit.signed_off_at is not None:
            raise ConflictError(_("Đợt kiểm tra đã kết luận thì không thêm lại được gì nữa."))


def _check_phases(removal: Removal) -> None:
    """Refuse a second open phase, and what belongs to a phase that is deleted."""
    for phase in Phase.everything.filter(removal=removal, is_open=True):
        if Phase.objects.filter(campaign=phase.campaign_id, is_open=True).exists():
            raise ConflictError(_("Đã có giai đoạn khác để mở. Ghi ngày kết thúc cho giai đoạn đó trước."))
    for model in (Activity, KeyMessage, BudgetLine):
        rows = model.everything.filter(removal=removal).exclude(phase=None)
        if rows.exclude(phase__removal=None).exclude(phase__removal=removal).exists():
            raise ConflictError(_("Giai đoạn của mục này đã xóa. Lấy lại giai đoạn trước."))


def _bring_back(removal: Removal) -> None:
    try:
        with transaction.atomic():
            for model in _MODELS.values():
                model._base_manager.filter(removal=removal).update(removal=None)
    except IntegrityError as error:  # the same evidence was sent anew, the same work taken over again
        raise ConflictError(_("Mục này đã được thêm lại sau khi xóa. Xóa mục mới trước.")) from error


@transaction.atomic
def undo_removal(*, actor: Actors, removal: Removal) -> Campaign:
    """Bring back what was deleted, with exactly the parts that went with it.

    Raises:
        PermissionDeniedError: the actor neither plans for the campaign's organisation nor deleted it.
        ConflictError: 30 days have passed, or what it belonged to is gone.
    """
    if isinstance(actor, Person) and not permits(
        Deed.UNDO_REMOVAL, campaign_parts(actor, removal.campaign) | author_part(actor, removal.by_id)
    ):
        raise PermissionDeniedError(_("Chỉ người đã xóa hoặc người lập kế hoạch lấy lại được."))
    if removal.at < clock.now() - UNDO_FOR:
        raise ConflictError(_("Đã quá %(days)s ngày nên không lấy lại được.") % {"days": UNDO_FOR.days})
    _check_place(removal)
    campaign = removal.campaign
    _bring_back(removal)
    row = _MODELS[removal.object_type]._base_manager.get(pk=removal.object_id)
    record(actor, "undo_removal", campaign, row)
    removal.delete()
    return campaign


def purge(now: datetime) -> int:
    """Delete for good what was removed more than 30 days ago; return how many removals went.

    What something that must stay still rests on is kept, out of sight.
    """
    gone = 0
    for removal in Removal.objects.filter(at__lt=now - UNDO_FOR).order_by("at", "pk"):
        try:
            with transaction.atomic():
                record(None, "purge", removal.campaign, removal)
                removal.delete()
                gone += 1
        except (ProtectedError, RestrictedError):
            continue
    return gone
