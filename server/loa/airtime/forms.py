# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people type into the calendar."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.airtime.week import local_moment

# A text field: the browser's own time field says 05:02 PM where the computer speaks English.
TIME_FIELD: dict[str, Any] = {
    "help_text": _("Giờ 24 tiếng, đúng đến giây, ví dụ 17:02 hoặc 17:02:30."),
    "input_formats": ["%H:%M:%S", "%H:%M", "%H%M", "%H%M%S"],
    "widget": forms.TimeInput(
        attrs={"inputmode": "numeric", "autocomplete": "off", "size": 8}, format="%H:%M:%S"
    ),
    "error_messages": {"required": _("Chọn giờ."), "invalid": _("Giờ viết như 17:02 hoặc 17:02:30.")},
}


class MomentForm(forms.Form):
    """A local day and time, to the second."""

    date = forms.DateField(
        label=_("Ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Chọn ngày."), "invalid": _("Ngày viết như 24/11/2026.")},
    )
    time = forms.TimeField(
        label=_("Giờ"),
        **TIME_FIELD,
    )

    def moment(self) -> datetime:
        """Return the moment that was typed, in UTC."""
        return local_moment(self.cleaned_data["date"], self.cleaned_data["time"])
