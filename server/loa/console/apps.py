# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "loa.console"
    label = "console"

    def ready(self) -> None:
        """Take the places in the rail that no lower app owns, and fill the on-air pill."""
        from loa.console import frame

        frame.register()
