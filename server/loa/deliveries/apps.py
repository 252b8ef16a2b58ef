# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "loa.deliveries"
    label = "deliveries"

    def ready(self) -> None:
        """Listen for releases that end: every place that may hold one is listed."""
        from loa.deliveries.actions import list_everywhere
        from loa.releases import seams

        if list_everywhere not in seams.on_withdrawn:
            seams.on_withdrawn.append(list_everywhere)
