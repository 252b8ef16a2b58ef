# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "loa.releases"
    label = "releases"

    def ready(self) -> None:
        """Keep signing keys openable when passwords change, and lists of approvers true when roles do."""
        from loa.people import actions as people
        from loa.releases import frame, list_telling, lists, passkeys, signing, telling

        people.on_password_change.append(signing.reseal)
        people.on_password_reset.append(signing.retire_lost_key)
        frame.register()
        telling.register_kinds()
        list_telling.register_kind()
        people.on_role_change.append(lists.publish_after_role_change)
        people.on_leave_change.append(lists.publish_where_signing)
        people.on_credential_added.append(passkeys.take_up)
        people.on_credential_ended.append(passkeys.let_go)
