# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form that places a release on loudspeakers."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from loa.airtime.actions import QUIETEST
from loa.airtime.forms import NUMBER_ERRORS, ClockField
from loa.airtime.sentences import last_moment
from loa.areas.models import Area
from loa.releases.models import Release
from loa.ui.dates import weekday
from loa.ui.templatetags.ui import sample
from loa_protocol.times import to_local

DAYS_OFFERED = 14


class PlacementForm(forms.Form):
    """Zones within the release, days within its validity, and a time to the second."""

    zones = forms.TypedMultipleChoiceField(
        label=_("Vùng phát"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chưa chọn vùng phát. Chọn ít nhất một thôn.")},
    )
    days = forms.TypedMultipleChoiceField(
        label=_("Ngày"),
        coerce=date.fromisoformat,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chưa chọn ngày. Chọn ít nhất một ngày.")},
    )
    time = ClockField(label=_("Giờ bắt đầu"))
    volume = forms.IntegerField(
        label=_("Âm lượng"),
        help_text=_("Phần trăm; loa không kêu to hơn mức xã cho phép."),
        min_value=QUIETEST,
        max_value=100,
        initial=80,
        error_messages=dict.fromkeys(NUMBER_ERRORS, _("Chọn âm lượng từ 10 đến 100.")),
    )

    def __init__(
        self, *args: Any, release: Release, zones: Sequence[Area], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {zone.code: zone for zone in zones}
        zones_field, days_field = self.fields["zones"], self.fields["days"]
        assert isinstance(zones_field, forms.TypedMultipleChoiceField)
        assert isinstance(days_field, forms.TypedMultipleChoiceField)
        zones_field.choices = [
            (zone.code, format_html("{} {}", zone.name, sample(zone.is_sample))) for zone in zones
        ]
        days_field.choices = [(day.isoformat(), label(day)) for day in days_of(release, today)]

    def chosen_zones(self) -> list[Area]:
        """Return the areas that were ticked."""
        return [self.areas[code] for code in self.cleaned_data["zones"]]


def days_of(release: Release, today: date) -> list[date]:
    """Return the local days, from today on, on which a release may sound: two weeks of them at most."""
    first = max(today, to_local(release.not_before, settings.TIME_ZONE).date())
    last = to_local(last_moment(release.not_after), settings.TIME_ZONE).date()
    days = (first + timedelta(days=number) for number in range(DAYS_OFFERED))
    return [day for day in days if day <= last]


def label(day: date) -> str:
    """Write a day as people say it: "Thứ Ba 24/11"."""
    return f"{weekday(day)} {day:%d/%m}"
