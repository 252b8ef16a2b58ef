# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings: people and their roles."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from loa.config import clock
from loa.config.errors import LoaError
from loa.people import actions
from loa.people.forms import PersonForm, ResetPasswordForm, RoleForm
from loa.people.fresh import fresh_verification
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.listings import managed_grant, managed_people, managed_person
from loa.people.models import Outcome, Person, Proposal
from loa.people.queries import organisations_for
from loa.people.rules import PERMISSION_NAMES, PERMISSIONS, ROLE_NAMES, Permission, needs_two
from loa.people.views.guard import manages_settings

MANAGE = Permission.SETTINGS_MANAGE


def _role_table() -> list[dict[str, object]]:
    return [
        {
            "name": ROLE_NAMES[role],
            "may": [PERMISSION_NAMES[p] for p in Permission if p in permissions],
            "takes_two": needs_two(role),
        }
        for role, permissions in PERMISSIONS.items()
    ]


@manages_settings
@require_GET
def people(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List everybody with a role where the reader manages settings, and what each role may do."""
    listed = managed_people(request.user, localdate(clock.now()))
    return render(request, "people/people.html", {"people": listed, "roles": _role_table()})


@manages_settings
@sensitive_post_parameters("password")
@fresh_verification()
def add_person(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Add somebody with a first role."""
    form = PersonForm(posted(request), organisations=organisations_for(request.user, MANAGE))
    if form.is_valid():
        try:
            added = actions.add_person(actor=request.user, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            waits = added.proposals.exists()
            words = _("Đã thêm %(name)s; vai trò chờ một người quản trị khác đồng ý.")
            messages.success(
                request, (words if waits else _("Đã thêm %(name)s.")) % {"name": added.full_name}
            )
            return redirect("people_settings:person", added.pk)
    return render(request, "people/add_person.html", {"form": form, "roles": _role_table()})


def _page(
    request: AuthenticatedHttpRequest,
    person: Person,
    role_form: RoleForm | None = None,
    password_form: ResetPasswordForm | None = None,
) -> HttpResponse:
    context = {
        "person": person,
        "role_form": role_form or RoleForm(organisations=organisations_for(request.user, MANAGE)),
        "password_form": password_form or ResetPasswordForm(),
        "is_self": person == request.user,
        "waiting": person.proposals.filter(outcome=Outcome.WAITING).select_related(
            "organisation", "proposed_by"
        ),
    }
    return render(request, "people/person.html", context)


@manages_settings
@require_GET
def person(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show one person's roles and posts."""
    return _page(request, managed_person(request.user, pk, localdate(clock.now())))


@manages_settings
@fresh_verification()
@require_POST
def grant_role(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Give a person one more role."""
    found = managed_person(request.user, pk, localdate(clock.now()))
    form = RoleForm(request.POST, organisations=organisations_for(request.user, MANAGE))
    if form.is_valid():
        given = actions.give_role(actor=request.user, person=found, **form.cleaned_data)
        words = _("Đã giao vai trò cho %(name)s.")
        if isinstance(given, Proposal):
            words = _("Đã đề nghị vai trò cho %(name)s. Một người quản trị khác đồng ý thì có hiệu lực.")
        messages.success(request, words % {"name": found.full_name})
        return redirect("people_settings:person", pk)
    return _page(request, found, role_form=form)


@manages_settings
@require_POST
def end_role(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """End a role now."""
    grant = managed_grant(request.user, pk)
    actions.end_role(actor=request.user, grant=grant)
    messages.success(request, _("Đã kết thúc vai trò của %(name)s.") % {"name": grant.person.full_name})
    return redirect("people_settings:person", grant.person_id)


@manages_settings
@sensitive_post_parameters("password")
@fresh_verification()
@require_POST
def reset_password(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Give somebody who forgot his password a new one."""
    found = managed_person(request.user, pk, localdate(clock.now()))
    form = ResetPasswordForm(request.POST)
    if form.is_valid():
        try:
            actions.reset_password(actor=request.user, person=found, password=form.cleaned_data["password"])
        except (actions.PersonError, actions.TwoPeopleError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã đặt mật khẩu mới cho %(name)s.") % {"name": found.full_name})
            return redirect("people_settings:person", pk)
    return _page(request, found, password_form=form)
