# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "loa.people"
    label = "people"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from loa.people import frame, fresh, sessions

        frame.register()
        user_logged_in.connect(sessions.begin, dispatch_uid="people.sessions.begin")
        user_logged_in.connect(fresh.begin, dispatch_uid="people.fresh.begin")
