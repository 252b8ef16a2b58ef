# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the plan above proposes, decided one by one or all at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from loa.campaigns import actions, history, levels, queries
from loa.campaigns.entering.fields import PostChoice, WholeField, choose_from
from loa.campaigns.entering.frame import context_of
from loa.campaigns.levels import PartProposal, Proposal, ProposalKind
from loa.campaigns.models import Campaign
from loa.campaigns.queries import posts_for
from loa.config.errors import LoaError, NotFoundError, PermissionDeniedError
from loa.people.http import AuthenticatedHttpRequest
from loa.people.plain_forms import PlainForm
from loa.people.rules import Permission

KIND_NAMES: dict[ProposalKind, str | Promise] = {
    ProposalKind.ADD: gettext_lazy("Việc mới"),
    ProposalKind.CHANGE: gettext_lazy("Đổi"),
    ProposalKind.CANCEL: gettext_lazy("Bỏ"),
}
WORK, PART = "viec", "phan"
SHOWN = 50  # activities on the page
TOLD = 5  # refusals that are told one by one
Posts = list[tuple[Any, Any]]
Work = dict[str, Proposal]  # by the id of the activity above


class TakeForm(PlainForm):
    """Who answers below for a proposed activity, and which share of it is this plan's."""

    accountable_post = PostChoice(
        label=gettext_lazy("Chức danh chịu trách nhiệm"), empty_label=gettext_lazy("Chọn một chức danh")
    )
    quantity = WholeField(
        label=gettext_lazy("Phần của cơ quan"), required=False, min_value=1, max_value=10_000_000
    )


class AllForm(PlainForm):
    """Who answers for every new activity that is accepted at once."""

    default_post = PostChoice(
        label=gettext_lazy("Chức danh chịu trách nhiệm mọi việc mới"),
        required=False,
        empty_label=gettext_lazy("Chưa nhận việc mới"),
        help_text=gettext_lazy(
            "Để trống thì chỉ nhận các thay đổi, việc mới chờ bạn chọn người. Đổi được sau ở từng việc."
        ),
    )


@dataclass(frozen=True)
class Change:
    """One field that differs above, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Row:
    """One proposal as the page shows it.

    Args:
        name: what its decision is sent with ("viec-12", "phan-phase:truoc").
        form: who answers for it; only where an activity is added.
    """

    name: str
    kind: ProposalKind
    kind_name: str | Promise
    title: str
    changes: tuple[Change, ...]
    form: TakeForm | None


def _words(value: Any) -> str:
    if isinstance(value, str) and len(value) == 10 and value[4:5] == "-":
        day = date.fromisoformat(value)
        return f"{day.day:02d}/{day.month:02d}/{day.year}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {count}" for key, count in value.items())
    return _("chưa ghi") if value in (None, "", []) else str(value)


def _changes(changed: dict[str, list[Any]]) -> tuple[Change, ...]:
    """Return changes of a proposal in words; those without words for people are left out."""
    hidden = {"is_gone", "key_messages"}
    names = {**history.FIELDS, "words": gettext_lazy("lời")}
    return tuple(
        Change(
            str(names.get(name, name)),
            history.words_of(name, old, _words),
            history.words_of(name, new, _words),
        )
        for name, (old, new) in changed.items()
        if name not in hidden
    )


def _work_row(campaign: Campaign, one: Proposal, posts: Posts) -> Row:
    name = f"{WORK}-{one.upper_activity.pk}"
    form = None
    if one.kind == ProposalKind.ADD:
        form = TakeForm(prefix=name)
        form.fields["accountable_post"].choices = posts  # type: ignore[attr-defined]
    return Row(name, one.kind, KIND_NAMES[one.kind], one.upper_activity.title, _changes(one.changes), form)


def _part_row(one: PartProposal) -> Row:
    title = str(one.upper or one.own)
    return Row(f"{PART}-{one.key}", one.kind, KIND_NAMES[one.kind], title, _changes(one.changes), None)


@dataclass(frozen=True)
class Open:
    """What the plan above proposes and nobody decided: phases and messages first."""

    parts: list[PartProposal]
    work: list[Proposal]

    @property
    def total(self) -> int:
        return len(self.parts) + len(self.work)

    @property
    def new_work(self) -> int:
        """Return how many activities wait for somebody who answers for them."""
        return sum(one.kind == ProposalKind.ADD for one in self.work)

    def names(self, *, with_new: bool) -> list[str]:
        """Return what decisions on all of them are sent with; new work only where somebody takes it."""
        work = [one for one in self.work if with_new or one.kind != ProposalKind.ADD]
        return [f"{PART}-{one.key}" for one in self.parts] + [
            f"{WORK}-{one.upper_activity.pk}" for one in work
        ]


def open_proposals(campaign: Campaign) -> Open:
    """Return what is open. Some eight queries, however much that is."""
    return Open(levels.part_proposals(campaign), levels.proposals(campaign))


@require_GET
def proposals(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show what the plan above proposes; the first ones, for every new activity brings its own choice of posts."""
    campaign = queries.campaign(request.user, key)
    found = open_proposals(campaign)
    every = AllForm()
    choose_from(every, "default_post", posts_for(campaign))
    none, *posts = every.fields["default_post"].choices  # type: ignore[attr-defined]
    every.fields["default_post"].choices = [none, *posts]  # type: ignore[attr-defined]
    posts.insert(0, ("", _("Chọn một chức danh")))
    rows = [_part_row(one) for one in found.parts] + [
        _work_row(campaign, one, posts) for one in found.work[:SHOWN]
    ]
    context = context_of(
        request, campaign, rows=rows, found=found, more=found.total - len(rows), all_form=every
    )
    return render(request, "campaigns/entering/proposals.html", context)


