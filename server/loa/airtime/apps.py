# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class AirtimeConfig(AppConfig):
    name = "loa.airtime"
    label = "airtime"
