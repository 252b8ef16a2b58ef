# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "loa.areas"
    label = "areas"
