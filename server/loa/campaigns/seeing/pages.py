# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every page over a plan's activities shares: the campaign, the rows, the filter and the ways to look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.campaigns import queries
from loa.campaigns.models import Activity, ActivityState, Campaign, KeyMessage, Phase
from loa.campaigns.rollup import Tally
from loa.campaigns.seeing.rows import NO_PHASE, OWN_LEVEL, WORDS, PlanFilter, Seen, day_of, narrowed, seen_by
from loa.campaigns.words import CHANNEL_NAMES, STATE_NAMES
from loa.config import clock
from loa.people.http import AuthenticatedHttpRequest
from loa.people.models import Organisation
from loa.people.queries import may
from loa.people.rules import Permission
from loa.ui.dates import full_date

Words = str | Promise
PAGE = "trang"
MOST_CHOICES = 150  # organisations that a field offers; above it they are sought by words


@dataclass(frozen=True)
class Choice:
    """A link that changes what is shown."""

    words: Words
    url: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Opened:
    """A campaign that somebody opened on one of these pages.

    Args:
        rows: what the filter keeps of ``seen``.
    """

    request: AuthenticatedHttpRequest
    campaign: Campaign
    seen: Seen
    chosen: PlanFilter
    rows: QuerySet[Activity]
    today: date

    def context(self, here: str, **more: Any) -> dict[str, Any]:
        """Return what the templates need.

        Args:
            here: name of the address, without the app.
        """
        return {
            "campaign": self.campaign,
            "may_edit": may(self.request.user, Permission.PLAN_EDIT, organisation=self.campaign.organisation),
            "seen": self.seen,
            "chosen": self.chosen,
            "today": self.today,
            "here": here,
            "ways": self._ways(here),
            **more,
        }

    def address(self, name: str, chosen: PlanFilter | None = None, **more: Any) -> str:
        """Return the address of one of these pages with a filter, this page's unless given."""
        query = (self.chosen if chosen is None else chosen).query(**more)
        return reverse(f"campaigns:{name}", args=[self.campaign.key]) + query

    def _ways(self, here: str) -> list[Choice]:
        names = [
            ("activities", _("Bảng")),
            ("board", _("Trạng thái")),
            ("gantt", _("Tiến độ")),
            ("plan_calendar", _("Lịch")),
            ("plan_map", _("Bản đồ")),
            ("matrix", _("Ma trận")),
            ("workload", _("Khối lượng")),
        ]
        if self.seen.has_lower:
            names.append(("levels", _("Cấp dưới")))
        return [Choice(words, self.address(name), name == here) for name, words in names]

    def paged(self, found: Sequence[Any] | QuerySet[Any], size: int) -> Page[Any]:
        """Return the page that the address asks for; a wrong number is the nearest one that there is."""
        return Paginator(found, size).get_page(self.request.GET.get(PAGE))


def opened(request: AuthenticatedHttpRequest, key: str) -> Opened:
    """Return a campaign with the rows that the reader sees of it and the address keeps.

    Raises:
        NotFoundError: it is not there, or the reader may not see it.
    """
    campaign = queries.campaign(request.user, key)
    chosen = PlanFilter.from_query(request.GET.dict())
    seen = seen_by(request.user, campaign, chosen.level)
    today = localdate(clock.now())
    return Opened(request, campaign, seen, chosen, narrowed(seen, chosen, today), today)


class FilterForm(forms.Form):
    """Every other way to narrow, as fields of a GET form. At most three queries."""

    def __init__(self, page: Opened) -> None:
        super().__init__(data=page.request.GET)
        campaign = page.campaign
        phases = Phase.objects.filter(campaign=campaign).order_by("order").values_list("key", "name")
        messages = KeyMessage.objects.filter(campaign=campaign).order_by("order", "pk")
        offices = Organisation.objects.filter(pk__in=page.seen.rows.order_by().values("organisation"))
        named = list(offices.order_by("path").values_list("pk", "name")[: MOST_CHOICES + 1])
        self._choose("phase", _("Giai đoạn"), [*phases, (NO_PHASE, _("không thuộc giai đoạn nào"))])
        if len(named) <= MOST_CHOICES:
            self._choose("organisation", _("Cơ quan"), named)
        self._choose("channel", _("Kênh"), list(CHANNEL_NAMES.items()))
        self._choose("message", _("Thông điệp"), list(messages.values_list("pk", "text")))
        self._choose("state", _("Trạng thái"), [(key.value, name) for key, name in STATE_NAMES.items()])
        if page.seen.has_lower:
            self._choose("level", _("Cấp"), [(OWN_LEVEL, _("chỉ kế hoạch này"))])
        self.fields[WORDS["words"]] = forms.CharField(
            label=_("Có chữ, trong tên việc, cơ quan hay chức danh"), required=False, max_length=80
        )

    def _choose(self, name: str, label: str, choices: Sequence[tuple[Any, Words]]) -> None:
        self.fields[WORDS[name]] = forms.ChoiceField(
            label=label, choices=[("", _("tất cả")), *choices], required=False
        )


