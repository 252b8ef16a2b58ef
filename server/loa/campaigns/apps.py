# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "loa.campaigns"
    label = "campaigns"
