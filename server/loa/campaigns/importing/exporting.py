# SPDX-License-Identifier: AGPL-3.0-or-later
"""A large plan as .xlsx: written by the worker, kept for a day for the person who asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from loa.campaigns.importing.export import to_xlsx
from loa.campaigns.models import Campaign
from loa.config import clock
from loa.config.home import make_private, write_private
from loa.jobs import actions as jobs
from loa.jobs.queries import guard
from loa.people.models import Person

KIND = "campaigns.export"  # of its job's key
AT_ONCE = 1000  # activities; more are not written while somebody waits for an answer
KEPT = timedelta(days=1)
REPORTED = 100  # rows between two signs of progress


def job_key(campaign_pk: int, person_pk: int) -> str:
    """Return the key of the work on one person's file."""
    return f"{KIND}:{campaign_pk}-{person_pk}"


def path_of(campaign_pk: int, person_pk: int) -> Path:
    """Return where one person's file lies; it is there only whole."""
    return _folder() / f"{campaign_pk}-{person_pk}.xlsx"


def made_at(campaign: Campaign, person: Person) -> datetime | None:
    """Return when a person's file of a plan was written; None while there is none."""
    path = path_of(campaign.pk, person.pk)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None


def begin_export(*, actor: Person, campaign: Campaign) -> None:
    """Have the worker write the plan anew for a person who sees it; his former file is gone at once."""
    path_of(campaign.pk, actor.pk).unlink(missing_ok=True)
    with transaction.atomic():
        jobs.begin(job_key(campaign.pk, actor.pk), _("Đang viết bảng tính"))
        transaction.on_commit(lambda: write_export.enqueue(campaign.pk, actor.pk))


@task()
def write_export(campaign_pk: int, person_pk: int) -> None:
    """Write one person's file; twice does no harm."""
    campaign = Campaign.objects.filter(pk=campaign_pk).first()
    if campaign is None:  # deleted meanwhile: its page is gone too
        return
    key = job_key(campaign_pk, person_pk)
    total = campaign.activities.count()

    def report(done: int) -> None:
        if done % REPORTED == 0:
            jobs.progress(key, min(done, total), total)

    try:
        content = to_xlsx(campaign, report=report)
        make_private(_folder())
        write_private(path_of(campaign_pk, person_pk), content)
    except Exception:
        jobs.fail(key, _("Chưa viết được bảng tính do lỗi của máy chủ. Kế hoạch không đổi; bấm Viết lại."))
        raise
    jobs.finish(key)


def forget_exports() -> None:
    """Delete files that were written a day ago."""
    before = (clock.now() - KEPT).timestamp()
    for path in _folder().glob("*.xlsx"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


@guard(KIND)
def _may_follow(person: Person, rest: str) -> bool:
    return rest.rpartition("-")[2] == str(person.pk)


def _folder() -> Path:
    uploads: Path = settings.HOME.uploads
    return uploads / "exports"
