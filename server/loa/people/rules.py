# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which role may do what: one table, shown in docs/roles.md and held to it by a test."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loa.people.models import Role


class Permission(StrEnum):
    """A thing that somebody may do at an organisation and in the areas that it serves."""

    VIEW = "view"
    PLAN_EDIT = "plan.edit"
    MESSAGE_WRITE = "message.write"
    MESSAGE_SUBMIT = "message.submit"
    RELEASE_SIGN = "release.sign"
    RELEASE_WITHDRAW = "release.withdraw"
    RELEASE_EMERGENCY = "release.emergency"
    BREAK_GLASS = "release.break_glass"
    PLACEMENT_MAKE = "placement.make"
    DEVICE_VIEW = "device.view"
    DEVICE_MANAGE = "device.manage"
    SETTINGS_MANAGE = "settings.manage"
    AUDIT_VIEW = "audit.view"


P = Permission
_EVERYONE = frozenset({P.VIEW, P.DEVICE_VIEW})

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _EVERYONE,
    Role.PLANNER: _EVERYONE | {P.PLAN_EDIT},
    Role.EDITOR: _EVERYONE | {P.MESSAGE_WRITE, P.MESSAGE_SUBMIT, P.PLACEMENT_MAKE},
    Role.APPROVER: _EVERYONE | {P.RELEASE_SIGN, P.RELEASE_WITHDRAW},
    Role.EMERGENCY: _EVERYONE | {P.RELEASE_EMERGENCY, P.RELEASE_WITHDRAW},
    Role.BREAK_GLASS: _EVERYONE | {P.RELEASE_EMERGENCY, P.RELEASE_WITHDRAW, P.BREAK_GLASS},
    Role.DEVICE_KEEPER: _EVERYONE | {P.DEVICE_MANAGE},
    Role.ADMINISTRATOR: _EVERYONE | {P.SETTINGS_MANAGE, P.AUDIT_VIEW},
}

# Who alone could give these could alone let something sound: a role that holds one of them takes two people.
SIGNING = frozenset({P.RELEASE_SIGN, P.RELEASE_EMERGENCY, P.BREAK_GLASS})
TWO_PEOPLE = SIGNING | {P.RELEASE_WITHDRAW, P.SETTINGS_MANAGE}
NOT_WHILE_AWAY = SIGNING  # what somebody on leave cannot do

ROLE_NAMES: Mapping[Role, str | Promise] = {
    Role.VIEWER: _("Người xem"),
    Role.PLANNER: _("Người lập kế hoạch"),
    Role.EDITOR: _("Biên tập"),
    Role.APPROVER: _("Người duyệt"),
    Role.EMERGENCY: _("Người duyệt khẩn cấp"),
    Role.BREAK_GLASS: _("Trực khẩn cấp"),
    Role.DEVICE_KEEPER: _("Người giữ thiết bị"),
    Role.ADMINISTRATOR: _("Quản trị"),
}

PERMISSION_NAMES: Mapping[Permission, str | Promise] = {
    P.VIEW: _("xem"),
    P.PLAN_EDIT: _("lập và sửa kế hoạch"),
    P.MESSAGE_WRITE: _("viết và sửa tin"),
    P.MESSAGE_SUBMIT: _("gửi duyệt"),
    P.RELEASE_SIGN: _("ký duyệt phát hành"),
    P.RELEASE_WITHDRAW: _("thu hồi"),
    P.RELEASE_EMERGENCY: _("ký tin khẩn cấp"),
    P.BREAK_GLASS: _("một mình phát hành khẩn cấp"),
    P.PLACEMENT_MAKE: _("đặt lịch"),
    P.DEVICE_VIEW: _("xem thiết bị"),
    P.DEVICE_MANAGE: _("quản lý thiết bị"),
    P.SETTINGS_MANAGE: _("sửa thiết lập"),
    P.AUDIT_VIEW: _("xem nhật ký"),
}


def allows(role: str, permission: Permission | str) -> bool:
    """Say whether a role holds a permission.

    Raises:
        ValueError: there is no such role or permission.
    """
    return Permission(permission) in PERMISSIONS[Role(role)]


def roles_with(permission: Permission | str) -> list[Role]:
    """Return the roles that hold a permission, in the order of the table."""
    return [role for role in Role if allows(role, permission)]


def needs_two(role: str) -> bool:
    """Say whether a role is proposed by one administrator and confirmed by a second one.

    Raises:
        ValueError: there is no such role.
    """
    return bool(PERMISSIONS[Role(role)] & TWO_PEOPLE)


def signing_roles() -> list[Role]:
    """Return the roles that can sign something, in the order of the table."""
    return [role for role in Role if PERMISSIONS[role] & SIGNING]
