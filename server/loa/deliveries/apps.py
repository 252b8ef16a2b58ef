# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "loa.deliveries"
    label = "deliveries"

    def ready(self) -> None:
        """List every place that may hold a release that ends; tell calendar and plan what became of placements."""
        from loa.airtime import seams as airtime
        from loa.campaigns.ports import register_source
        from loa.deliveries.actions import list_everywhere
        from loa.deliveries.plan_evidence import Airings, Minutes
        from loa.deliveries.queries import placement_results, placement_states
        from loa.releases import seams

        if placement_states not in airtime.outcomes:
            airtime.outcomes.append(placement_states)
        if placement_results not in airtime.results:
            airtime.results.append(placement_results)
        if list_everywhere not in seams.on_withdrawn:
            seams.on_withdrawn.append(list_everywhere)
        for source in (Airings(), Minutes()):
            register_source(source)
