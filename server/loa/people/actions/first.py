# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first two administrators of an installation, whom nobody there can add; the operator does, on the machine."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.areas.actions import load_official_units
from loa.areas.folding import nfc
from loa.areas.models import Area
from loa.audit.actor import SYSTEM
from loa.config.errors import ConflictError, NotFoundError
from loa.people.actions.organisations import add_organisation
from loa.people.actions.people import add_person
from loa.people.actions.recovery import begin_anew
from loa.people.models import Organisation, OrganisationKind, Person, Role, RoleGrant

AT_MOST = 2  # what takes two people needs two; these add all others


def administrators() -> QuerySet[Person]:
    """Return everybody who manages settings somewhere, but those of the self-test."""
    grants = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, until=None)
    return (
        Person.objects.filter(is_active=True, grants__in=grants)
        .exclude(username__startswith="selftest-")
        .distinct()
    )


def add_first_administrator(
    *, area_code: str, organisation: str, username: str, full_name: str, password: str
) -> Person:
    """Load the official units, add the authority of one of them and its administrator; then its second one.

    Args:
        area_code: official code of the commune or province that the authority serves.

    Raises:
        ConflictError: the installation has two administrators already, who add the others.
        NotFoundError: there is no such unit.
        PersonError: a name is missing or the password is too weak.
    """
    if administrators().count() >= AT_MOST:
        raise ConflictError(
            _("Máy này đã có hai người quản trị. Họ thêm người khác ở trang Thiết lập. Chưa đổi gì.")
        )
    with transaction.atomic():
        load_official_units()
        area = Area.objects.filter(code=area_code).first()
        if area is None:
            raise NotFoundError(
                _("Không có đơn vị hành chính mã %(code)s. Tra mã xã trong danh mục chính thức, ví dụ 06895.")
                % {"code": area_code}
            )
        return add_person(
            actor=SYSTEM,
            username=username,
            full_name=full_name,
            password=password,
            organisation=_authority(area, organisation),
            role=Role.ADMINISTRATOR,
        )


def first_authority(area_code: str) -> Organisation | None:
    """Return the authority of the first administrator in an area, or None before there is one."""
    here = Organisation.objects.filter(area__code=area_code, depth=1, grants__person__in=administrators())
    return here.first()


def _authority(area: Area, name: str) -> Organisation:
    """Return the authority of this name in an area, added when it is not there."""
    known = Organisation.objects.filter(area=area, name=nfc(name), depth=1).first()
    return known or add_organisation(actor=SYSTEM, name=name, kind=OrganisationKind.AUTHORITY, area=area)


@transaction.atomic
def begin_anew_on_the_machine(*, username: str) -> str:
    """Let an administrator begin anew as the operator, because there are no two others who could.

    Returns:
        The password for his first sign-in.

    Raises:
        NotFoundError: nobody has this sign-in name.
        ConflictError: two other administrators are there, so they decide it in the console.
    """
    person = Person.objects.filter(username=username.strip().lower(), is_active=True).first()
    if person is None:
        raise NotFoundError(_("Không có người nào tên đăng nhập %(username)s.") % {"username": username})
    if administrators().exclude(pk=person.pk).count() >= AT_MOST:
        raise ConflictError(
            _("Còn hai người quản trị khác. Họ cho bắt đầu lại ở trang Thiết lập. Chưa đổi gì.")
        )
    return begin_anew(actor=SYSTEM, person=person)
