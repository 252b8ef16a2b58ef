# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "loa.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        from loa.campaigns.actions.comments import MENTION
        from loa.notices import kinds
        from loa.ui.frame import Place, register_place

        why = _("Bạn nhận thông báo này vì có người nhắc bạn trong lời trao đổi về một kế hoạch.")
        kinds.register(kinds.Kind(MENTION, _("Nhắc tên"), why))
        register_place(
            Place(
                key="campaigns",
                name=_("Chiến dịch"),
                icon="flag",
                url_name="campaigns:campaigns",
                order=20,
            )
        )
