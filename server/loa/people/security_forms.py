# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms about signing in, being away and standing in: they parse; the actions decide."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from loa.people.forms import DayField
from loa.people.models import Leave, Passkey, PasskeyEnd, Person
from loa.people.plain_forms import PlainForm

END_NAMES = {
    PasskeyEnd.RETIRED: _("Không dùng nữa"),
    PasskeyEnd.LOST: _("Bị mất"),
    PasskeyEnd.SHARED: _("Người khác đã dùng được"),
}
ALL_END_NAMES = {**END_NAMES, PasskeyEnd.REPLACED: _("Hai quản trị cho bắt đầu lại")}


class CodeForm(PlainForm):
    """A code from the phone, or one on paper."""

    code = forms.CharField(
        label=_("Mã"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
        help_text=_("Sáu số đang hiện trên điện thoại, hoặc một mã dự phòng trên giấy."),
        error_messages={"required": _("Gõ mã.")},
    )


class PhoneCodeForm(PlainForm):
    """The first code of a phone that is being set up."""

    code = forms.CharField(
        label=_("Sáu số đang hiện trên điện thoại"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Gõ sáu số.")},
    )


class VerifyForm(PlainForm):
    """Password, and code of whoever has a second factor."""

    password = forms.CharField(
        label=_("Mật khẩu"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Gõ mật khẩu.")},
    )
    code = CodeForm.base_fields["code"]

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]


class EndPasskeyForm(PlainForm):
    """Which passkey ends, and why."""

    passkey = forms.ModelChoiceField(queryset=Passkey.objects.none())
    reason = forms.ChoiceField(label=_("Vì sao"), choices=list(END_NAMES.items()))

    def __init__(self, *args: Any, passkeys: QuerySet[Passkey], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passkey"].queryset = passkeys  # type: ignore[attr-defined]


class LeaveForm(PlainForm):
    """From which day to which."""

    first_day = DayField(label=_("Từ ngày"))
    last_day = DayField(label=_("Đến hết ngày"))


class EndLeaveForm(PlainForm):
    """Which leave ends."""

    leave = forms.ModelChoiceField(queryset=Leave.objects.none())

    def __init__(self, *args: Any, leaves: QuerySet[Leave], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leave"].queryset = leaves  # type: ignore[attr-defined]


class DeputyForm(PlainForm):
    """Who stands in, on which days."""

    deputy = forms.ModelChoiceField(
        label=_("Người thay"), queryset=Person.objects.none(), empty_label=_("Chọn một người")
    )
    first_day = DayField(label=_("Từ ngày"))
    last_day = DayField(label=_("Đến hết ngày"))

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = people  # type: ignore[attr-defined]
