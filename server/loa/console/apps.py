# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "loa.console"
    label = "console"

    def ready(self) -> None:
        """Take the places in the rail that no lower app owns, fill the on-air pill, say what is released."""
        from loa.console import frame
        from loa.console.queries.released import released_revisions
        from loa.voice import seams

        frame.register()
        seams.released.append(released_revisions)
