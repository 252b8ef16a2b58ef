# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of one activity and of what shows that it was done: they parse; the actions decide."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import below
from loa.campaigns import ports
from loa.campaigns.actions import About, ActivityInput
from loa.campaigns.entering.campaign_forms import WHEN_SILENT, WHOLE_CAMPAIGN
from loa.campaigns.entering.fields import (
    AmountField,
    ManyChoice,
    PostChoice,
    WholeField,
    choose_from,
    offer,
    offer_posts,
    offer_some,
)
from loa.campaigns.models import Activity, Campaign, Phase
from loa.campaigns.queries import activities_of, key_messages_of, phases_of, posts_for
from loa.campaigns.words import CHANNEL_NAMES, EVIDENCE_NAMES, MEASURES
from loa.people.forms import DayField
from loa.people.models import Organisation, Post
from loa.people.plain_forms import PlainForm

_SHOWN = (
    "title",
    "accountable_post",
    "phase",
    "start",
    "due",
    "due_note",
    "quantity",
    "unit",
    "place",
    "note",
    "channels",
    "evidence_required",
)
_LINKED = ("key_messages", "areas", "contributors", "needs")
UNIT = forms.TextInput(attrs={"list": "units"})


def areas_for(campaign: Campaign, chosen: "QuerySet[Area] | None" = None) -> QuerySet[Area]:
    """Return what an activity's areas are chosen from: one level below the campaign's, and what is chosen."""
    one_below = Q(depth=campaign.area.depth + 1, path__startswith=campaign.area.path)
    if campaign.area.depth >= tree.COMMUNE_DEPTH:
        return below([campaign.area]).exclude(pk=campaign.area_id)
    kept = Q(pk__in=chosen.values("pk")) if chosen is not None else Q(pk__in=[])
    return Area.objects.filter(one_below | kept).order_by("path")


def contributors_for(campaign: Campaign) -> QuerySet[Organisation]:
    """Return the organisations that may contribute: those whose posts may answer."""
    found: QuerySet[Organisation] = Organisation.objects.filter(
        Q(area__path__startswith=campaign.area.path) | Q(path__startswith=campaign.organisation.path)
    )
    return found.order_by("path")


@dataclass(frozen=True)
class Fold:
    """Fields that stand behind a line until they are wanted; open where something is in them."""

    title: str | Promise
    fields: tuple[forms.BoundField, ...]

    @property
    def is_open(self) -> bool:
        return any(field.errors or field.value() not in (None, "", []) for field in self.fields)


