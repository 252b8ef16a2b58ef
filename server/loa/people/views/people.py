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
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.listings import managed_grant, managed_people, managed_person
from loa.people.models import Person
from loa.people.queries import organisations_for
from loa.people.rules import PERMISSION_NAMES, PERMISSIONS, ROLE_NAMES, Permission
from loa.people.views.guard import manages_settings

MANAGE = Permission.SETTINGS_MANAGE


def _role_table() -> list[dict[str, object]]:
    return [
        {"name": ROLE_NAMES[role], "may": [PERMISSION_NAMES[p] for p in Permission if p in permissions]}
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
def add_person(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Add somebody with a first role."""
    form = PersonForm(posted(request), organisations=organisations_for(request.user, MANAGE))
    if form.is_valid():
        try:
            added = actions.add_person(actor=request.user, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã thêm %(name)s.") % {"name": added.full_name})
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
    }
    return render(request, "people/person.html", context)


@manages_settings
@require_GET
def person(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show one person's roles and posts."""
    return _page(request, managed_person(request.user, pk, localdate(clock.now())))


@manages_settings
@require_POST
def grant_role(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Give a person one more role."""
    found = managed_person(request.user, pk, localdate(clock.now()))
    form = RoleForm(request.POST, organisations=organisations_for(request.user, MANAGE))
    if form.is_valid():
        actions.grant_role(actor=request.user, person=found, **form.cleaned_data)
        messages.success(request, _("Đã giao vai trò cho %(name)s.") % {"name": found.full_name})
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
@require_POST
def reset_password(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Give somebody who forgot his password a new one."""
    found = managed_person(request.user, pk, localdate(clock.now()))
    form = ResetPasswordForm(request.POST)
    if form.is_valid():
        try:
            actions.reset_password(actor=request.user, person=found, password=form.cleaned_data["password"])
        except actions.PersonError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã đặt mật khẩu mới cho %(name)s.") % {"name": found.full_name})
            return redirect("people_settings:person", pk)
    return _page(request, found, password_form=form)
