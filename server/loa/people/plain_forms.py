# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms whose every error says what to do, in our words instead of the framework's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

REQUIRED = _("Chưa điền. Điền ô này.")
NOT_CHOSEN = _("Chưa chọn. Chọn một mục.")
WORDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.CharField: {"required": REQUIRED},
    forms.ChoiceField: {"required": NOT_CHOSEN, "invalid_choice": _("Không có mục này. Chọn lại.")},
    forms.ModelChoiceField: {"required": NOT_CHOSEN, "invalid_choice": _("Không có mục này. Chọn lại.")},
    forms.DateField: {"required": REQUIRED, "invalid": _("Ngày chưa đúng. Ghi như 24/11/2026.")},
    forms.IntegerField: {
        "required": REQUIRED,
        "invalid": _("Chưa phải số nguyên. Ghi bằng chữ số, ví dụ 187."),
        "min_value": _("Nhỏ quá. Ghi từ %(limit_value)s trở lên."),
        "max_value": _("Lớn quá. Ghi tối đa %(limit_value)s."),
    },
    forms.FloatField: {"required": REQUIRED, "invalid": _("Chưa phải số. Ghi như 21,345.")},
}


class PlainForm(forms.Form):
    """A form with our sentences for what is missing or cannot be read; a field may bring its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _speak(field)

    def add_field(self, name: str, field: forms.Field) -> None:
        """Add a field that only this form has, with our sentences."""
        self.fields[name] = field
        _speak(field)


def _speak(field: forms.Field) -> None:
    """Put our sentences in the place of the framework's; what the field brings itself stays."""
    for code, words in _words_for(field).items():
        if field.error_messages.get(code) is _default(field, code):
            field.error_messages[code] = words


def _words_for(field: forms.Field) -> dict[str, Any]:
    words: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        words |= WORDS.get(kind, {})
    return words


def _default(field: forms.Field, code: str) -> Any:
    """Return the framework's own sentence for a code of this kind of field; None when it has none."""
    kinds = (kind.__dict__.get("default_error_messages", {}) for kind in type(field).__mro__)
    return next((messages[code] for messages in kinds if code in messages), None)
