# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "loa.voice"
    label = "voice"

    def ready(self) -> None:
        """Make the sound of what is written, without being asked."""
        from loa.messages import seams
        from loa.voice.listening import speak_what_was_saved

        seams.on_saved.append(speak_what_was_saved)
