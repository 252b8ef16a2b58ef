# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class BroadcastConfig(AppConfig):
    name = "loa.broadcast"
    label = "broadcast"
