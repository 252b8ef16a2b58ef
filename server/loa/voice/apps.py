# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "loa.voice"
    label = "voice"
