# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AirtimeConfig(AppConfig):
    name = "loa.airtime"
    label = "airtime"

    def ready(self) -> None:
        """Take a place in the rail, place what somebody activates, and let programmes follow releases."""
        from loa.airtime.activations import place_activation
        from loa.airtime.programmes import follow_release
        from loa.airtime.queries import coming
        from loa.releases import seams
        from loa.ui.frame import Place, register_place

        if place_activation not in seams.on_activated:
            seams.on_activated.append(place_activation)
        if coming not in seams.coming:
            seams.coming.append(coming)
        for listeners in (seams.on_released, seams.on_withdrawn):
            if follow_release not in listeners:
                listeners.append(follow_release)
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
