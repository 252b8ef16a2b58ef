# SPDX-License-Identifier: AGPL-3.0-or-later
"""Background work of an import: reading the file, looking at its rows, adding the good ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django_tasks import task

from loa.campaigns import files
from loa.campaigns.importing import catalogue
from loa.campaigns.importing.actions import file_of, job_key, take_rows
from loa.campaigns.importing.columns import Choice, best_of, propose, year_of
from loa.campaigns.importing.given import Row
from loa.campaigns.importing.reading import read_tables
from loa.campaigns.importing.rows import check
from loa.campaigns.models import ImportRowState, ImportState, PlanImport, PlanImportRow
from loa.config import clock
from loa.config.errors import LoaError
from loa.jobs import actions as jobs
from loa.people.models import Person

KEPT = timedelta(days=30)  # what was imported is in the plan's history for good
BATCH = 500  # rows of one insert


@task()
def read_file(pk: int) -> None:
    """Read the tables of a file and propose what their columns are."""
    with _working(pk, ImportState.READING) as found:
        if found is None:
            return
        proposals = [propose(table) for table in read_tables(file_of(found))]
        best = best_of(proposals)
        choice = Choice(best, proposals[best].columns, year_of(found.campaign))
        PlanImport.objects.filter(pk=pk, state=ImportState.READING).update(
            state=ImportState.COLUMNS,
            tables=[proposal.as_dict() for proposal in proposals],
            choice=choice.as_dict(),
        )


@task()
def check_rows(pk: int) -> None:
    """Look at every row as the chosen columns say, and keep what became of each."""
    with _working(pk, ImportState.CHECKING) as found:
        if found is None:
            return
        rows = _checked(found)
        with transaction.atomic():
            if PlanImport.objects.select_for_update().filter(pk=pk, state=ImportState.CHECKING).exists():
                _keep(found, rows)


@task()
def import_rows(pk: int, person_pk: int) -> None:
    """Add the accepted rows; where the plan changed since somebody looked, nothing, and the rows anew."""
    with _working(pk, ImportState.IMPORTING) as found:
        if found is None:
            return
        rows = _checked(found)
        person = Person.objects.get(pk=person_pk)
        seen = set(found.rows.values_list("number", "state"))
        if seen != {(row.number, row.state.value) for row in rows}:
            with transaction.atomic():
                _keep(found, rows, _("Kế hoạch đã đổi từ lúc bạn xem. Chưa nhập dòng nào; xem lại rồi nhập."))
            return
        with transaction.atomic():
            locked = PlanImport.objects.select_for_update().filter(pk=pk, state=ImportState.IMPORTING)
            if not locked.exists():
                return
            count = take_rows(actor=person, campaign=found.campaign, rows=rows, file_name=found.file_name)
            locked.update(state=ImportState.DONE, imported=count, error="")
            transaction.on_commit(lambda: files.part_path(found.file_key).unlink(missing_ok=True))


def _checked(found: PlanImport) -> list[Row]:
    choice = Choice.from_dict(found.choice)
    table = read_tables(file_of(found))[choice.table]
    names = catalogue.read(found.campaign, localdate(clock.now()))
    key = job_key(found)
    return check(
        table, propose(table).heading, choice, names, lambda done, total: jobs.progress(key, done, total)
    )


def _keep(found: PlanImport, rows: list[Row], error: str = "") -> None:
    found.rows.all().delete()
    PlanImportRow.objects.bulk_create(
        (
            PlanImportRow(
                plan_import=found,
                number=row.number,
                state=row.state,
                fields=dict(row.fields),
                problems=[problem.as_dict() for problem in row.problems],
            )
            for row in rows
        ),
        batch_size=BATCH,
    )
    PlanImport.objects.filter(pk=found.pk).update(
        state=ImportState.CHECKED,
        accepted=sum(row.state == ImportRowState.ACCEPTED for row in rows),
        refused=sum(row.state == ImportRowState.REFUSED for row in rows),
        error=error,
    )


@contextmanager
def _working(pk: int, state: ImportState) -> Iterator[PlanImport | None]:
    """Give the import where it is at this step; what refuses it is its sentence, and nothing is added."""
    found = (
        PlanImport.objects.select_related("campaign__organisation", "campaign__area")
        .filter(pk=pk, state=state)
        .first()
    )
    if found is None:  # dropped, or done by a worker that died before it could say so
        yield None
        return
    key = job_key(found)
    jobs.progress(key, 0, 0)
    try:
        yield found
    except LoaError as error:
        _fail(found, error.message)
    except Exception:
        _fail(found, _("Máy chủ gặp lỗi khi đọc tệp này. Chưa nhập dòng nào; báo quản trị rồi thử lại."))
        raise
    else:
        jobs.finish(key)


def _fail(found: PlanImport, sentence: str) -> None:
    PlanImport.objects.filter(pk=found.pk).update(state=ImportState.FAILED, error=sentence)
    jobs.fail(job_key(found), sentence)


def forget_imports() -> None:
    """Delete imports of a month ago with their rows; what they added stays."""
    PlanImport.objects.filter(made_at__lt=clock.now() - KEPT).delete()
