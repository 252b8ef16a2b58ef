# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which recording the player of the message page plays, and whether hearing it counts before signing."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from loa.console.queries.way import Way
from loa.releases.models import ReleaseState


@dataclass(frozen=True)
class Recording:
    """What a player plays: its name, and what hearing it is good for."""

    name: str
    words: str


def recording(way: Way) -> Recording:
    """Say what the message page plays: a draft, what waits for signatures, what will sound, or what did."""
    release = way.release
    if release is None or release.revision_id != way.revision.pk or release.state == ReleaseState.RETURNED:
        return Recording(
            _("Bản nháp"), _("Chưa ai duyệt. Nghe hết là đã nghe thử; người ký nghe lại ở trang duyệt.")
        )
    if release.state == ReleaseState.AWAITING:
        return Recording(
            _("Bản sẽ phát, đang chờ ký"),
            _("Đúng bản ở trang duyệt: nghe hết ở đây cũng tính là đã nghe trước khi ký."),
        )
    if any(one.has_sounded for one in way.rounds):
        return Recording(_("Đúng bản đã phát từ loa"), _("Đúng tệp đã ký; loa không phát tệp nào khác."))
    if release.state == ReleaseState.RELEASED:
        return Recording(_("Bản sẽ phát"), _("Đúng tệp đã ký; loa không phát tệp nào khác."))
    return Recording(_("Bản đã duyệt, không còn phát"), _("Chưa loa nào báo đã phát bản này."))
