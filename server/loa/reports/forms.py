# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form of a document: what people write, section by section, and what stands around it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.people.forms import DayField
from loa.people.plain_forms import PlainForm
from loa.reports.actions import TEXT_LENGTH, HeadInput
from loa.reports.kinds import SECTIONS
from loa.reports.letterheads import Head
from loa.reports.models import Document, Kind

_BEFORE = "section_"


def _lines(label: Any, length: int, rows: int = 2, hint: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=length, required=False, widget=widget, help_text=hint)


class DocumentForm(PlainForm):
    """Sections first, then number, day, bodies and signer; blank fields take what is proposed."""

    number = forms.CharField(
        label=_("Số, ký hiệu"),
        max_length=60,
        required=False,
        help_text=_("Ví dụ 05/KH-UBND. Để trống đến khi vào sổ."),
    )
    issued_on = DayField(label=_("Ngày ban hành"), required=False)
    place = forms.CharField(label=_("Nơi ban hành"), max_length=120, required=False)
    parent = forms.CharField(label=_("Cơ quan cấp trên"), max_length=200, required=False)
    issuer = _lines(_("Cơ quan ban hành"), 200, hint=_("Mỗi dòng in thành một dòng."))
    authority = _lines(_("Thẩm quyền ký"), 200, hint=_("Ví dụ TM. Ủy ban nhân dân, dòng dưới KT. Chủ tịch."))
    office = forms.CharField(label=_("Chức vụ người ký"), max_length=120, required=False)
    signer = forms.CharField(
        label=_("Họ tên người ký"), max_length=120, required=False, help_text=_("Không ghi học hàm, học vị.")
    )
    recipients = _lines(_("Nơi nhận"), 2000, 4, _("Mỗi nơi một dòng; dấu gạch và dấu chấm phẩy tự thêm."))

    def __init__(self, *args: Any, document: Document, proposed: Head, **kwargs: Any) -> None:
        self.sections = SECTIONS[Kind(document.kind)]
        texts = {row.section: row.text for row in document.narratives.all()} if document.pk else {}
        initial = {f"{_BEFORE}{key}": text for key, text in texts.items()}
        initial |= {name: getattr(document, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)
        around = list(self.fields)
        for section in self.sections:
            name = f"{_BEFORE}{section.key}"
            self.fields[name] = _lines(section.name, TEXT_LENGTH, 5, section.hint)
        self.order_fields([f"{_BEFORE}{section.key}" for section in self.sections] + around)
        for name in around:
            self._say_proposed(name, getattr(proposed, name))

    def _say_proposed(self, name: str, value: Any) -> None:
        """Say under a field what is printed while it is blank."""
        if value and not self.initial.get(name):
            shown = f"{value:%d/%m/%Y}" if name == "issued_on" else ", ".join(str(value).splitlines())
            hint = self.fields[name].help_text
            said = _("Để trống thì in: %(value)s.") % {"value": shown}
            self.fields[name].help_text = f"{hint} {said}" if hint else said

    def set_readable_only(self, *, is_so: bool) -> None:
        """Let somebody who does not plan read the fields and change none."""
        for field in self.fields.values():
            field.disabled = is_so

    @property
    def written(self) -> list[forms.BoundField]:
        """Return the fields of the sections."""
        return [self[f"{_BEFORE}{section.key}"] for section in self.sections]

    @property
    def around(self) -> list[forms.BoundField]:
        """Return the fields of what stands around the content."""
        return [self[name] for name in self.base_fields]

    def head(self) -> HeadInput:
        """Return what was typed around the content; the action checks it."""
        return HeadInput(**{name: self.cleaned_data[name] for name in self.base_fields})

    def texts(self) -> dict[str, str]:
        """Return what was written, by section."""
        return {section.key: self.cleaned_data[f"{_BEFORE}{section.key}"] for section in self.sections}
