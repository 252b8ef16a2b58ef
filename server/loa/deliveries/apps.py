# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "loa.deliveries"
    label = "deliveries"
