# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fields that a plan is typed into: amounts as they are written here, one choice out of many, several of them."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from loa.config import clock
from loa.config.numbers import whole
from loa.people.forms import post_label
from loa.people.models import Person, Post
from loa.people.queries import holders

_THOUSANDS = re.compile(r"-?\d{1,3}(?:[.\s\u00a0]\d{3})+(?:,\d+)?")


def plain_number(text: str) -> str:
    """Return a number as Python reads it: "1.200,5" becomes "1200.5"; a comma is the decimal mark."""
    text = text.strip()
    if _THOUSANDS.fullmatch(text):
        text = re.sub(r"[.\s\u00a0]", "", text)
    return text.replace(",", ".")


_AMOUNTS = {
    "invalid": _("Chưa phải số. Ghi như 1.200 hoặc 21,5."),
    "max_digits": _("Số lớn quá. Ghi lại."),
    "max_whole_digits": _("Số lớn quá. Ghi lại."),
    "max_decimal_places": _("Nhiều số lẻ quá. Ghi tối đa hai số sau dấu phẩy."),
}


class AmountField(forms.DecimalField):
    """A number as people write it here: 2.067 is two thousand, 0,5 is a half."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"min_value": 0, "max_digits": 14, "decimal_places": 2, "error_messages": _AMOUNTS, **options}
        )

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as DecimalField does
        return super().to_python(plain_number(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored amount as it would be typed; what was typed wrongly stays as it was."""
        if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
            return f"{Decimal(value).normalize():f}".replace(".", ",")
        return value


class WholeField(AmountField):
    """A whole number, with or without dots between thousands; đồng, people, copies."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 15, "decimal_places": 0, **options})
        self.error_messages["invalid"] = _("Chưa phải số. Ghi bằng chữ số, ví dụ 1.200.")
        self.error_messages["max_decimal_places"] = _("Ghi số nguyên, không có phần lẻ.")

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else int(number)


SEARCHABLE = {"data-searchable": True}


class PostChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """Exactly one post, found by typing a part of its name or of its organisation's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Post.objects.none(), **options)
        self.widget.attrs.update(SEARCHABLE)

    def label_from_instance(self, obj: Model) -> str:
        return post_label(obj) if isinstance(obj, Post) else str(obj)


class ManyChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """Any number of rows to tick; a long list can be narrowed by typing."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(queryset=Post.objects.none(), widget=forms.CheckboxSelectMultiple, **options)

    def clean(self, value: Any) -> Any:
        """Refuse what is no id; SQLite answers numbers that it cannot hold with an error of its own."""
        for pk in value or ():
            if isinstance(pk, str) and whole(pk) is None:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": pk[:20]}
                )
        return super().clean(value)


OFFERED = 500  # activities that a form lists; any other of the campaign is taken too, if it was chosen before


def offer(form: forms.Form, name: str, rows: "QuerySet[Any]") -> None:
    """Set what can be ticked, read once: a queryset would be asked again for its length."""
    field = form.fields[name]
    field.queryset = rows  # type: ignore[attr-defined]
    field.choices = [(row.pk, str(row)) for row in rows]  # type: ignore[attr-defined]


def offer_some(
    form: forms.Form, name: str, rows: "QuerySet[Any]", chosen: "QuerySet[Any] | None" = None
) -> None:
    """Set what can be ticked where a campaign may hold ten thousand: what is chosen, then the first ones."""
    found = {row.pk: str(row) for row in (chosen or ())}
    found |= {row.pk: str(row) for row in rows[:OFFERED]}
    field = form.fields[name]
    field.queryset = rows  # type: ignore[attr-defined]
    label = getattr(field, "empty_label", None)
    empty = [("", label)] if label else []
    field.choices = [*empty, *found.items()]  # type: ignore[attr-defined]


def offer_posts(form: forms.Form, rows: "QuerySet[Post]", *names: str) -> None:
    """Set the posts that some fields offer, each with who holds it today. Two queries."""
    posts = list(rows)
    people = holders(posts, localdate(clock.now()))
    offered = [(post.pk, _with_holder(post, people.get(post.pk))) for post in posts]
    for name in names:
        field = form.fields[name]
        field.queryset = rows  # type: ignore[attr-defined]
        label = field.empty_label  # type: ignore[attr-defined]
        field.choices = [*([("", label)] if label else []), *offered]  # type: ignore[attr-defined]


def _with_holder(post: Post, person: Person | None) -> str:
    return f"{post_label(post)} ({person.full_name if person else _('đang trống')})"


def choose_from(form: forms.Form, name: str, rows: "QuerySet[Any]") -> None:
    """Set what one can be chosen from."""
    form.fields[name].queryset = rows  # type: ignore[attr-defined]
