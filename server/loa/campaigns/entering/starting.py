# SPDX-License-Identifier: AGPL-3.0-or-later
"""Other ways to begin a campaign: from the library, as a copy with its dates moved, from the plan above."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from loa.campaigns import actions, queries
from loa.campaigns.entering.campaign_views import EDIT, either, posts_around
from loa.campaigns.entering.fields import PostChoice, WholeField, choose_from, offer_posts
from loa.campaigns.entering.frame import context_of
from loa.campaigns.library import Template, library, template
from loa.campaigns.models import Campaign
from loa.campaigns.overdue import Overdue
from loa.config import clock
from loa.config.errors import LoaError
from loa.people.forms import DayField, OrganisationChoice
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.models import Organisation, Post
from loa.people.plain_forms import PlainForm
from loa.people.queries import organisations_for, require

HEAD, LATE = "head_", "late_"
LATE_DAYS = 7  # from today, unless something else is typed


def _organisation() -> OrganisationChoice:
    return OrganisationChoice(
        label=gettext_lazy("Cơ quan lập kế hoạch"), queryset=Organisation.objects.none(), empty_label=None
    )


class LateForm(PlainForm):
    """Asks, before a plan is begun, what becomes of work that would be late at once."""

    late = 0  # activities, once the view has counted them

    late_move = forms.BooleanField(label=gettext_lazy("Dời hạn đã qua của các việc này"), required=False)
    late_days = WholeField(
        label=gettext_lazy("Hạn mới: mấy ngày kể từ hôm nay"), required=False, min_value=1, max_value=365
    )
    late_seen = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def is_settled(self, late: int) -> bool:
        """Say whether nothing would be late, or the question was answered; otherwise show it."""
        if not late or self.cleaned_data["late_seen"]:
            return True
        self.late = late
        typed = {name: self.data[name] for name in self.data}
        self.data = typed | {"late_move": "on", "late_days": str(LATE_DAYS), "late_seen": "on"}
        return False

    def overdue(self, today: date) -> Overdue | None:
        """Return what was answered; None leaves the days as they are."""
        if not self.cleaned_data["late_seen"] or not self.cleaned_data["late_move"]:
            return None
        return Overdue(today, today + timedelta(days=self.cleaned_data["late_days"] or LATE_DAYS))


class TemplateForm(LateForm):
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
        for head in template.heads:
            label = _("Việc của %(head)s") % {"head": head.name}
            self.add_field(
                f"{HEAD}{head.key}", PostChoice(label=label, required=False, empty_label=_("Để sau"))
            )
        offer_posts(self, posts, "steering_head", *(f"{HEAD}{head.key}" for head in template.heads))

    def given(self, today: date) -> actions.TemplateInput:
        """Return how the template is used."""
        kept = {name: value for name, value in self.cleaned_data.items() if not name.startswith(LATE)}
        values = {name: value for name, value in kept.items() if not name.startswith(HEAD)}
        posts = {name.removeprefix(HEAD): post for name, post in kept.items() if name.startswith(HEAD)}
        named = {key: post for key, post in posts.items() if post is not None}
        overdue = self.overdue(today)
        return actions.TemplateInput(
            posts=named, later=frozenset(posts) - frozenset(named), overdue=overdue, **values
        )


class CopyForm(LateForm):
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
        offer_posts(self, posts, "default_post")
        if anchor is None:
            del self.fields["moved_to"]
        else:
            day = f"{anchor.day:02d}/{anchor.month:02d}/{anchor.year}"
            self.fields["moved_to"].label = _("Ngày %(day)s của đợt cũ chuyển thành") % {"day": day}
            self.fields["moved_to"].help_text = _(
                "Mọi ngày khác dời theo, tránh ngày nghỉ và Tết; hạn lùi về ngày làm việc trước đó."
            )

    @property
    def days(self) -> int:
        """Return by how many days every date moves."""
        to = self.cleaned_data.get("moved_to")
        return (to - self._anchor).days if to and self._anchor else 0

    def given(self, today: date) -> actions.CopyInput:
        """Return how the campaign is copied."""
        kept = {name: value for name, value in self.cleaned_data.items() if not name.startswith(LATE)}
        values = {name: value for name, value in kept.items() if name != "moved_to"}
        return actions.CopyInput(days=self.days, overdue=self.overdue(today), **values)


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
    today = localdate(clock.now())
    if form.is_valid() and form.is_settled(
        actions.late_from_template(chosen, form.cleaned_data["event_on"], today)
    ):
        try:
            campaign = actions.use_template(actor=request.user, template=chosen, given=form.given(today))
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
    today = localdate(clock.now())
    if form.is_valid() and form.is_settled(actions.late_from_copy(source, form.days, today)):
        try:
            made = actions.copy_campaign(actor=request.user, source=source, given=form.given(today))
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
