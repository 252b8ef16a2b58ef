# SPDX-License-Identifier: AGPL-3.0-or-later
"""Form fields as the component draws them: label above, hint, input, error under it, all joined for readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField

GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@dataclass(frozen=True)
class FieldError:
    """One sentence of the summary and the input that it is about; ``anchor`` is "" when about the whole form."""

    anchor: str
    words: str


def _anchor(bound: BoundField) -> str:
    return f"{bound.id_for_label or bound.auto_id}"


def field(bound: BoundField, *, hint: Any, optional: bool, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template of a field needs; the input names its hint and its error."""
    hint = hint or bound.help_text
    anchor = _anchor(bound)
    described = [f"{anchor}_hint"] * bool(hint) + [f"{anchor}_error"] * bool(bound.errors)
    given = {
        name.replace("_", "-"): value for name, value in attributes.items() if value not in (None, False)
    }
    if described:
        given["aria-describedby"] = " ".join(described)
    if bound.errors:
        given["aria-invalid"] = "true"
    widget = bound.field.widget
    is_group = isinstance(widget, GROUPS)
    return {
        "bound": bound,
        "anchor": anchor,
        "hint": hint,
        "optional": optional,
        "is_group": is_group,
        "is_columns": is_group and len(getattr(bound.field, "choices", ())) > 6,
        "is_check": isinstance(widget, forms.CheckboxInput),
        "is_hidden": bound.is_hidden,
        "input": "" if is_group else bound.as_widget(attrs=given),
        "described": " ".join(described),
    }


def errors(form: BaseForm) -> list[FieldError]:
    """Return every error of a form, those about the whole form first."""
    found = [FieldError("", str(words)) for words in form.non_field_errors()]
    for bound in form:
        found += [FieldError(_anchor(bound), f"{bound.label}: {words}") for words in bound.errors]
    return found
