# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagesConfig(AppConfig):
    name = "loa.messages"
    label = "messages"

    def ready(self) -> None:
        """Take a place in the rail."""
        from loa.ui.frame import Place, register_place

        register_place(
            Place(
                key="messages",
                name=_("Tin"),
                short=_("Tin"),
                icon="message-report",
                url_name="console:messages",
                order=30,
            )
        )
