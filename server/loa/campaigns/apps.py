# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "loa.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        from loa.campaigns.actions import telling
        from loa.campaigns.actions.comments import MENTION
        from loa.campaigns.urging.telling import KIND
        from loa.notices import kinds
        from loa.ui.frame import Place, register_place

        why = _("Bạn nhận thông báo này vì có người nhắc bạn trong lời trao đổi về một kế hoạch.")
        kinds.register(kinds.Kind(MENTION, _("Nhắc tên"), why))
        why = _("Bạn nhận thông báo này vì bạn giữ chức danh chịu trách nhiệm về việc này.")
        kinds.register(kinds.Kind(telling.ACCOUNTABLE, _("Việc của bạn"), why))
        why = _("Bạn nhận thông báo này vì bạn là người kiểm tra được kết quả này.")
        kinds.register(kinds.Kind(telling.TO_VERIFY, _("Chờ bạn kiểm tra"), why))
        why = _("Bạn nhận thông báo này vì bạn chịu trách nhiệm về việc này hoặc đã nộp kết quả.")
        kinds.register(kinds.Kind(telling.RETURNED, _("Bị trả lại"), why))
        kinds.register(kinds.Kind(telling.VERIFIED, _("Đã xác nhận xong"), why))
        why = _(
            "Bạn nhận thông báo này vì bạn giữ chức danh chịu trách nhiệm về việc này hoặc chức danh cấp trên."
        )
        kinds.register(kinds.Kind(KIND, _("Đôn đốc"), why))
        register_place(
            Place(
                key="campaigns",
                name=_("Chiến dịch"),
                icon="flag",
                url_name="campaigns:campaigns",
                order=20,
            )
        )
