# SPDX-License-Identifier: AGPL-3.0-or-later
"""Move an activity to its next state: by whom, with what, as the table in ``rules`` says."""

from django.db import transaction
from django.utils.translation import gettext as _

from loa.campaigns.actions.checks import Actors, PlanError, record, text
from loa.campaigns.actions.telling import tell_step
from loa.campaigns.models import Activity, ActivityState
from loa.campaigns.progress import Standing, standing
from loa.campaigns.rules import PART_NAMES, STATE_NAMES, Part, Step, allows, step_between
from loa.campaigns.standing import parts_of
from loa.campaigns.words import EVIDENCE_NAMES
from loa.config import clock
from loa.config.errors import ConflictError, LoaError, PermissionDeniedError
from loa.people.models import Person

_STATE = ("state", "submitted_by", "submitted_at", "verified_by", "verified_at", "state_note")


class EvidenceMissingError(LoaError):
    """Work is not done yet: what the activity asks for is not there."""

    code = "evidence_missing"
    status = 409


def _refuse(step: Step, parts: frozenset[Part]) -> None:
    if step.not_the_submitter and Part.SUBMITTER in parts:
        raise PermissionDeniedError(_("Người nộp không tự xác nhận. Nhờ người khác xác nhận."))
    raise PermissionDeniedError(
        _("%(verb)s là việc của: %(who)s.")
        % {"verb": step.verb, "who": "; ".join(str(PART_NAMES[part]) for part in step.who)}
    )


def _check_actor(actor: Actors, activity: Activity, step: Step) -> None:
    if isinstance(actor, Person):
        parts = parts_of(actor, activity)
        if not allows(step, parts):
            _refuse(step, parts)
    elif step.only_people:
        raise PermissionDeniedError(_("Chỉ người mới nộp hay xác nhận được; hệ thống không tự làm."))


def missing_sentence(found: Standing) -> str:
    """Return in words what is still missing before work counts as done; empty when nothing is."""
    parts = []
    if found.missing:
        parts.append(
            _("còn thiếu %(kinds)s")
            % {"kinds": ", ".join(str(EVIDENCE_NAMES[kind]) for kind in found.missing)}
        )
    if not found.is_counted_out:
        parts.append(
            _("mới được %(counted)s/%(quantity)s %(unit)s")
            % {
                "counted": f"{found.counted.normalize():f}",
                "quantity": found.quantity,
                "unit": found.unit,
            }
        )
    return (_("Chưa xong: %(what)s. Thêm minh chứng rồi nộp.") % {"what": "; ".join(parts)}) if parts else ""


def _check_evidence(activity: Activity) -> None:
    sentence = missing_sentence(standing(activity))
    if sentence:
        raise EvidenceMissingError(sentence)


def _apply(actor: Actors, activity: Activity, step: Step, reason: str) -> None:
    now = clock.now()
    person = actor if isinstance(actor, Person) else None
    activity.state = step.after
    activity.state_note = reason
    if step.name == "submit":
        activity.submitted_by, activity.submitted_at = person, now
        activity.verified_by, activity.verified_at = None, None
    elif step.name == "verify":
        activity.verified_by, activity.verified_at = person, now
    elif step.name in {"take_back", "return", "reopen"}:
        activity.verified_by, activity.verified_at = None, None
        if step.name != "return":
            activity.submitted_by, activity.submitted_at = None, None


@transaction.atomic
def take_step(*, actor: Actors, activity: Activity, step: Step, reason: str = "") -> Activity:
    """Go one step of the table.

    Raises:
        PermissionDeniedError: the actor is nothing to the activity that may go it, or verifies his own work.
        ConflictError: the activity is not in a state from which the step leads.
        EvidenceMissingError: evidence or quantity is missing for submitting or verifying.
        PlanError: a reason is needed and none was given.
    """
    locked: Activity = Activity.everything.select_for_update(no_key=True).get(pk=activity.pk)
    for name in (*_STATE, "removal_id", "submitted_by_id", "verified_by_id"):
        setattr(activity, name, getattr(locked, name))
    _check_actor(actor, activity, step)
    old = ActivityState(activity.state)
    if old not in step.before or activity.removal_id is not None:
        raise ConflictError(
            _("Việc này đang ở trạng thái %(old)s, không chuyển sang %(new)s được.")
            % {"old": STATE_NAMES[old], "new": STATE_NAMES[step.after]}
        )
    reason = text(reason, "reason", 500)
    if step.needs_reason and not reason and isinstance(actor, Person):
        raise PlanError(_("Ghi lý do để người làm biết phải làm gì."), field="reason")
    if step.needs_evidence:
        _check_evidence(activity)
    _apply(actor, activity, step, reason)
    activity.save(update_fields=[*_STATE])
    record(
        actor,
        "take_step",
        activity.campaign,
        activity,
        {"state": [old.value, step.after.value]},
        step=step.name,
        **({"reason": reason} if reason else {}),
    )
    tell_step(actor, activity, step)
    return activity


def set_activity_state(
    *, actor: Actors, activity: Activity, state: ActivityState | str, reason: str = ""
) -> Activity:
    """Move an activity to a state by the step that leads there; one that is there already stays as it is.

    Raises:
        PermissionDeniedError, ConflictError, EvidenceMissingError, PlanError: as ``take_step``.
    """
    new, old = ActivityState(state), ActivityState(activity.state)
    if new == old:
        return activity
    step = step_between(old, new)
    if step is None:
        raise ConflictError(
            _("Việc này đang ở trạng thái %(old)s, không chuyển sang %(new)s được.")
            % {"old": STATE_NAMES[old], "new": STATE_NAMES[new]}
        )
    return take_step(actor=actor, activity=activity, step=step, reason=reason)
