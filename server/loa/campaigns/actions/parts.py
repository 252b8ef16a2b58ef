# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands at a campaign's top besides phases and messages: grounds, objectives, audiences, budget."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from loa.campaigns.actions.checks import (
    Actors,
    PlanError,
    changed,
    check_dates,
    name_of,
    own_phase,
    person_of,
    record,
    require_plan,
    text,
    values_of,
)
from loa.campaigns.models import (
    Audience,
    BudgetLine,
    Campaign,
    LegalDocument,
    Objective,
    ObjectiveKind,
    Phase,
    Reading,
    StoredFile,
)

_Part = TypeVar("_Part", LegalDocument, Objective, Audience, BudgetLine)

_LEGAL = (
    "citation",
    "number",
    "issuer",
    "issued_on",
    "in_force_from",
    "in_force_until",
    "link",
    "file",
    "file_name",
)
_OBJECTIVE = ("kind", "text", "measure", "target", "unit", "due", "is_counted")
_AUDIENCE = ("name", "note", "size")
_BUDGET = ("name", "phase", "source", "planned", "spent")


@dataclass(frozen=True, kw_only=True)
class LegalDocumentInput:
    """A document that the plan follows."""

    citation: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    in_force_from: date | None = None
    in_force_until: date | None = None
    link: str = ""
    file: StoredFile | None = None
    file_name: str = ""


@dataclass(frozen=True, kw_only=True)
class ObjectiveInput:
    """What the campaign wants to reach.

    Args:
        is_counted: its value is the counted quantity of all activities in this unit; else people read it.
    """

    text: str
    measure: str
    target: Decimal
    unit: str
    kind: ObjectiveKind | str = ObjectiveKind.OUTPUT
    due: date | None = None
    is_counted: bool = False


@dataclass(frozen=True, kw_only=True)
class AudienceInput:
    """Whom the campaign speaks to; ``size`` is a number of people."""

    name: str
    note: str = ""
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class BudgetLineInput:
    """Money, in đồng; ``spent`` is None until somebody says."""

    name: str
    planned: int
    phase: Phase | None = None
    source: str = ""
    spent: int | None = None


def _link(value: str) -> str:
    value = text(value, "link", 500)
    if value:
        try:
            URLValidator(schemes=["http", "https"])(value)
        except ValidationError as error:
            raise PlanError(
                _("Đường dẫn này không mở được. Chép nguyên từ thanh địa chỉ, bắt đầu bằng https://."),
                field="link",
            ) from error
    return value


def _fill_document(row: LegalDocument, given: LegalDocumentInput) -> None:
    check_dates(given.in_force_from, given.in_force_until, "in_force_until")
    row.citation = text(
        given.citation, "citation", 500, missing=_("Thiếu trích dẫn. Ghi như trong phần căn cứ.")
    )
    row.number, row.issuer = text(given.number, "number", 80), text(given.issuer, "issuer", 200)
    row.issued_on = given.issued_on
    row.in_force_from, row.in_force_until = given.in_force_from, given.in_force_until
    row.link, row.file = _link(given.link), given.file
    row.file_name = text(given.file_name, "file_name", 200)


def _fill_objective(row: Objective, given: ObjectiveInput) -> None:
    if given.target <= 0:
        raise PlanError(_("Chỉ tiêu phải lớn hơn 0. Ghi con số cần đạt."), field="target")
    row.kind = ObjectiveKind(given.kind).value
    row.text = text(given.text, "text", 300, missing=_("Thiếu mục tiêu. Ghi điều cần đạt."))
    row.measure = text(given.measure, "measure", 200, missing=_("Thiếu cách đo. Ghi đếm cái gì, ở đâu."))
    row.unit = text(given.unit, "unit", 40, missing=_("Thiếu đơn vị tính, ví dụ thôn, hộ, %."))
    row.target, row.due, row.is_counted = given.target, given.due, given.is_counted


def _fill_audience(row: Audience, given: AudienceInput) -> None:
    row.name = text(given.name, "name", 120, missing=_("Thiếu đối tượng, ví dụ hộ dân ven sông."))
    row.note, row.size = text(given.note, "note", 300), given.size


