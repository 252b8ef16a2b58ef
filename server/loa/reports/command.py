# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ``loa report`` does."""

from pathlib import Path

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.campaigns.models import Campaign
from loa.config import clock
from loa.reports.kinds import ReportError, kind_named, period_at
from loa.reports.papers import Format, paper_of, written_as
from loa.reports.queries import document_of


def write_file(kind_name: str, key: str, period: str, format_: str, file: Path) -> int:
    """Write a document of a campaign into a file and return its size in bytes.

    Args:
        kind_name: a value of ``models.Kind``.
        period: a week or month; the present one where it is blank and the kind has periods.
        format_: a value of ``papers.Format``.

    Raises:
        ReportError: there is no such kind, campaign, period or format. Nothing was written.
    """
    kind = kind_named(kind_name)
    if format_ not in [one.value for one in Format]:
        raise ReportError(_("Chỉ viết được .docx hoặc .pdf. Đặt đuôi tệp hoặc --format."), field="format")
    campaign = (
        Campaign.objects.select_related("organisation__area", "area", "steering_head").filter(key=key).first()
    )
    if campaign is None:
        raise ReportError(_("Không có chiến dịch %(key)s.") % {"key": key}, field="campaign")
    now = clock.now()
    document = document_of(campaign, kind, period or period_at(kind, localdate(now)))
    content = written_as(paper_of(document, now), Format(format_))
    file.write_bytes(content)
    return len(content)