def _take(request: AuthenticatedHttpRequest, campaign: Campaign, one: Proposal) -> actions.Take | None:
    """Return who takes a proposed activity; None where nobody is needed.

    Raises:
        PlanError: nobody was chosen.
    """
    if one.kind != ProposalKind.ADD:
        return None
    prefix = f"{WORK}-{one.upper_activity.pk}"
    sent = request.POST.copy()
    sent.setdefault(f"{prefix}-accountable_post", request.POST.get("default_post", ""))
    form = TakeForm(sent, prefix=prefix)
    choose_from(form, "accountable_post", posts_for(campaign))
    if not form.is_valid():
        raise actions.PlanError(
            _("%(title)s: chọn một chức danh chịu trách nhiệm.") % {"title": one.upper_activity.title}
        )
    return actions.Take(upper_activity=one.upper_activity, **form.cleaned_data)


def _decide(
    request: AuthenticatedHttpRequest, campaign: Campaign, name: str, work: Work, *, is_accepted: bool
) -> None:
    kind, _dash, key = name.partition("-")
    note = request.POST.get("note", "")
    if kind == PART:
        if is_accepted:
            actions.accept_part(actor=request.user, campaign=campaign, key=key)
        else:
            actions.decline_part(actor=request.user, campaign=campaign, key=key, note=note)
        return
    one = work.get(key)
    if one is None:
        raise NotFoundError(_("Đề nghị này đã được quyết định hoặc cấp trên đã rút."))
    upper = one.upper_activity
    if is_accepted:
        take = _take(request, campaign, one)
        actions.accept_proposal(actor=request.user, campaign=campaign, upper_activity=upper, take=take)
    else:
        actions.decline_proposal(actor=request.user, campaign=campaign, upper_activity=upper, note=note)


def _decide_each(
    request: AuthenticatedHttpRequest, campaign: Campaign, names: Iterable[str], *, is_accepted: bool
) -> None:
    """Decide on each proposal by itself and say how many were; what is refused says why and stays."""
    done, refused = 0, []
    work = {str(one.upper_activity.pk): one for one in levels.proposals(campaign)}
    for name in names:
        try:
            _decide(request, campaign, name, work, is_accepted=is_accepted)
            done += 1
        except PermissionDeniedError:
            raise
        except LoaError as error:
            refused.append(error.message)
    if done:
        said = _("Đã nhận %(count)s đề nghị.") if is_accepted else _("Không nhận %(count)s đề nghị.")
        messages.success(request, said % {"count": done})
    for sentence in refused[:TOLD]:
        messages.error(request, sentence)
    if len(refused) > TOLD:
        messages.error(request, _("Còn %(count)s đề nghị chưa nhận được.") % {"count": len(refused) - TOLD})


@require_POST
def decide(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Accept or decline one proposal, or accept all; new activities only where a post was chosen for them."""
    campaign = queries.campaign(request.user, key, Permission.PLAN_EDIT)
    if "all" in request.POST:
        names = open_proposals(campaign).names(with_new=bool(request.POST.get("default_post")))
        _decide_each(request, campaign, names, is_accepted=True)
    elif name := request.POST.get("accept", ""):
        _decide_each(request, campaign, [name], is_accepted=True)
    elif name := request.POST.get("decline", ""):
        _decide_each(request, campaign, [name], is_accepted=False)
    return redirect("campaigns:proposals", key)
