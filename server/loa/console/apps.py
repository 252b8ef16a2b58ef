# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "loa.console"
    label = "console"
