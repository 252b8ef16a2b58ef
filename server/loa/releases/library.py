# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts of emergencies that many places prepare: a start to write from, never released as they are.

Everybody fills in what is true at his place; water: the advice of the Ministry of Health to boil it; floods:
what commune committees announce under the Law on Natural Disaster Prevention (33/2013/QH13).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Template:
    """One text."""

    key: str
    title: str | Promise
    text: str | Promise


TEMPLATES = (
    Template(
        "dun-soi-nuoc",
        _("Đun sôi nước trước khi uống"),
        _(
            "Thông báo khẩn. Nguồn nước ở địa bàn ta có thể không sạch. Bà con đun sôi nước ít nhất một phút rồi mới "
            "uống, nấu ăn, đánh răng. Ai đau bụng, tiêu chảy thì đến trạm y tế ngay. "
            "Nhắc lại: đun sôi nước trước khi dùng."
        ),
    ),
    Template(
        "roi-vung-trung",
        _("Rời vùng trũng lên chỗ cao"),
        _(
            "Thông báo khẩn. Nước đang lên nhanh. Bà con ở vùng trũng, ven sông, ven suối rời lên chỗ cao "
            "ngay bây giờ. "
            "Giúp người già, trẻ em và người ốm đi trước. Không lội qua ngầm, qua suối. Ngắt cầu dao điện trước khi đi."
        ),
    ),
)


def template(key: str) -> Template | None:
    """Return a text of the library, if there is one of that name."""
    return next((one for one in TEMPLATES if one.key == key), None)
