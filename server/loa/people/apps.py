# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "loa.people"
    label = "people"

    def ready(self) -> None:
        from loa.people import frame

        frame.register()
