# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first administrator of an installation, whom nobody there can add; the operator does, on the machine."""

from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.actions import load_official_units
from loa.areas.models import Area
from loa.audit.actor import SYSTEM
from loa.config.errors import ConflictError, NotFoundError
from loa.people.actions.organisations import add_organisation
from loa.people.actions.people import add_person
from loa.people.models import OrganisationKind, Person, Role, RoleGrant


def add_first_administrator(
    *, area_code: str, organisation: str, username: str, full_name: str, password: str
) -> Person:
    """Load the official units, add the authority of one of them and its administrator.

    Args:
        area_code: official code of the commune or province that the authority serves.

    Raises:
        ConflictError: the installation has an administrator already, who adds the others.
        NotFoundError: there is no such unit.
        PersonError: a name is missing or the password is too weak.
    """
    if RoleGrant.objects.filter(role=Role.ADMINISTRATOR, until=None, person__is_active=True).exclude(
        person__username__startswith="selftest-"
    ):
        raise ConflictError(
            _("Máy này đã có người quản trị. Người đó thêm người khác ở trang Thiết lập. Chưa đổi gì.")
        )
    with transaction.atomic():
        load_official_units()
        area = Area.objects.filter(code=area_code).first()
        if area is None:
            raise NotFoundError(
                _("Không có đơn vị hành chính mã %(code)s. Tra mã xã trong danh mục chính thức, ví dụ 06895.")
                % {"code": area_code}
            )
        authority = add_organisation(
            actor=SYSTEM, name=organisation, kind=OrganisationKind.AUTHORITY, area=area
        )
        return add_person(
            actor=SYSTEM,
            username=username,
            full_name=full_name,
            password=password,
            organisation=authority,
            role=Role.ADMINISTRATOR,
        )