def _fill_budget(row: BudgetLine, given: BudgetLineInput) -> None:
    if given.planned < 0 or (given.spent is not None and given.spent < 0):
        raise PlanError(_("Số tiền không thể âm."), field="planned" if given.planned < 0 else "spent")
    row.name = text(given.name, "name", 200, missing=_("Thiếu khoản chi. Ghi tiền này để làm gì."))
    row.phase = own_phase(row.campaign, given.phase)
    row.source, row.planned, row.spent = text(given.source, "source", 200), given.planned, given.spent


@transaction.atomic
def _save(
    actor: Actors, row: _Part, verb: str, names: tuple[str, ...], fill: Callable[[_Part], None]
) -> _Part:
    """Write one row of a campaign's top after checking the planner, the values, and what they changed."""
    campaign: Campaign = row.campaign
    require_plan(actor, campaign.organisation)
    before = values_of(row, names) if row.pk else None
    fill(row)
    if before is None:
        last: int | None = type(row).objects.filter(campaign=campaign).aggregate(last=Max("order"))["last"]
        row.order = (last or 0) + 1
        row.save()
        record(actor, f"add_{verb}", campaign, row)
        return row
    changes = changed(before, values_of(row, names))
    if changes:
        row.save(update_fields=[*names])
        record(actor, f"edit_{verb}", campaign, row, changes)
    return row


def add_legal_document(*, actor: Actors, campaign: Campaign, given: LegalDocumentInput) -> LegalDocument:
    """Add a document that the plan follows.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the citation is missing, a date runs backwards, or the link is none.
    """
    row = LegalDocument(campaign=campaign)
    return _save(actor, row, "legal_document", _LEGAL, lambda one: _fill_document(one, given))


def edit_legal_document(
    *, actor: Actors, legal_document: LegalDocument, given: LegalDocumentInput
) -> LegalDocument:
    """Change a citation; raises as ``add_legal_document``."""
    return _save(actor, legal_document, "legal_document", _LEGAL, lambda one: _fill_document(one, given))


def add_objective(*, actor: Actors, campaign: Campaign, given: ObjectiveInput) -> Objective:
    """Add an objective with its measure and target.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: text, measure or unit is missing, or the target is not above 0.
    """
    row = Objective(campaign=campaign)
    return _save(actor, row, "objective", _OBJECTIVE, lambda one: _fill_objective(one, given))


def edit_objective(*, actor: Actors, objective: Objective, given: ObjectiveInput) -> Objective:
    """Change an objective; raises as ``add_objective``."""
    return _save(actor, objective, "objective", _OBJECTIVE, lambda one: _fill_objective(one, given))


@transaction.atomic
def add_reading(
    *, actor: Actors, objective: Objective, on: date, value: Decimal, source: str = ""
) -> Reading:
    """Write down what was measured of an objective on a day.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the objective is counted from its activities.
    """
    campaign = objective.campaign
    require_plan(actor, campaign.organisation)
    if objective.is_counted:
        raise PlanError(_("Mục tiêu này được tính từ các đầu mối, không ghi tay."), field="value")
    reading = Reading.objects.create(
        objective=objective,
        on=on,
        value=value,
        source=text(source, "source", 300),
        by=person_of(actor),
        by_name=name_of(actor),
    )
    record(actor, "add_reading", campaign, objective, on=str(on), value=str(value))
    return reading


def add_audience(*, actor: Actors, campaign: Campaign, given: AudienceInput) -> Audience:
    """Add an audience.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the name is missing.
    """
    row = Audience(campaign=campaign)
    return _save(actor, row, "audience", _AUDIENCE, lambda one: _fill_audience(one, given))


def edit_audience(*, actor: Actors, audience: Audience, given: AudienceInput) -> Audience:
    """Change an audience; raises as ``add_audience``."""
    return _save(actor, audience, "audience", _AUDIENCE, lambda one: _fill_audience(one, given))


def add_budget_line(*, actor: Actors, campaign: Campaign, given: BudgetLineInput) -> BudgetLine:
    """Add a budget line, in đồng.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the name is missing, an amount is below 0, or the phase belongs elsewhere.
    """
    row = BudgetLine(campaign=campaign)
    return _save(actor, row, "budget_line", _BUDGET, lambda one: _fill_budget(one, given))


def edit_budget_line(*, actor: Actors, budget_line: BudgetLine, given: BudgetLineInput) -> BudgetLine:
    """Change a budget line; raises as ``add_budget_line``."""
    return _save(actor, budget_line, "budget_line", _BUDGET, lambda one: _fill_budget(one, given))
