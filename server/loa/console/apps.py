# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "loa.console"
    label = "console"

    def ready(self) -> None:
        """Take the places in the rail that no lower app owns, fill the on-air pill, say what is released and ready."""
        from loa.airtime import seams as airtime
        from loa.console import frame
        from loa.console.queries.readiness import readiness
        from loa.console.queries.released import released_revisions
        from loa.voice import seams

        frame.register()
        seams.released.append(released_revisions)
        if readiness not in airtime.readiness:
            airtime.readiness.append(readiness)
