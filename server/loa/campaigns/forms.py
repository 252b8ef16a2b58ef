# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of the plan: they parse; the actions decide."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from loa.areas.models import Area
from loa.areas.queries import below
from loa.campaigns.actions import ActivityInput
from loa.campaigns.models import Activity, Campaign, KeyMessage, Phase
from loa.campaigns.queries import key_messages_of, phases_of, posts_for
from loa.campaigns.rules import CHANNEL_NAMES
from loa.people.forms import DayField, OrganisationChoice, post_label
from loa.people.models import Organisation, Post
from loa.people.plain_forms import PlainForm

WHOLE_CAMPAIGN = _("Cả chiến dịch")


class CampaignForm(PlainForm):
    """A new campaign."""

    title = forms.CharField(label=_("Tên chiến dịch"), max_length=300, help_text=_("Như trong kế hoạch."))
    event_name = forms.CharField(
        label=_("Sự kiện"),
        max_length=200,
        help_text=_("Đợt này phục vụ sự kiện nào, ví dụ Đại hội Đảng bộ xã."),
    )
    organisation = OrganisationChoice(
        label=_("Cơ quan lập kế hoạch"), queryset=Organisation.objects.none(), empty_label=None
    )
    legal_basis = forms.CharField(
        label=_("Căn cứ"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Mỗi văn bản một dòng."),
    )
    steering_body = forms.CharField(label=_("Ban chỉ đạo, tiểu ban"), max_length=200, required=False)
    steering_head = forms.ModelChoiceField(
        label=_("Chức danh đứng đầu"), queryset=Post.objects.none(), required=False, empty_label=_("Chưa ghi")
    )

    def __init__(
        self, *args: Any, organisations: QuerySet[Organisation], posts: QuerySet[Post], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["steering_head"].queryset = posts  # type: ignore[attr-defined]
        self.fields["steering_head"].label_from_instance = post_label  # type: ignore[attr-defined]

    def clean_legal_basis(self) -> list[str]:
        return str(self.cleaned_data["legal_basis"]).splitlines()


class PhaseForm(PlainForm):
    """A phase; dates may come later."""

    name = forms.CharField(label=_("Tên giai đoạn"), max_length=120)
    start = DayField(label=_("Từ ngày"), required=False, help_text=_("Chưa định ngày thì để trống."))
    end = DayField(label=_("Đến hết ngày"), required=False)


class KeyMessageForm(PlainForm):
    """A key message."""

    text = forms.CharField(
        label=_("Thông điệp"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Một điều mà người dân cần biết."),
    )
    phase = forms.ModelChoiceField(
        label=_("Giai đoạn"), queryset=Phase.objects.none(), required=False, empty_label=WHOLE_CAMPAIGN
    )
    wanted_per_week = forms.IntegerField(
        label=_("Mỗi thôn nghe mấy lần một tuần"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=_("Kế hoạch không ghi thì để trống."),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phase"].queryset = phases_of(campaign)  # type: ignore[attr-defined]


class ActivityForm(PlainForm):
    """An activity with exactly one accountable post."""

    title = forms.CharField(label=_("Việc cần làm"), max_length=300)
    accountable_post = forms.ModelChoiceField(
        label=_("Người đứng đầu chịu trách nhiệm"),
        queryset=Post.objects.none(),
        empty_label=_("Chọn một chức danh"),
        help_text=_("Đúng một chức danh. Cơ quan của chức danh này làm việc này."),
        error_messages={"required": _("Chọn một chức danh chịu trách nhiệm.")},
    )
    phase = forms.ModelChoiceField(
        label=_("Giai đoạn"), queryset=Phase.objects.none(), required=False, empty_label=WHOLE_CAMPAIGN
    )
    start = DayField(label=_("Bắt đầu"), required=False)
    due = DayField(label=_("Hạn"), required=False, help_text=_("Kế hoạch không ghi thì để trống."))
    quantity = forms.IntegerField(label=_("Số lượng"), required=False, min_value=1, max_value=10_000_000)
    unit = forms.CharField(
        label=_("Đơn vị tính"), max_length=40, required=False, help_text=_("Ví dụ lượt phát, hội nghị, phút.")
    )
    channels = forms.MultipleChoiceField(
        label=_("Kênh"),
        choices=list(CHANNEL_NAMES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    key_messages = forms.ModelMultipleChoiceField(
        label=_("Thông điệp chính"),
        queryset=KeyMessage.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    areas = forms.ModelMultipleChoiceField(
        label=_("Địa bàn"),
        queryset=Area.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Không chọn là cả địa bàn của chiến dịch."),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accountable_post"].queryset = posts_for(campaign)  # type: ignore[attr-defined]
        self.fields["accountable_post"].label_from_instance = post_label  # type: ignore[attr-defined]
        self.fields["phase"].queryset = phases_of(campaign)  # type: ignore[attr-defined]
        self._offer("key_messages", key_messages_of(campaign))
        self._offer("areas", below([campaign.area]).exclude(pk=campaign.area_id))

    def _offer(self, name: str, rows: "QuerySet[Any]") -> None:
        """Set what can be ticked, read once: a queryset would be asked again for its length."""
        field = self.fields[name]
        field.queryset = rows  # type: ignore[attr-defined]
        field.choices = [(row.pk, str(row)) for row in rows]  # type: ignore[attr-defined]

    def clean_accountable_post(self) -> Post:
        """Refuse two posts, of which a browser's form would silently keep the last."""
        given = self.data.getlist("accountable_post") if hasattr(self.data, "getlist") else []
        if len(set(given)) > 1:
            raise forms.ValidationError(_("Chỉ một chức danh chịu trách nhiệm. Chọn lại một."))
        post: Post = self.cleaned_data["accountable_post"]
        return post

    def given(self) -> ActivityInput:
        """Return the activity as it was typed; the action checks it."""
        return ActivityInput(**self.cleaned_data)

    @staticmethod
    def values_of(activity: Activity) -> dict[str, Any]:
        """Return the initial values that show an activity."""
        names = ("title", "accountable_post", "phase", "start", "due", "quantity", "unit", "channels")
        linked = {name: list(getattr(activity, name).all()) for name in ("key_messages", "areas")}
        return {name: getattr(activity, name) for name in names} | linked
