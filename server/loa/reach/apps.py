# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ReachConfig(AppConfig):
    name = "loa.reach"
    label = "reach"
