# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes while a plan is imported: begin, choose columns, confirm, drop; and taking the good rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from loa.campaigns import files
from loa.campaigns.actions.checks import Actors, record, require_plan
from loa.campaigns.actions.many import add_activities
from loa.campaigns.actions.phases import add_phase
from loa.campaigns.importing.columns import Choice, check_columns
from loa.campaigns.importing.given import Row
from loa.campaigns.importing.packages import SIZE_LIMIT, kind_of
from loa.campaigns.importing.reasons import FileReason, PlanFileError
from loa.campaigns.models import Campaign, ImportRowState, ImportState, Phase, PlanImport
from loa.config import clock
from loa.config.errors import ConflictError
from loa.jobs import actions as jobs
from loa.people.models import Person

KIND = "campaigns.import"  # of its job's key
NAME_LIMIT = 200  # characters kept of a file's own name


def job_key(plan_import: PlanImport) -> str:
    """Return the key of the work on an import."""
    return f"{KIND}:{plan_import.pk}"


def file_of(plan_import: PlanImport) -> Path:
    """Return where the file lies until its import is over.

    Raises:
        PlanFileError: it was deleted after three days.
    """
    path = files.part_path(plan_import.file_key)
    if not path.exists():
        raise PlanFileError(FileReason.GONE)
    return path


def begin_import(*, actor: Person, campaign: Campaign, file: IO[bytes], name: str) -> PlanImport:
    """Keep a file and have the worker read it; nothing is added to the plan.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanFileError: it is of another kind, too large, or not safe to open.
    """
    from loa.campaigns.importing.jobs import read_file

    require_plan(actor, campaign.organisation)
    try:
        path = files.spool(file, SIZE_LIMIT)
    except files.FileError as error:
        limit = SIZE_LIMIT // 1024 // 1024
        reason = FileReason.TOO_LARGE if file.tell() else FileReason.EMPTY_FILE
        raise PlanFileError(reason, limit=limit) from error
    try:
        kind_of(path)
    except PlanFileError:
        path.unlink(missing_ok=True)
        raise
    with transaction.atomic():
        made = PlanImport.objects.create(
            campaign=campaign,
            file_key=path.name,
            file_name=Path(name).name[-NAME_LIMIT:] or "ke-hoach",
            made_by=actor,
            made_at=clock.now(),
        )
        jobs.begin(job_key(made), _("Đang đọc tệp"))
        read_file.enqueue(made.pk)
    return made


def _step(plan_import: PlanImport, before: Sequence[ImportState], after: ImportState) -> None:
    """Go from one state to the next, once, whoever else presses the same button."""
    there = PlanImport.objects.filter(pk=plan_import.pk, state__in=before)
    if not there.update(state=after, error=""):
        raise ConflictError(_("Lần nhập này đã sang bước khác. Xem lại trang này."))
    plan_import.state = after


@transaction.atomic
def choose_columns(*, actor: Person, plan_import: PlanImport, choice: Choice) -> None:
    """Say which column is what, and have the worker look at every row.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanFileError: no column says what is to be done, or none who answers for it.
        ConflictError: the import is at another step.
    """
    from loa.campaigns.importing.jobs import check_rows

    require_plan(actor, plan_import.campaign.organisation)
    check_columns(choice.columns)
    _step(plan_import, (ImportState.COLUMNS, ImportState.CHECKED), ImportState.CHECKING)
    PlanImport.objects.filter(pk=plan_import.pk).update(choice=choice.as_dict())
    jobs.begin(job_key(plan_import), _("Đang kiểm tra từng dòng"))
    check_rows.enqueue(plan_import.pk)


@transaction.atomic
def confirm_import(*, actor: Person, plan_import: PlanImport) -> None:
    """Have the worker add the accepted rows, all of them or none.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        ConflictError: the import is at another step, or no row was accepted.
    """
    from loa.campaigns.importing.jobs import import_rows

    require_plan(actor, plan_import.campaign.organisation)
    if not plan_import.accepted:
        raise ConflictError(_("Chưa có dòng nào nhận được. Sửa tệp rồi gửi lại."))
    _step(plan_import, (ImportState.CHECKED,), ImportState.IMPORTING)
    jobs.begin(job_key(plan_import), _("Đang nhập vào kế hoạch"), plan_import.accepted)
    import_rows.enqueue(plan_import.pk, actor.pk)


@transaction.atomic
def drop_import(*, actor: Person, plan_import: PlanImport) -> None:
    """End an import without adding anything; its rows and its file go.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        ConflictError: its rows are being added, or were.
    """
    require_plan(actor, plan_import.campaign.organisation)
    open_states = [ImportState.READING, ImportState.COLUMNS, ImportState.CHECKING, ImportState.CHECKED]
    _step(plan_import, [*open_states, ImportState.FAILED], ImportState.DROPPED)
    plan_import.rows.all().delete()
    transaction.on_commit(lambda: files.part_path(plan_import.file_key).unlink(missing_ok=True))


@transaction.atomic
def take_rows(*, actor: Actors, campaign: Campaign, rows: Sequence[Row], file_name: str) -> int:
    """Add the accepted rows to the plan, in one transaction; return how many.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: a row cannot be stored after all; nothing was added.
    """
    require_plan(actor, campaign.organisation)
    given = [row.given for row in rows if row.given is not None]
    new: dict[str, Phase] = {}
    for name in dict.fromkeys(one.new_phase for one in given if one.new_phase):
        new[name] = add_phase(actor=actor, campaign=campaign, name=name)
    made = add_activities(actor=actor, campaign=campaign, given=[one.as_input(new) for one in given])
    refused = sum(row.state == ImportRowState.REFUSED for row in rows)
    record(actor, "import_plan", campaign, campaign, file=file_name, imported=len(made), refused=refused)
    return len(made)
