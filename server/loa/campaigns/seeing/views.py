# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages over a plan's activities. Each opens the campaign, asks its query and renders."""

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loa.campaigns import rollup
from loa.campaigns.models import ActivityState
from loa.campaigns.queries import phases_of
from loa.campaigns.rules import STATE_NAMES
from loa.campaigns.seeing import gantt as gantts
from loa.campaigns.seeing import workload as workloads
from loa.campaigns.seeing.levels import lower_levels
from loa.campaigns.seeing.lines import selected, work_lines
from loa.campaigns.seeing.matrix import matrix as matrix_of
from loa.campaigns.seeing.pages import Choice, FilterForm, Opened, narrowings, opened, shows
from loa.campaigns.seeing.places import by_place, on_map
from loa.campaigns.seeing.rows import OWN_LEVEL
from loa.campaigns.seeing.timeline import phase_line
from loa.campaigns.seeing.wall import wall as wall_of
from loa.people.http import AuthenticatedHttpRequest

A_PAGE = 50
A_COLUMN = 15  # cards of one state; the others are behind a link
PLACES_A_PAGE = 50


@require_GET
def activities(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show the activities with who answers for each, filtered and sorted as the address says."""
    page = opened(request, key)
    found = page.paged(selected(page.rows, request.GET.get("sap-xep", "")), A_PAGE)
    context = page.context(
        "activities",
        tally=rollup.tally_of(page.seen.rows, page.today),
        found=found,
        lines=work_lines(found.object_list, page.today),
    )
    if request.htmx:
        return render(request, "campaigns/seeing/list.html", context)
    context |= {
        "shows": shows(page, "activities", context["tally"]),
        "form": FilterForm(page),
        "narrowings": narrowings(page, "activities"),
    }
    return render(request, "campaigns/seeing/activities.html", context)


def _seen(page: Opened, here: str, **more: Any) -> dict[str, Any]:
    """Return what a page shows that sums up the rows it keeps."""
    tally = rollup.tally_of(page.rows, page.today)
    return page.context(here, tally=tally, narrowings=narrowings(page, here), **more)


@require_GET
def board(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show the activities by state, the first few of each."""
    page = opened(request, key)
    counts = dict(page.rows.order_by().values_list("state").annotate(Count("pk")))
    columns = []
    for state in (one for one in ActivityState if one != ActivityState.CANCELLED):
        rows = selected(page.rows.filter(state=state))[:A_COLUMN] if counts.get(state) else []
        columns.append((state, STATE_NAMES[state], counts.get(state, 0), list(rows)))
    lines = work_lines([row for column in columns for row in column[3]], page.today)
    by_id = {one.activity.pk: one for one in lines}
    context = _seen(
        page,
        "board",
        columns=[
            {
                "state": state,
                "name": name,
                "count": count,
                "cards": [by_id[row.pk] for row in rows],
                "more": count - len(rows),
                "url": page.address("activities", page.chosen.but(state=state.value)),
            }
            for state, name, count, rows in columns
        ],
    )
    return render(request, "campaigns/seeing/board.html", context)


@require_GET
def gantt(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show the activities on a line of time; many of them as their groups until one is chosen."""
    page = opened(request, key)
    grouping = request.GET.get("nhom", "")
    grouping = grouping if grouping in gantts.GROUPS else gantts.GROUPS[0]
    if grouping == "cap" and not page.seen.has_lower:
        grouping = gantts.GROUPS[0]
    field = gantts.FIELDS[grouping]
    phases = list(phases_of(page.campaign))
    axis = gantts.axis_of(page.rows, page.today)
    context = _seen(
        page, "gantt", axis=axis, mark=axis.mark(page.today), groupings=_groupings(page, grouping)
    )
    if not getattr(page.chosen, field) and context["tally"].total > gantts.ALL_AT_ONCE:
        found = page.paged(gantts.groups_of(page.rows, grouping, phases, page.today), gantts.GROUPS_A_PAGE)
        names = {phase.key: phase.name for phase in phases} if grouping == "giai-doan" else {}
        groups = [gantts.group(row, axis, names) for row in found]
        context["groups"] = [
            (one, page.address("gantt", page.chosen.but(**{field: one.key}), nhom=grouping)) for one in groups
        ]
    else:
        found = page.paged(gantts.ordered(page.rows, grouping), gantts.ROWS_A_PAGE)
        context["sections"] = gantts.sections(list(found), grouping, phases, axis, page.today)
    context["found"] = found
    return render(request, "campaigns/seeing/gantt.html", context)


def _groupings(page: Opened, here: str) -> list[Choice]:
    names = [("giai-doan", _("Theo giai đoạn")), ("co-quan", _("Theo cơ quan"))]
    if page.seen.has_lower:
        names.append(("cap", _("Theo nơi thực hiện")))
    return [Choice(words, page.address("gantt", nhom=key), key == here) for key, words in names]


@require_GET
def plan_map(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show where work is done and where it is late, as a map with its table."""
    page = opened(request, key)
    lines = by_place(page.campaign, page.rows, page.today)
    own = next((line for line in lines if line.key == page.campaign.area.code), None)
    context = _seen(page, "plan_map", villages=on_map(page.seen, page.chosen, lines), own=own)
    if own is not None:
        context["own_url"] = page.address("activities", page.chosen.but(area=own.key))
    return render(request, "campaigns/seeing/map.html", context)


@require_GET
def matrix(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show which place works on which channel."""
    page = opened(request, key)
    table = matrix_of(page.seen, page.rows, page.today)
    found = page.paged(table.places, PLACES_A_PAGE)
    rows = [(area, table.row(area, page.chosen)) for area in found]
    return render(
        request, "campaigns/seeing/matrix.html", _seen(page, "matrix", table=table, rows=rows, found=found)
    )


@require_GET
def workload(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show what each post answers for, and when it is due."""
    page = opened(request, key)
    found = page.paged(workloads.counts(page.rows, page.today), A_PAGE)
    loads = [
        (one, page.address("activities", page.chosen.but(post=one.post.pk)))
        for one in workloads.loads(list(found), page.today)
    ]
    return render(
        request, "campaigns/seeing/workload.html", _seen(page, "workload", loads=loads, found=found)
    )


@require_GET
def levels(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show the campaigns that carry this one out below, each with its work; together they are the whole."""
    page = opened(request, key)
    found = page.paged(lower_levels(page.seen, page.rows, page.today), A_PAGE)
    own = page.address("activities", page.chosen.but(level=OWN_LEVEL))
    return render(request, "campaigns/seeing/levels.html", _seen(page, "levels", found=found, own=own))


@require_GET
def wall(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show one large screen for the weekly meeting: no controls, it renews itself."""
    page = opened(request, key)
    context = {
        "campaign": page.campaign,
        "wall": wall_of(page.seen, page.today),
        "line": phase_line(list(phases_of(page.campaign)), page.today),
        "today": page.today,
    }
    template = "wall_screen" if request.htmx else "wall"
    return render(request, f"campaigns/seeing/{template}.html", context)
