# SPDX-License-Identifier: AGPL-3.0-or-later
"""The parts of a plan that one pair of pages edits: phases, messages, grounds, objectives, audiences, money."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loa.campaigns import actions, parts, queries
from loa.campaigns.entering import campaign_forms as forms
from loa.campaigns.models import Campaign
from loa.campaigns.rules import Deed
from loa.campaigns.standing import campaign_parts
from loa.people.models import Person
from loa.people.rules import Permission

EDIT = Permission.PLAN_EDIT
_LEGAL = ("citation", "number", "issuer", "issued_on", "in_force_from", "in_force_until", "link")


@dataclass(frozen=True)
class PartKind:
    """One kind of part: its form, what finds, adds and changes a row, and its words.

    Args:
        find: gets a row of a campaign for a person who may change it.
        initial: the values that a form shows of a row.
        back: the page on which the part stands.
    """

    name: str
    form: type[forms.PartForm]
    find: Callable[[Person, str, int], Any]
    add: Callable[[Person, Campaign, Any], Any]
    edit: Callable[[Person, Any, Any], Any]
    initial: Callable[[Any], dict[str, Any]]
    new_words: str | Promise
    edit_words: str | Promise
    saved_words: str | Promise
    back: str = "campaigns:phases"


def _fields(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda row: {name: getattr(row, name) for name in names}


def _message_values(row: Any) -> dict[str, Any]:
    shown = _fields("text", "phase", "priority", "wanted_per_week")(row)
    return shown | forms.KeyMessageForm.values_of(row)


def with_file(person: Person, campaign: Campaign, form: forms.PartForm, row: Any = None) -> Any:
    """Return what a form gives; a document keeps its file, or gets the one that was sent, stored first."""
    given = form.given()
    if not isinstance(form, forms.LegalDocumentForm):
        return given
    sent: UploadedFile[bytes] | None = form.cleaned_data["upload"]
    if sent is None:
        return given if row is None else replace(given, file=row.file, file_name=row.file_name)
    may = campaign_parts(person, campaign)
    stored = actions.store_file(actor=person, deed=Deed.EDIT_PLAN, parts=may, file=sent)
    return replace(given, file=stored, file_name=(sent.name or "")[-200:])


KINDS: dict[str, PartKind] = {
    kind.name: kind
    for kind in (
        PartKind(
            "phase",
            forms.PhaseForm,
            lambda person, key, pk: queries.phase(person, key, pk, EDIT),
            lambda person, campaign, given: actions.add_phase(actor=person, campaign=campaign, **given),
            lambda person, row, given: actions.edit_phase(actor=person, phase=row, **given),
            _fields("name", "start", "end", "is_open"),
            _("Thêm giai đoạn"),
            _("Sửa giai đoạn"),
            _("Đã lưu giai đoạn."),
        ),
        PartKind(
            "key_message",
            forms.KeyMessageForm,
            lambda person, key, pk: queries.key_message(person, key, pk, EDIT),
            lambda person, campaign, given: actions.add_key_message(actor=person, campaign=campaign, **given),
            lambda person, row, given: actions.edit_key_message(actor=person, key_message=row, **given),
            _message_values,
            _("Thêm thông điệp"),
            _("Sửa thông điệp"),
            _("Đã lưu thông điệp."),
            back="campaigns:key_messages",
        ),
        PartKind(
            "legal_document",
            forms.LegalDocumentForm,
            lambda person, key, pk: parts.legal_document(person, key, pk, EDIT),
            lambda person, campaign, given: actions.add_legal_document(
                actor=person, campaign=campaign, given=given
            ),
            lambda person, row, given: actions.edit_legal_document(
                actor=person, legal_document=row, given=given
            ),
            _fields(*_LEGAL),
            _("Thêm căn cứ"),
            _("Sửa căn cứ"),
            _("Đã lưu căn cứ."),
        ),
        PartKind(
            "objective",
            forms.ObjectiveForm,
            lambda person, key, pk: parts.objective(person, key, pk, EDIT),
            lambda person, campaign, given: actions.add_objective(
                actor=person, campaign=campaign, given=given
            ),
            lambda person, row, given: actions.edit_objective(actor=person, objective=row, given=given),
            _fields("text", "kind", "measure", "target", "unit", "due", "is_counted"),
            _("Thêm mục tiêu"),
            _("Sửa mục tiêu"),
            _("Đã lưu mục tiêu."),
        ),
        PartKind(
            "audience",
            forms.AudienceForm,
            lambda person, key, pk: parts.audience(person, key, pk, EDIT),
            lambda person, campaign, given: actions.add_audience(
                actor=person, campaign=campaign, given=given
            ),
            lambda person, row, given: actions.edit_audience(actor=person, audience=row, given=given),
            _fields("name", "note", "size"),
            _("Thêm đối tượng"),
            _("Sửa đối tượng"),
            _("Đã lưu đối tượng."),
        ),
        PartKind(
            "budget_line",
            forms.BudgetLineForm,
            lambda person, key, pk: parts.budget_line(person, key, pk, EDIT),
            lambda person, campaign, given: actions.add_budget_line(
                actor=person, campaign=campaign, given=given
            ),
            lambda person, row, given: actions.edit_budget_line(actor=person, budget_line=row, given=given),
            _fields("name", "planned", "phase", "source", "spent"),
            _("Thêm khoản kinh phí"),
            _("Sửa khoản kinh phí"),
            _("Đã lưu khoản kinh phí."),
        ),
    )
}