class ActivityForm(PlainForm):
    """An activity with exactly one accountable post: what, who, until when; everything else in folds."""

    first = ("title", "accountable_post", "due")
    folded = (
        (_("Bắt đầu, giai đoạn, hạn bằng lời"), ("start", "phase", "due_note")),
        (_("Số lượng, minh chứng"), ("quantity", "unit", "evidence_required")),
        (_("Kênh, nơi làm, thông điệp"), ("channels", "areas", "place", "key_messages")),
        (_("Phối hợp, việc phải xong trước, ghi chú"), ("contributors", "needs", "note")),
    )

    title = forms.CharField(label=_("Việc cần làm"), max_length=300)
    accountable_post = PostChoice(
        label=_("Người đứng đầu chịu trách nhiệm"),
        empty_label=_("Chọn một chức danh"),
        help_text=_("Đúng một chức danh. Cơ quan của chức danh này làm việc này."),
        error_messages={"required": _("Chọn một chức danh chịu trách nhiệm.")},
    )
    phase = forms.ModelChoiceField(
        label=_("Giai đoạn"), queryset=Phase.objects.none(), required=False, empty_label=WHOLE_CAMPAIGN
    )
    start = DayField(label=_("Bắt đầu"), required=False)
    due = DayField(
        label=_("Hạn"),
        required=False,
        help_text=_("Một ngày; qua ngày này mà chưa nộp là trễ. Kế hoạch không ghi ngày thì để trống."),
    )
    due_note = forms.CharField(
        label=_("Hạn bằng lời, như kế hoạch ghi"),
        max_length=120,
        required=False,
        help_text=_("Chỉ khi không phải một ngày: thường xuyên, Quý I. Không tính trễ theo ô này."),
    )
    quantity = WholeField(
        label=_("Số lượng"), required=False, min_value=1, max_value=10_000_000, help_text=WHEN_SILENT
    )
    unit = forms.CharField(
        label=_("Đơn vị tính"),
        max_length=40,
        required=False,
        widget=UNIT,
        help_text=_("Ví dụ lượt phát, hội nghị, phút."),
    )
    place = forms.CharField(label=_("Địa điểm"), max_length=200, required=False)
    channels = forms.MultipleChoiceField(
        label=_("Kênh"),
        choices=list(CHANNEL_NAMES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    evidence_required = forms.MultipleChoiceField(
        label=_("Minh chứng cần có"),
        choices=[(kind.value, name) for kind, name in EVIDENCE_NAMES.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Thiếu loại nào thì chưa nộp được kết quả."),
    )
    key_messages = ManyChoice(label=_("Thông điệp chính"))
    areas = ManyChoice(
        label=_("Thôn"),
        help_text=_("Để trống là cả địa bàn của chiến dịch."),
    )
    contributors = ManyChoice(label=_("Cơ quan phối hợp"))
    needs = ManyChoice(label=_("Việc phải xong trước"))
    note = forms.CharField(
        label=_("Ghi chú"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, campaign: Campaign, activity: Activity | None = None, **kwargs: Any
    ) -> None:
        if activity is not None:
            kwargs["initial"] = self.values_of(activity)
        super().__init__(*args, **kwargs)
        chosen = activity.areas.all() if activity else None
        offer_posts(self, posts_for(campaign), "accountable_post")
        choose_from(self, "phase", phases_of(campaign))
        offer(self, "key_messages", key_messages_of(campaign))
        offer(self, "areas", areas_for(campaign, chosen))
        offer(self, "contributors", contributors_for(campaign))
        others = activities_of(campaign)
        if activity is None:
            offer_some(self, "needs", others)
        else:
            offer_some(self, "needs", others.exclude(pk=activity.pk), activity.needs.all())
        if campaign.area.depth < tree.COMMUNE_DEPTH:
            self.fields["areas"].label = _("Địa bàn")

    @property
    def folds(self) -> list[Fold]:
        """Return what stands below the first three fields; a group without a choice is left out."""
        return [
            Fold(title, tuple(self[name] for name in names if getattr(self.fields[name], "choices", True)))
            for title, names in self.folded
        ]

    def clean_accountable_post(self) -> Post:
        """Refuse two posts, of which a browser's form would silently keep the last."""
        given = self.data.getlist("accountable_post") if hasattr(self.data, "getlist") else []
        if len(set(given)) > 1:
            raise forms.ValidationError(_("Chỉ một chức danh chịu trách nhiệm. Chọn lại một."))
        post: Post = self.cleaned_data["accountable_post"]
        return post

    def given(self) -> ActivityInput:
        """Return the activity as it was typed; the action checks it."""
        return ActivityInput(**{name: self.cleaned_data[name] for name in (*_SHOWN, *_LINKED)})

    @staticmethod
    def values_of(activity: Activity) -> dict[str, Any]:
        """Return the initial values that show an activity."""
        linked = {name: list(getattr(activity, name).all()) for name in _LINKED}
        return {name: getattr(activity, name) for name in (*_SHOWN, "version")} | linked


class AboutForm(PlainForm):
    """What the sender says of any evidence."""

    on = DayField(label=_("Ngày làm"), required=False)
    area = forms.ModelChoiceField(
        label=_("Ở đâu"), queryset=Area.objects.none(), required=False, empty_label=_("Chưa ghi")
    )
    note = forms.CharField(label=_("Ghi chú"), max_length=500, required=False)
    amount = AmountField(label=_("Tính cho số lượng"), required=False, max_digits=12)

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "area", areas_for(activity.campaign, activity.areas.all()))
        if "amount" in self.fields and activity.unit:
            self.fields["amount"].help_text = _("Được bao nhiêu %(unit)s.") % {"unit": activity.unit}

    def about(self) -> About:
        """Return what was said of it."""
        names = ("note", "area", "on", "amount")
        return About(**{name: self.cleaned_data[name] for name in names if name in self.cleaned_data})


class _Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(one, initial) for one in sent]


class FilesForm(AboutForm):
    """Photos and documents sent by the form itself, where no script sends them one by one."""

    sent = FilesField(
        label=_("Ảnh hoặc tệp"),
        help_text=_("Ảnh JPEG, PNG, WebP tối đa 25 MB; PDF, Word, Excel tối đa 50 MB."),
        error_messages={"required": _("Chưa chọn tệp nào. Chọn hoặc chụp ảnh.")},
    )
    field_order = ("sent", "on", "area", "note", "amount")


class LinkForm(AboutForm):
    """A published page."""

    url = forms.CharField(
        label=_("Đường dẫn"),
        max_length=500,
        widget=forms.URLInput,
        help_text=_("Chép nguyên từ thanh địa chỉ. Một trang tính là một, cùng một trang chỉ tính một lần."),
    )
    field_order = ("url", "on", "area", "note", "amount")


class FiguresForm(AboutForm):
    """Figures for the reports."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, (name, unit) in MEASURES.items():
            self.add_field(key, AmountField(label=f"{name} ({unit})", required=False))

    @property
    def measures(self) -> list[forms.BoundField]:
        """Return the fields of the figures."""
        return [self[key] for key in MEASURES]

    def figures(self) -> dict[str, Decimal]:
        """Return the figures that were typed."""
        return {key: self.cleaned_data[key] for key in MEASURES if self.cleaned_data.get(key) is not None}


class DeliveryForm(AboutForm):
    """Something that the system itself recorded; it counts by itself."""

    recorded = forms.ChoiceField(label=_("Hệ thống đã ghi"), widget=forms.RadioSelect)
    field_order = ("recorded", "note")

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, activity=activity, **kwargs)
        del self.fields["amount"], self.fields["on"], self.fields["area"]
        self.fields["recorded"].choices = [  # type: ignore[attr-defined]
            (f"{source.key}:{fact.reference}", f"{fact.title} · {fact.amount.normalize():f} {fact.unit}")
            for source in ports.sources()
            for fact in source.suggestions(activity)
        ]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was recorded that may belong here."""
        return not self.fields["recorded"].choices  # type: ignore[attr-defined]
