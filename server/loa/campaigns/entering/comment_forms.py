# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody says about a plan, and whom he calls."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.campaigns.entering.fields import ManyChoice
from loa.campaigns.models import Campaign
from loa.campaigns.queries import people_in_scope
from loa.people.models import Person
from loa.people.plain_forms import PlainForm


class CommentForm(PlainForm):
    """A remark; whoever is mentioned is told."""

    text = forms.CharField(
        label=_("Viết trao đổi"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Gõ @tên-đăng-nhập hoặc chọn người bên dưới để nhắc; người được nhắc nhận thông báo."),
        error_messages={"required": _("Chưa có lời nào. Ghi điều muốn trao đổi.")},
    )
    mentions = ManyChoice(label=_("Nhắc ai"))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_in_scope(campaign)
        field = self.fields["mentions"]
        field.queryset = Person.objects.filter(pk__in=[one.pk for one in people])  # type: ignore[attr-defined]
        field.choices = [(one.pk, one.full_name) for one in people]  # type: ignore[attr-defined]
