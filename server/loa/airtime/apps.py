# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AirtimeConfig(AppConfig):
    name = "loa.airtime"
    label = "airtime"

    def ready(self) -> None:
        """Take a place in the rail."""
        from loa.ui.frame import Place, register_place

        register_place(
            Place(
                key="calendar",
                name=_("Lịch"),
                short=_("Lịch"),
                icon="calendar-month",
                url_name="airtime:calendar",
                order=50,
            )
        )
