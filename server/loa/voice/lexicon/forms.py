# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms of the lexicon: they parse, the actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.people.plain_forms import PlainForm
from loa.voice.lexicon.rules import (
    NOTE_LIMIT,
    SPOKEN_LIMIT,
    WRITTEN_LIMIT,
    WordInput,
    neighbours,
    neighbours_line,
)
from loa.voice.trial import SENTENCE_LIMIT

LINE_LIMIT = 900  # characters of all neighbours of one side


class WordForm(PlainForm):
    """One word: its form, its reading, and beside which words it holds."""

    written = forms.CharField(
        label=_("Chữ viết"),
        required=False,
        max_length=WRITTEN_LIMIT * 4,
        help_text=_("Đúng như trong tin, ví dụ QL18A hoặc Ba Chẽ."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    spoken = forms.CharField(
        label=_("Đọc là"),
        required=False,
        max_length=SPOKEN_LIMIT * 4,
        help_text=_("Viết bằng chữ như nói với bà con. Để trống thì loa bỏ qua chữ này."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    exact_case = forms.BooleanField(
        label=_("Chỉ khi đúng chữ hoa, chữ thường"),
        required=False,
        help_text=_("Bỏ dấu thì ql18a cũng được đọc như vậy."),
    )
    left = forms.CharField(
        label=_("Chỉ khi đứng sau"),
        required=False,
        max_length=LINE_LIMIT,
        help_text=_(
            "Một trong các chữ này, cách nhau bằng dấu “;”. <tên>: tên riêng, <số>: chữ số, <giờ>: giờ."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    right = forms.CharField(
        label=_("Chỉ khi đứng trước"),
        required=False,
        max_length=LINE_LIMIT,
        help_text=_("Ví dụ CN trước “ngân hàng” là chi nhánh. Còn có <tên>, <số>, <họ>, <la mã>."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Ghi chú"),
        required=False,
        max_length=NOTE_LIMIT * 4,
        help_text=_("Ai xác nhận cách đọc này, theo đâu."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sentence = forms.CharField(
        label=_("Câu nghe thử"),
        required=False,
        max_length=SENTENCE_LIMIT,
        help_text=_("Một câu ngắn có chữ này. Câu này không được lưu."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def given(self) -> WordInput:
        """Return the word as it was typed; the action checks it."""
        cleaned = self.cleaned_data
        return WordInput(
            written=cleaned["written"],
            spoken=cleaned["spoken"],
            exact_case=cleaned["exact_case"],
            left=neighbours(cleaned["left"]),
            right=neighbours(cleaned["right"]),
            note=cleaned["note"],
        )


def filled(word: WordInput, sentence: str = "") -> dict[str, Any]:
    """Return what a form shows of a word."""
    return {
        "written": word.written,
        "spoken": word.spoken,
        "exact_case": word.exact_case,
        "left": neighbours_line(word.left),
        "right": neighbours_line(word.right),
        "note": word.note,
        "sentence": sentence or word.written,
    }


class TableForm(forms.Form):
    """One table; what is in it is checked row by row."""

    file = forms.FileField(
        label=_("Tệp bảng"),
        allow_empty_file=True,
        help_text=_("Tệp .csv hoặc .xlsx, nhiều nhất 1 MB và 2.000 dòng. Cột: chữ viết, đọc là."),
        error_messages={"required": _("Chưa chọn tệp. Chọn tệp .csv hoặc .xlsx.")},
    )


class VoiceForm(PlainForm):
    """The voice of an area's messages."""

    voice = forms.ChoiceField(label=_("Giọng đọc"), widget=forms.RadioSelect)
    sentence = forms.CharField(
        label=_("Câu nghe thử"),
        required=False,
        max_length=SENTENCE_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, voices: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["voice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(voices.items())
