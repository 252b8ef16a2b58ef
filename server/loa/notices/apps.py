# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "loa.notices"
    label = "notices"

    def ready(self) -> None:
        """Hang the bell into the frame, and know the kinds that belong to no app above."""
        from loa.notices import frame, kinds

        frame.register()
        kinds.register(kinds.DIGEST)
        kinds.register(kinds.REPLY)
