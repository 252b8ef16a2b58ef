# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DevicesConfig(AppConfig):
    name = "loa.devices"
    label = "devices"

    def ready(self) -> None:
        """Take a place in the rail."""
        from loa.devices import frame
        from loa.ui.frame import Place, register_place

        register_place(
            Place(
                key="devices",
                name=_("Thiết bị"),
                icon="speakerphone",
                url_name="devices:listing",
                order=60,
                count=frame.to_look_at,
                may_see=frame.may_see,
            )
        )
