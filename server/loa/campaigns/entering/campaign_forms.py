# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of what stands at a campaign's top: they parse; the actions decide."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from loa.campaigns.actions import (
    AudienceInput,
    BudgetLineInput,
    CampaignInput,
    LegalDocumentInput,
    ObjectiveInput,
)
from loa.campaigns.entering.fields import (
    AmountField,
    ManyChoice,
    PostChoice,
    WholeField,
    choose_from,
    offer,
)
from loa.campaigns.models import Campaign, KeyMessage, MessagePriority, Phase, PlannedChannel
from loa.campaigns.queries import phases_of
from loa.campaigns.words import CHANNEL_NAMES, OBJECTIVE_NAMES, PRIORITY_NAMES
from loa.people.forms import DayField, OrganisationChoice
from loa.people.models import Organisation, Post
from loa.people.plain_forms import PlainForm

WHOLE_CAMPAIGN = _("Cả chiến dịch")
WHEN_SILENT = _("Kế hoạch không ghi thì để trống.")
_TOP = ("title", "number", "issued_on", "event_name", "event_note", "event_on", "purpose", "steering_body")


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CampaignForm(PlainForm):
    """A campaign's top; a new one also chooses its organisation and lists what it rests on."""

    title = forms.CharField(label=_("Tên chiến dịch"), max_length=300, help_text=_("Như trong kế hoạch."))
    event_name = forms.CharField(
        label=_("Sự kiện"),
        max_length=200,
        help_text=_("Đợt này phục vụ sự kiện nào, ví dụ Đại hội Đảng bộ xã."),
    )
    event_on = DayField(label=_("Ngày của sự kiện"), required=False)
    event_note = forms.CharField(label=_("Ghi chú về sự kiện"), max_length=300, required=False)
    organisation = OrganisationChoice(
        label=_("Cơ quan lập kế hoạch"), queryset=Organisation.objects.none(), empty_label=None
    )
    number = forms.CharField(
        label=_("Số kế hoạch"), max_length=60, required=False, help_text=_("Ví dụ 05/KH-UBND.")
    )
    issued_on = DayField(label=_("Ngày ban hành"), required=False)
    purpose = forms.CharField(
        label=_("Mục đích, yêu cầu"), required=False, max_length=10_000, widget=_lines(4)
    )
    legal_basis = forms.CharField(
        label=_("Căn cứ"),
        required=False,
        max_length=3000,
        widget=_lines(3),
        help_text=_("Mỗi văn bản một dòng; số hiệu, tệp và đường dẫn thêm sau."),
    )
    steering_body = forms.CharField(label=_("Ban chỉ đạo, tiểu ban"), max_length=200, required=False)
    steering_head = PostChoice(label=_("Chức danh đứng đầu"), required=False, empty_label=_("Chưa ghi"))

    def __init__(
        self,
        *args: Any,
        posts: QuerySet[Post],
        organisations: QuerySet[Organisation] | None = None,
        campaign: Campaign | None = None,
        **kwargs: Any,
    ) -> None:
        if campaign is not None:
            kwargs["initial"] = {name: getattr(campaign, name) for name in (*_TOP, "steering_head")}
        super().__init__(*args, **kwargs)
        self._campaign = campaign
        choose_from(self, "steering_head", posts)
        if organisations is not None:
            choose_from(self, "organisation", organisations)
        else:
            del self.fields["organisation"], self.fields["legal_basis"]

    def clean_legal_basis(self) -> list[str]:
        return str(self.cleaned_data["legal_basis"]).splitlines()

    def given(self) -> CampaignInput:
        """Return the campaign as it was typed; the action checks it."""
        if self._campaign is None:
            return CampaignInput(**self.cleaned_data)
        own = self._campaign
        return CampaignInput(organisation=own.organisation, area=own.area, **self.cleaned_data)


