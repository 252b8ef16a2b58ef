# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of inspections: what is planned, what was seen, what was found and put right."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.campaigns.actions import InspectionInput
from loa.campaigns.entering.activity_forms import FilesField, areas_for
from loa.campaigns.entering.fields import ManyChoice, PostChoice, choose_from, offer, offer_some
from loa.campaigns.models import Activity, Campaign, Inspection
from loa.campaigns.queries import activities_of, people_in_scope, posts_for
from loa.people.forms import DayField
from loa.people.models import Person
from loa.people.plain_forms import PlainForm


def _photos() -> FilesField:
    return FilesField(
        label=_("Ảnh"), required=False, help_text=_("JPEG, PNG hoặc WebP, tối đa 25 MB mỗi ảnh.")
    )


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class InspectionForm(PlainForm):
    """A visit as it is planned."""

    title = forms.CharField(label=_("Kiểm tra gì"), max_length=300, help_text=_("Ví dụ Kiểm tra treo cờ."))
    planned_on = DayField(label=_("Ngày đi"))
    inspectors = ManyChoice(
        label=_("Ai đi"),
        required=True,
        error_messages={"required": _("Chưa ghi ai đi kiểm tra. Chọn ít nhất một người.")},
    )
    place = forms.CharField(label=_("Nơi đến"), max_length=200, required=False)
    areas = ManyChoice(label=_("Địa bàn"))
    activities = ManyChoice(label=_("Xem những việc nào"))

    def __init__(
        self, *args: Any, campaign: Campaign, inspection: Inspection | None = None, **kwargs: Any
    ) -> None:
        if inspection is not None:
            names = ("title", "planned_on", "place")
            linked = {
                name: list(getattr(inspection, name).all()) for name in ("inspectors", "areas", "activities")
            }
            kwargs["initial"] = {name: getattr(inspection, name) for name in names} | linked
        super().__init__(*args, **kwargs)
        people = {one.pk: one.full_name for one in people_in_scope(campaign)}
        if inspection is not None:
            people |= {one.pk: one.full_name for one in inspection.inspectors.all()}
        field = self.fields["inspectors"]
        field.queryset = Person.objects.filter(pk__in=people)  # type: ignore[attr-defined]
        field.choices = list(people.items())  # type: ignore[attr-defined]
        offer(self, "areas", areas_for(campaign, inspection.areas.all() if inspection else None))
        seen = inspection.activities.all() if inspection else None
        offer_some(self, "activities", activities_of(campaign), seen)

    def given(self) -> InspectionInput:
        """Return the visit as it was typed."""
        return InspectionInput(**self.cleaned_data)


class VisitForm(PlainForm):
    """When a visit was made and what it came to."""

    made_on = DayField(label=_("Đã đi ngày"))
    conclusion = forms.CharField(
        label=_("Kết quả"),
        required=False,
        max_length=10_000,
        widget=_lines(3),
        help_text=_("Đã thấy gì, tốt hay chưa."),
    )
    photos = _photos()


class FindingForm(PlainForm):
    """What a visit found, who puts it right, and by when."""

    text = forms.CharField(
        label=_("Phát hiện"),
        max_length=1000,
        widget=_lines(2),
        error_messages={"required": _("Thiếu nội dung. Ghi điều đã thấy.")},
    )
    owner_post = PostChoice(label=_("Chức danh phải khắc phục"), empty_label=_("Chọn một chức danh"))
    due = DayField(label=_("Khắc phục xong trước ngày"))
    activity = forms.ModelChoiceField(
        label=_("Thuộc việc nào"),
        queryset=Activity.objects.none(),
        required=False,
        empty_label=_("Không riêng việc nào"),
    )
    photos = _photos()

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "owner_post", posts_for(campaign))
        offer_some(self, "activity", activities_of(campaign))


class ResolutionForm(PlainForm):
    """How a finding was put right."""

    resolution = forms.CharField(
        label=_("Đã khắc phục thế nào"),
        max_length=1000,
        widget=_lines(2),
        error_messages={"required": _("Ghi đã khắc phục thế nào để người kiểm tra biết.")},
    )
    photos = _photos()
