# SPDX-License-Identifier: AGPL-3.0-or-later
from typing import Any

import pytest
from django import forms

from loa.people.plain_forms import PlainForm


class Example(PlainForm):
    name = forms.CharField()
    own = forms.CharField(error_messages={"required": "Gõ tên đăng nhập."})
    kind = forms.ChoiceField(choices=[("a", "A")])
    day = forms.DateField()
    count = forms.IntegerField(min_value=1, max_value=9)
    degrees = forms.FloatField()


def errors(**typed: Any) -> dict[str, str]:
    return {name: " ".join(sentences) for name, sentences in Example(typed).errors.items()}


def test_what_is_missing_is_said_in_our_words_and_a_fields_own_words_stay() -> None:
    found = errors()
    assert found["name"] == found["day"] == found["count"] == "Chưa điền. Điền ô này."
    assert found["own"] == "Gõ tên đăng nhập."
    assert found["kind"] == "Chưa chọn. Chọn một mục."


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("kind", "b", "Không có mục này. Chọn lại."),
        ("day", "hôm qua", "Ngày chưa đúng. Ghi như 24/11/2026."),
        ("count", "nhiều", "Chưa phải số nguyên. Ghi bằng chữ số, ví dụ 187."),
        ("count", "0", "Nhỏ quá. Ghi từ 1 trở lên."),
        ("count", "10", "Lớn quá. Ghi tối đa 9."),
        ("degrees", "bắc", "Chưa phải số. Ghi như 21,345."),
    ],
)
def test_what_cannot_be_read_is_said_with_an_example(field: str, typed: str, sentence: str) -> None:
    assert errors(**{field: typed})[field] == sentence
