# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of notices: they parse; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.notices.models import ANSWER_LENGTH, Use
from loa.people.plain_forms import PlainForm

USES = [
    (Use.ALL, _("Mọi thông báo")),
    (Use.URGENT, _("Chỉ thông báo khẩn")),
    (Use.OFF, _("Không gửi")),
]


class WordsForm(PlainForm):
    """An answer or a reason; the action says when it is too long."""

    text = forms.CharField(
        label=_("Lời của bạn"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": ANSWER_LENGTH}),
        error_messages={"required": _("Chưa có lời nào. Viết một câu.")},
    )


class WaysForm(PlainForm):
    """How to be reached."""

    email = forms.EmailField(
        label=_("Địa chỉ thư điện tử"),
        required=False,
        max_length=254,
        help_text=_("Loa gửi một thư xác nhận tới địa chỉ này trước khi dùng."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Địa chỉ thư chưa đúng. Ghi như ten@xa.example.vn.")},
    )
    email_use = forms.ChoiceField(label=_("Gửi thư cho"), choices=USES)
    push_use = forms.ChoiceField(
        label=_("Báo trên trình duyệt cho"),
        choices=USES,
        help_text=_("Từ 21:00 đến 6:00 chỉ có thông báo khẩn; thông báo khác chờ đến sáng."),
    )


class SubscriptionForm(forms.Form):
    """What a browser gives when it is asked to show notices."""

    endpoint = forms.CharField(max_length=1000)
    p256dh = forms.CharField(max_length=120)
    auth = forms.CharField(max_length=40)
