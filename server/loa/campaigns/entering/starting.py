# SPDX-License-Identifier: AGPL-3.0-or-later
"""Other ways to begin a campaign: from the library, as a copy with its dates moved, from the plan above."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from loa.campaigns import actions, queries
from loa.campaigns.entering.campaign_views import EDIT, either, posts_around
from loa.campaigns.entering.fields import PostChoice, choose_from
from loa.campaigns.entering.frame import context_of
from loa.campaigns.library import Template, library, template
from loa.campaigns.models import Campaign
from loa.config.errors import LoaError
from loa.people.forms import DayField, OrganisationChoice
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.models import Organisation, Post
from loa.people.plain_forms import PlainForm
from loa.people.queries import organisations_for, require

HEAD = "head_"


def _organisation() -> OrganisationChoice:
    return OrganisationChoice(
        label=gettext_lazy("Cơ quan lập kế hoạch"), queryset=Organisation.objects.none(), empty_label=None
    )


class TemplateForm(PlainForm):
    """How a template is used: when the event is, and which post answers for each role."""

    title = forms.CharField(label=gettext_lazy("Tên chiến dịch"), max_length=300)
    organisation = _organisation()
    event_name = forms.CharField(label=gettext_lazy("Sự kiện"), max_length=200)
    event_on = DayField(
        label=gettext_lazy("Ngày của sự kiện"),
        help_text=gettext_lazy("Mọi ngày của mẫu được tính từ ngày này."),
    )
    steering_body = forms.CharField(
        label=gettext_lazy("Ban chỉ đạo, tiểu ban"), max_length=200, required=False
    )
    steering_head = PostChoice(
        label=gettext_lazy("Chức danh đứng đầu"), required=False, empty_label=gettext_lazy("Chưa ghi")
    )

    def __init__(
        self,
        *args: Any,
        template: Template,
        organisations: QuerySet[Organisation],
        posts: QuerySet[Post],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "organisation", organisations)
        choose_from(self, "steering_head", posts)
        for head in template.heads:
            field = PostChoice(
                label=_("Việc của %(head)s") % {"head": head.name}, empty_label=_("Chọn một chức danh")
            )
            field.queryset = posts
            self.add_field(f"{HEAD}{head.key}", field)

    def given(self) -> actions.TemplateInput:
        """Return how the template is used."""
        values = {name: value for name, value in self.cleaned_data.items() if not name.startswith(HEAD)}
        posts = {
            name.removeprefix(HEAD): post for name, post in self.cleaned_data.items() if name.startswith(HEAD)
        }
        return actions.TemplateInput(posts=posts, **values)


class CopyForm(PlainForm):
    """A copy: for whom, under which name, and on which day what lay on the old one's day."""

    title = forms.CharField(label=gettext_lazy("Tên chiến dịch mới"), max_length=300)
    organisation = _organisation()
    event_name = forms.CharField(label=gettext_lazy("Sự kiện"), max_length=200)
    moved_to = DayField(label="")
    default_post = PostChoice(
        label=gettext_lazy("Chức danh thay khi chức danh cũ ở địa bàn khác"),
        required=False,
        empty_label=gettext_lazy("Không thay"),
    )

    def __init__(
        self,
        *args: Any,
        anchor: date | None,
        organisations: QuerySet[Organisation],
        posts: QuerySet[Post],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._anchor = anchor
        choose_from(self, "organisation", organisations)
        choose_from(self, "default_post", posts)
        if anchor is None:
            del self.fields["moved_to"]
        else:
            day = f"{anchor.day:02d}/{anchor.month:02d}/{anchor.year}"
            self.fields["moved_to"].label = _("Ngày %(day)s của đợt cũ chuyển thành") % {"day": day}
            self.fields["moved_to"].help_text = _(
                "Mọi ngày khác dời theo, tránh ngày nghỉ và Tết; hạn lùi về ngày làm việc trước đó."
            )

    def given(self) -> actions.CopyInput:
        """Return how the campaign is copied."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "moved_to"}
        to = self.cleaned_data.get("moved_to")
        days = (to - self._anchor).days if to and self._anchor else 0
        return actions.CopyInput(days=days, **values)


class TakeOverForm(PlainForm):
    """For whom the plan above is taken over."""

    organisation = _organisation()
    title = forms.CharField(
        label=gettext_lazy("Tên chiến dịch của cơ quan"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Để trống thì lấy tên cấp trên, thêm tên địa bàn."),
    )


def anchor_of(campaign: Campaign) -> date | None:
    """Return the day from which a copy's dates are counted: the event's, or the first that the plan names."""
    if campaign.event_on is not None:
        return campaign.event_on
    starts = [phase.start for phase in campaign.phases.all() if phase.start is not None]
    if starts:
        return min(starts)
    first: date | None = (
        campaign.activities.exclude(due=None).order_by("due").values_list("due", flat=True).first()
    )
    return first


@require_GET
def show_library(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the templates, each with what it brings."""
    require(request.user, EDIT)
    return render(request, "campaigns/entering/library.html", {"templates": library()})


@either
def use_template(request: AuthenticatedHttpRequest, name: str) -> HttpResponse:
    """Begin a campaign from a template."""
    require(request.user, EDIT)
    chosen = template(name)
    organisations = organisations_for(request.user, EDIT)
    form = TemplateForm(
        posted(request),
        template=chosen,
        organisations=organisations,
        posts=posts_around(request.user),
        initial={"title": chosen.name, "event_name": chosen.event_name},
    )
    if form.is_valid():
        try:
            campaign = actions.use_template(actor=request.user, template=chosen, given=form.given())
        except LoaError as error:
            show_error(form, error)
        else:
            count = campaign.activities.count()
            messages.success(request, _("Đã lập từ mẫu, %(count)s đầu mối.") % {"count": count})
            return redirect("campaigns:phases", campaign.key)
    return render(request, "campaigns/entering/use_template.html", {"form": form, "template": chosen})


@either
def copy_campaign(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Copy what was planned, with every date moved."""
    source = queries.campaign(request.user, key)
    require(request.user, EDIT)
    organisations = organisations_for(request.user, EDIT)
    form = CopyForm(
        posted(request),
        anchor=anchor_of(source),
        organisations=organisations,
        posts=posts_around(request.user),
        initial={
            "title": source.title,
            "event_name": source.event_name,
            "organisation": source.organisation_id,
        },
    )
    if form.is_valid():
        try:
            made = actions.copy_campaign(actor=request.user, source=source, given=form.given())
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(
                request, _("Đã lập bản sao, %(count)s đầu mối.") % {"count": made.activities.count()}
            )
            return redirect("campaigns:phases", made.key)
    words = {"words": _("Lập bản sao, dời ngày"), "save": _("Lập bản sao")}
    return render(
        request, "campaigns/entering/part_form.html", context_of(request, source, form=form, **words)
    )


@either
def take_over(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Begin an organisation's own campaign below this one."""
    upper = queries.campaign(request.user, key)
    require(request.user, EDIT)
    form = TakeOverForm(posted(request))
    choose_from(form, "organisation", organisations_for(request.user, EDIT))
    if form.is_valid():
        try:
            made = actions.take_over(actor=request.user, upper=upper, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(
                request, _("Đã nhận kế hoạch. Chọn từng việc cơ quan làm trong các đề nghị dưới đây.")
            )
            return redirect("campaigns:proposals", made.key)
    hint = _(
        "Cơ quan có kế hoạch riêng dưới kế hoạch này; giai đoạn và thông điệp theo về, từng việc được hỏi."
    )
    words = {"words": _("Nhận về làm ở cơ quan cấp dưới"), "save": _("Nhận kế hoạch"), "hint": hint}
    return render(
        request, "campaigns/entering/part_form.html", context_of(request, upper, form=form, **words)
    )