class ChannelsForm(PlainForm):
    """The channels of a plan, each in the plan's own words; an empty line is not in it."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        kwargs["initial"] = {channel.key: channel.name for channel in campaign.planned_channels}
        super().__init__(*args, **kwargs)
        for key, name in CHANNEL_NAMES.items():
            label = str(name)
            self.add_field(
                key, forms.CharField(label=f"{label[0].upper()}{label[1:]}", max_length=300, required=False)
            )

    def channels(self) -> list[PlannedChannel]:
        """Return the channels that the plan names."""
        return [PlannedChannel(key=key, name=words) for key, words in self.cleaned_data.items() if words]


class PartForm(PlainForm):
    """A form of one part of a campaign; ``given`` is what its action takes."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        if "phase" in self.fields:
            choose_from(self, "phase", phases_of(campaign))

    def given(self) -> Any:
        """Return the part as it was typed, as the keyword arguments of its action."""
        return self.cleaned_data


class PhaseForm(PartForm):
    """A phase; dates may come later, and one may be open."""

    name = forms.CharField(label=_("Tên giai đoạn"), max_length=120)
    start = DayField(label=_("Từ ngày"), required=False, help_text=_("Chưa định ngày thì để trống."))
    end = DayField(label=_("Đến hết ngày"), required=False)
    is_open = forms.BooleanField(
        label=_("Để mở: bắt đầu rồi kéo dài tới khi có ngày kết thúc"), required=False
    )


