# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages of an import: send a file, match its columns, look at its rows, decide; and the plan as a file."""

from io import BytesIO

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.campaigns import queries as plan
from loa.campaigns.importing import actions, exporting, queries
from loa.campaigns.importing.columns import COLUMN_NAMES, Column
from loa.campaigns.importing.export import TYPE, to_xlsx
from loa.campaigns.importing.forms import PlanFileForm, choice_of, columns_page
from loa.campaigns.importing.reasons import NOTHING_TO_MEND, Problem, Reason
from loa.campaigns.models import ImportRowState, ImportState, PlanImport, PlanImportRow
from loa.config.errors import ConflictError, LoaError
from loa.jobs.queries import job
from loa.people.http import AuthenticatedHttpRequest, show_error
from loa.people.rules import Permission

EDIT = Permission.PLAN_EDIT
A_PAGE = 50  # rows
WORKING = (ImportState.READING, ImportState.CHECKING, ImportState.IMPORTING)
STEP = "campaigns/importing/fragments/step.html"
WRITTEN = "da-viet"  # in the address: the file that the worker wrote


@require_http_methods(["GET", "POST"])
def import_plan(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Take the file of a plan; nothing is added before somebody looked at its rows."""
    campaign = plan.campaign(request.user, key, EDIT)
    form = PlanFileForm()
    if request.method == "POST":
        form = PlanFileForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                made = actions.begin_import(
                    actor=request.user, campaign=campaign, file=file, name=file.name or ""
                )
            except LoaError as error:
                show_error(form, error)
            else:
                return redirect("campaigns:plan_import", key, made.pk)
    context = {"campaign": campaign, "form": form, "recent": queries.recent(campaign)}
    return render(request, "campaigns/importing/import.html", context)


@require_GET
def plan_import(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Show where an import is: its work, its columns, its rows, or what was added."""
    found = queries.plan_import(request.user, key, pk)
    if request.htmx and found.state not in WORKING:  # what stands around the step has changed too
        return HttpResponse(headers={"HX-Refresh": "true"})
    template = STEP if request.htmx else "campaigns/importing/plan_import.html"
    return render(request, template, _context(request, found))


def _context(request: AuthenticatedHttpRequest, found: PlanImport) -> dict[str, object]:
    context: dict[str, object] = {"campaign": found.campaign, "plan_import": found, "states": ImportState}
    if found.state in WORKING:
        context["job"] = job(actions.job_key(found))
    elif found.state == ImportState.COLUMNS or (found.state == ImportState.CHECKED and "cot" in request.GET):
        context["page"] = columns_page(found, request.GET.get("bang", ""))
    elif found.state == ImportState.CHECKED:
        context |= _rows(request, found)
    return context


def _rows(request: AuthenticatedHttpRequest, found: PlanImport) -> dict[str, object]:
    show = request.GET.get("xem", "")
    show = show if show in {state.value for state in ImportRowState} else ""
    rows = found.rows.filter(state=show) if show else found.rows.all()
    shown: Page[PlanImportRow] = Paginator(rows, A_PAGE).get_page(request.GET.get("trang"))
    return {
        "not_narrowed": not show,
        "is_refused": show == ImportRowState.REFUSED,
        "is_accepted": show == ImportRowState.ACCEPTED,
        "found": shown,
        "lines": [_line(row) for row in shown],
        "known": found.rows.filter(problems__0__code=Reason.ALREADY_THERE.value).count(),
        "total": found.accepted + found.refused,
    }


def _line(row: PlanImportRow) -> dict[str, object]:
    """Return one row as the table shows it; what refuses it is said in the reader's language."""
    problems = [Problem.from_dict(kept) for kept in row.problems]
    fields = row.fields
    who = (fields.get("organisation"), fields.get("head"))
    times = (fields.get("start"), fields.get("due"))
    return {
        "row": row,
        "title": fields.get("title") or fields.get("number", ""),
        "who": ", ".join(dict.fromkeys(one for one in who if one)),
        "when": fields.get("due_note") or "–".join(one for one in times if one),
        "more": [
            (COLUMN_NAMES[Column(name)], words)
            for name, words in fields.items()
            if name not in {"title", "organisation", "head", "start", "due", "due_note", "number"}
        ],
        "problems": [
            (COLUMN_NAMES.get(Column(one.column)) if one.column else "", one.text) for one in problems
        ],
        "needs_nothing": bool(problems) and all(one.reason in NOTHING_TO_MEND for one in problems),
    }


@require_POST
def choose_columns(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Take what each column says, and have every row looked at."""
    found = queries.plan_import(request.user, key, pk)
    if found.state not in {ImportState.COLUMNS, ImportState.CHECKED}:
        messages.error(request, _("Lần nhập này đã sang bước khác. Xem lại trang này."))
        return redirect("campaigns:plan_import", key, pk)
    sent = request.POST.dict()
    try:
        choice = choice_of(found, sent)
        actions.choose_columns(actor=request.user, plan_import=found, choice=choice)
    except ConflictError as error:
        messages.error(request, error.message)
    except LoaError as error:
        context = {
            "campaign": found.campaign,
            "plan_import": found,
            "states": ImportState,
            "page": columns_page(found, sent.get("bang", ""), sent),
            "error": error.message,
        }
        return render(request, "campaigns/importing/plan_import.html", context, status=400)
    return redirect("campaigns:plan_import", key, pk)


@require_POST
def confirm_import(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Have the accepted rows added."""
    found = queries.plan_import(request.user, key, pk)
    try:
        actions.confirm_import(actor=request.user, plan_import=found)
    except ConflictError as error:
        messages.error(request, error.message)
    return redirect("campaigns:plan_import", key, pk)


@require_POST
def drop_import(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """End an import; nothing is added."""
    found = queries.plan_import(request.user, key, pk)
    try:
        actions.drop_import(actor=request.user, plan_import=found)
    except ConflictError as error:
        messages.error(request, error.message)
        return redirect("campaigns:plan_import", key, pk)
    messages.success(request, _("Đã bỏ tệp %(name)s. Kế hoạch không đổi.") % {"name": found.file_name})
    return redirect("campaigns:import_plan", key)


@require_GET
def export_plan(request: AuthenticatedHttpRequest, key: str) -> HttpResponseBase:
    """Give the plan as .xlsx, which can be imported again; a large one as the worker wrote it."""
    campaign = plan.campaign(request.user, key)
    name = f"ke-hoach-{campaign.key}.xlsx"
    if campaign.activities.count() <= exporting.AT_ONCE:
        return FileResponse(BytesIO(to_xlsx(campaign)), as_attachment=True, filename=name, content_type=TYPE)
    path = exporting.path_of(campaign.pk, request.user.pk)
    if WRITTEN not in request.GET or not path.exists():  # the page says of when the file is
        return redirect("campaigns:large_export", key)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=TYPE)


@require_http_methods(["GET", "POST"])
def large_export(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Have a large plan written by the worker, and say how far it is."""
    campaign = plan.campaign(request.user, key)
    if request.method == "POST":
        exporting.begin_export(actor=request.user, campaign=campaign)
        return redirect("campaigns:large_export", key)
    work = job(exporting.job_key(campaign.pk, request.user.pk))
    made_at = exporting.made_at(campaign, request.user)
    context = {
        "campaign": campaign,
        "made_at": made_at,
        "file_url": f"{reverse('campaigns:export_plan', args=[key])}?{WRITTEN}",
        "job": work if work and work.is_open else None,
        "error": work.error if work and not made_at else "",
    }
    return render(request, "campaigns/importing/large_export.html", context)
