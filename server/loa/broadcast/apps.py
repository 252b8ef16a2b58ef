# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class BroadcastConfig(AppConfig):
    name = "loa.broadcast"
    label = "broadcast"

    def ready(self) -> None:
        """Register the loudspeaker channel."""
        from loa.broadcast.channel import LOUDSPEAKER
        from loa.channels import registry

        registry.register(LOUDSPEAKER)
