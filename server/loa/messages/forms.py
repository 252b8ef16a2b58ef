# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form in which a message is written; the checks of the words themselves are in ``rules``."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.campaigns.models import Campaign, KeyMessage
from loa.messages.models import Revision
from loa.messages.queries import key_messages_for, organisations_to_write_for
from loa.messages.rules import SourceInput, problems
from loa.people.models import Organisation, Person

_LINK = re.compile(r"https?://\S+\Z", re.IGNORECASE)


class WordsField(forms.CharField):
    """Typed words as they come; a sign that no database holds is left out rather than refused."""

    def to_python(self, value: Any) -> str:
        """Return the text without NUL."""
        return str(super().to_python(value)).replace("\0", "")


class MessageForm(forms.Form):
    """Title, words, sources and key messages; sources one a line, so that it works without scripts."""

    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("Cơ quan nói"),
        error_messages={"required": _("Chọn cơ quan đứng tên tin.")},
    )
    title = WordsField(
        required=False,
        strip=False,
        label=_("Tên tin"),
        help_text=_("Để đồng nghiệp nhận ra; loa không đọc tên này."),
    )
    text = WordsField(
        required=False,
        strip=False,
        label=_("Lời tin"),
        help_text=_("Viết như nói với bà con. Loa đọc đúng những chữ này."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    sources = WordsField(
        required=False,
        strip=False,
        label=_("Nguồn"),
        help_text=_(
            "Mỗi dòng một nguồn: tên văn bản hoặc nơi đưa tin, rồi địa chỉ trang nếu có. "
            "Ví dụ: Kế hoạch 12/KH-UBND của UBND xã. "
            "Lưu được khi chưa có nguồn; gửi duyệt thì cần ít nhất một."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    key_messages = forms.ModelMultipleChoiceField(
        queryset=KeyMessage.objects.none(),
        required=False,
        label=_("Thông điệp chính"),
        help_text=_("Tin này nói về điều nào trong chiến dịch? Độ phủ được tính theo các ô đã chọn."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, organisations: Any, near: Organisation | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("organisation", organisations)
        if near is not None:
            self._choose("key_messages", key_messages_for(near))

    def _choose(self, name: str, queryset: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queryset

    def clean_key_messages(self) -> list[KeyMessage]:
        """Return the chosen key messages; those of one message belong to one campaign."""
        chosen = list(self.cleaned_data["key_messages"])
        if len({one.campaign_id for one in chosen}) > 1:
            raise forms.ValidationError(
                _("Chọn thông điệp của một chiến dịch thôi; chiến dịch khác viết tin khác.")
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        """Show everything that the words lack at once, each beside its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for problem in problems(cleaned["title"], cleaned["text"], parse_sources(cleaned["sources"])):
            self.add_error(problem.field, problem.message)
        return cleaned

    @property
    def key_messages_open(self) -> bool:
        """Say whether the fold of key messages begins open: something in it is chosen or wrong."""
        return bool(self["key_messages"].value() or self["key_messages"].errors)

    @property
    def campaign(self) -> Campaign | None:
        """Return the campaign of the chosen key messages."""
        chosen = self.cleaned_data["key_messages"]
        return chosen[0].campaign if chosen else None

    @property
    def source_inputs(self) -> list[SourceInput]:
        """Return the sources as typed."""
        return parse_sources(self.cleaned_data["sources"])


def parse_sources(typed: str) -> list[SourceInput]:
    """Read one source a line; an address at the end of a line is its link."""
    found = []
    for line in typed.splitlines():
        if not line.strip():
            continue
        line = line.strip()
        # Only the last word can hold the link: looking from every word on would take hours on a hostile line.
        words, last = line[: -len(line.split()[-1])], line.split()[-1]
        match = _LINK.search(last)
        title = (words + last[: match.start()]).strip() if match else line
        found.append(SourceInput(title, match[0] if match else ""))
    return found


def form_for(
    person: Person,
    data: Any = None,
    *,
    revision: Revision | None = None,
    initial: dict[str, Any] | None = None,
) -> MessageForm:
    """Return the form for a new message of this person, or filled with an open revision."""
    organisations = organisations_to_write_for(person)
    if revision is None:
        near = organisations.first()
        return MessageForm(
            data, organisations=organisations, near=near, initial={"organisation": near, **(initial or {})}
        )
    message = revision.message
    values = {
        "organisation": message.organisation,
        "title": revision.title,
        "text": revision.text,
        "sources": "\n".join(f"{one.title} {one.link}".strip() for one in revision.sources.all()),
        "seen": revision.text_sha256,
        "key_messages": [one.pk for one in message.key_messages.all()],
    }
    form = MessageForm(data, organisations=organisations, near=message.organisation, initial=values)
    form.fields["organisation"].disabled = True
    return form
