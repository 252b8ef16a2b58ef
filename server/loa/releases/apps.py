# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "loa.releases"
    label = "releases"
