# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings: how many people release what an organisation says; two administrators change it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.config.errors import LoaError, NotFoundError
from loa.people.fresh import fresh_verification
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.queries import access_organisation, organisations_for, require
from loa.people.rules import Permission
from loa.releases import actions
from loa.releases.actions.policies import nearest_policy
from loa.releases.models import PolicyProposal, ProposalOutcome
from loa.releases.policy_forms import OfficersForm, PolicyForm, possible_partners, starting_answers
from loa.releases.policy_pages import policy_lines, sentence_of, sentence_of_proposal


@require_GET
def policies(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the organisations whose settings the reader manages, with the policy that holds there."""
    require(request.user, Permission.SETTINGS_MANAGE)
    lines = policy_lines(organisations_for(request.user, Permission.SETTINGS_MANAGE))
    return render(request, "releases/policies.html", {"lines": lines})


@fresh_verification()
@never_cache
@require_http_methods(["GET", "POST"])
def policy(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show which policy holds, propose one that suits the office, and take a proposal."""
    organisation = access_organisation(request.user, pk, Permission.SETTINGS_MANAGE)
    held = nearest_policy(organisation)
    asked = OfficersForm(request.GET or None)
    officers = asked.cleaned_data["officers"] if asked.is_valid() else None
    has_partner = possible_partners(organisation).exists()
    initial = starting_answers(held, officers, has_partner=has_partner)
    form = PolicyForm(posted(request), organisation=organisation, initial=initial)
    if form.is_valid():
        try:
            actions.propose_policy(actor=request.user, organisation=organisation, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã đề nghị. Cách ký đổi khi một người quản trị khác đồng ý."))
            return redirect("releases:policy", pk=pk)
    waiting = _waiting(organisation.pk)
    context = {
        "organisation": organisation,
        "held": sentence_of(held) if held else "",
        "policy": held,
        "is_inherited": held is not None and held.organisation_id != organisation.pk,
        "asked": asked,
        "officers": officers,
        "form": form,
        "waiting": waiting,
        "wanted": sentence_of_proposal(waiting) if waiting else "",
        "is_own": waiting is not None and waiting.proposed_by_id == request.user.pk,
    }
    return render(request, "releases/policy.html", context, status=400 if form.errors else 200)


@fresh_verification()
@never_cache
@require_POST
def confirm_policy(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Let a proposed policy hold, as the second administrator."""
    proposal = _proposal(request, pk)
    actions.confirm_policy(actor=request.user, proposal=proposal)
    messages.success(request, _("Đã đồng ý. Tin gửi duyệt từ bây giờ theo cách ký này."))
    return redirect("releases:policy", pk=proposal.organisation_id)


@never_cache
@require_POST
def refuse_policy(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Refuse a proposed policy, or take one's own back."""
    proposal = _proposal(request, pk)
    actions.refuse_policy(actor=request.user, proposal=proposal)
    messages.success(request, _("Đã bỏ đề nghị. Cách ký vẫn như cũ."))
    return redirect("releases:policy", pk=proposal.organisation_id)


def _waiting(organisation_pk: int) -> PolicyProposal | None:
    found = PolicyProposal.objects.filter(organisation=organisation_pk, outcome=ProposalOutcome.WAITING)
    return found.select_related("proposed_by").prefetch_related("partners").first()


def _proposal(request: AuthenticatedHttpRequest, pk: int) -> PolicyProposal:
    """Return a proposal of an organisation that the reader manages.

    Raises:
        NotFoundError: it is not there, or elsewhere.
        PermissionDeniedError: the reader sees the organisation but does not manage it.
    """
    found = PolicyProposal.objects.filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("Không có đề nghị này."))
    access_organisation(request.user, found.organisation_id, Permission.SETTINGS_MANAGE)
    return found