class KeyMessageForm(PartForm):
    """A key message with how far up it stands and how often it is wanted."""

    text = forms.CharField(
        label=_("Thông điệp"),
        max_length=300,
        widget=_lines(2),
        help_text=_("Một điều mà người dân cần biết."),
    )
    phase = forms.ModelChoiceField(
        label=_("Giai đoạn"), queryset=Phase.objects.none(), required=False, empty_label=WHOLE_CAMPAIGN
    )
    priority = forms.ChoiceField(
        label=_("Mức ưu tiên"),
        choices=[(key.value, name) for key, name in PRIORITY_NAMES.items()],
        initial=MessagePriority.NORMAL,
        required=False,
        help_text=_("Tối đa năm thông điệp hàng đầu."),
    )
    audiences = ManyChoice(label=_("Nói với ai"))
    wanted_per_week = forms.IntegerField(
        label=_("Mỗi thôn nghe mấy lần một tuần"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=WHEN_SILENT,
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, **kwargs)
        offer(self, "audiences", campaign.audiences.all())
        if not campaign.audiences.exists():
            del self.fields["audiences"]
        for key, name in CHANNEL_NAMES.items():
            field = forms.IntegerField(
                label=_("Mỗi tuần qua %(channel)s") % {"channel": name},
                required=False,
                min_value=1,
                max_value=100,
            )
            self.add_field(f"per_week_{key}", field)

    @property
    def per_week(self) -> list[forms.BoundField]:
        """Return the fields of single channels."""
        return [self[name] for name in self.fields if name.startswith("per_week_")]

    def given(self) -> dict[str, Any]:
        """Return the message as its action takes it."""
        values = {name: value for name, value in self.cleaned_data.items() if "per_week_" not in name}
        values["wanted_per_week"] = self.cleaned_data.get("wanted_per_week")
        values["priority"] = values["priority"] or "normal"
        values["frequencies"] = {
            name.removeprefix("per_week_"): count
            for name, count in self.cleaned_data.items()
            if name.startswith("per_week_") and count
        }
        return values

    @staticmethod
    def values_of(message: KeyMessage) -> dict[str, Any]:
        """Return the initial values that show a message."""
        single = {f"per_week_{one.channel}": one.per_week for one in message.frequencies.all()}
        return {"audiences": list(message.audiences.all()), **single}


class LegalDocumentForm(PartForm):
    """A document that the plan follows, with its file or where it can be read."""

    citation = forms.CharField(
        label=_("Trích dẫn"), max_length=500, widget=_lines(2), help_text=_("Như trong phần căn cứ.")
    )
    number = forms.CharField(
        label=_("Số, ký hiệu"), max_length=80, required=False, help_text=_("Ví dụ 30/2020/NĐ-CP.")
    )
    issuer = forms.CharField(label=_("Cơ quan ban hành"), max_length=200, required=False)
    issued_on = DayField(label=_("Ngày ban hành"), required=False)
    in_force_from = DayField(label=_("Hiệu lực từ"), required=False)
    in_force_until = DayField(label=_("Hiệu lực đến"), required=False)
    link = forms.CharField(
        label=_("Đường dẫn"),
        max_length=500,
        required=False,
        widget=forms.URLInput,
        help_text=_("Nơi đọc được văn bản."),
    )
    upload = forms.FileField(
        label=_("Tệp"),
        required=False,
        help_text=_("PDF, Word hoặc ảnh, tối đa 50 MB. Không chọn thì giữ tệp đang có."),
    )

    def given(self) -> LegalDocumentInput:
        """Return the document without its file, which the view stores first."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "upload"}
        return LegalDocumentInput(**values)


class ObjectiveForm(PartForm):
    """An objective with its measure and target."""

    text = forms.CharField(label=_("Mục tiêu"), max_length=300, widget=_lines(2))
    kind = forms.ChoiceField(
        label=_("Loại"), choices=[(key.value, name) for key, name in OBJECTIVE_NAMES.items()]
    )
    measure = forms.CharField(
        label=_("Đo bằng gì"), max_length=200, help_text=_("Ví dụ số thôn được nghe ít nhất 3 lần một tuần.")
    )
    target = AmountField(label=_("Chỉ tiêu"))
    unit = forms.CharField(
        label=_("Đơn vị tính"), max_length=40, widget=forms.TextInput(attrs={"list": "units"})
    )
    due = DayField(label=_("Đạt vào ngày"), required=False)
    is_counted = forms.BooleanField(
        label=_("Tự tính từ kết quả các đầu mối cùng đơn vị tính"),
        required=False,
        help_text=_("Không chọn thì số đo được ghi tay theo ngày."),
    )

    def given(self) -> ObjectiveInput:
        """Return the objective as it was typed."""
        return ObjectiveInput(**self.cleaned_data)


class ReadingForm(PlainForm):
    """What was measured of an objective on a day."""

    on = DayField(label=_("Ngày đo"))
    value = AmountField(label=_("Số đo được"))
    source = forms.CharField(label=_("Nguồn của con số"), max_length=300, required=False)


class AudienceForm(PartForm):
    """Whom the campaign speaks to."""

    name = forms.CharField(label=_("Đối tượng"), max_length=120, help_text=_("Ví dụ hộ dân ven sông."))
    note = forms.CharField(label=_("Ghi chú"), max_length=300, required=False)
    size = WholeField(label=_("Số người"), required=False, max_digits=9)

    def given(self) -> AudienceInput:
        """Return the audience as it was typed."""
        return AudienceInput(**self.cleaned_data)


class BudgetLineForm(PartForm):
    """Money, in đồng."""

    name = forms.CharField(label=_("Khoản chi"), max_length=200)
    planned = WholeField(label=_("Dự toán, đồng"))
    phase = forms.ModelChoiceField(
        label=_("Giai đoạn"), queryset=Phase.objects.none(), required=False, empty_label=WHOLE_CAMPAIGN
    )
    source = forms.CharField(
        label=_("Nguồn"), max_length=200, required=False, help_text=_("Ví dụ ngân sách xã.")
    )
    spent = WholeField(label=_("Đã chi, đồng"), required=False, help_text=_("Chưa chi thì để trống."))

    def given(self) -> BudgetLineInput:
        """Return the line as it was typed."""
        return BudgetLineInput(**self.cleaned_data)