def shows(page: Opened, here: str, tally: Tally) -> list[Choice]:
    """Return the quick choices above a list, with how many of all rows each keeps where that is known."""
    names: list[tuple[str, Words, int | None]] = [
        ("", _("Tất cả"), None),
        ("late", _("Trễ hạn"), tally.late),
        ("soon", _("7 ngày tới"), None),
        ("open", _("Chưa xong"), tally.open),
        ("undated", _("Chưa ghi hạn"), tally.undated),
        ("done", _("Đã xong"), tally.verified),
    ]
    chosen = page.chosen
    return [
        Choice(words, page.address(here, chosen.but(show=key)), chosen.show == key, count)
        for key, words, count in names
    ]


def narrowings(page: Opened, here: str) -> list[Choice]:
    """Return what the rows are narrowed to, each with the address that takes it away. At most five queries."""
    chosen = page.chosen
    names: list[tuple[str, str, Any]] = [
        ("phase", _("Giai đoạn"), _phase_name(page.campaign, chosen.phase)),
        ("organisation", _("Cơ quan"), _of_rows(page, "organisation", "name")),
        ("post", _("Chức danh"), _of_rows(page, "accountable_post", "title", "post")),
        ("area", _("Địa bàn"), _area_name(chosen.area)),
        ("channel", _("Kênh"), CHANNEL_NAMES.get(chosen.channel, chosen.channel)),
        ("message", _("Thông điệp"), _message_text(page.campaign, chosen.message)),
        ("state", _("Trạng thái"), STATE_NAMES[ActivityState(chosen.state)] if chosen.state else ""),
        ("level", _("Cấp"), _level_name(page)),
        ("day", _("Hạn"), full_date(day) if (day := day_of(chosen.day)) else ""),
        ("words", _("Có chữ"), chosen.words),
    ]
    return [
        Choice(
            _("%(what)s: %(value)s") % {"what": what, "value": value or _("không tìm thấy")},
            page.address(here, chosen.but(**{field: getattr(PlanFilter, field)})),
        )
        for field, what, value in names
        if getattr(chosen, field) != getattr(PlanFilter, field)
    ]


def _of_rows(page: Opened, column: str, name: str, field: str = "") -> str:
    """Return the name of a chosen row that the reader's own rows lead to, so that no other can be asked for."""
    pk = getattr(page.chosen, field or column)
    if pk is None:
        return ""
    return page.seen.rows.filter(**{column: pk}).values_list(f"{column}__{name}", flat=True).first() or ""


def _phase_name(campaign: Campaign, key: str) -> str:
    if key == NO_PHASE:
        return _("không thuộc giai đoạn nào")
    if not key:
        return ""
    return Phase.objects.filter(campaign=campaign, key=key).values_list("name", flat=True).first() or key


def _area_name(code: str) -> str:
    return (Area.objects.filter(code=code).values_list("name", flat=True).first() or code) if code else ""


def _message_text(campaign: Campaign, pk: int | None) -> str:
    if pk is None:
        return ""
    found = KeyMessage.objects.filter(campaign=campaign, pk=pk)
    return found.values_list("text", flat=True).first() or ""


def _level_name(page: Opened) -> str:
    if page.chosen.level == OWN_LEVEL:
        return _("chỉ kế hoạch này")
    if not page.chosen.level:
        return ""
    found = page.seen.rows.filter(campaign__key=page.chosen.level)
    return found.values_list("campaign__title", flat=True).first() or page.chosen.level
