# SPDX-License-Identifier: AGPL-3.0-or-later
"""What this app hangs into the frame of every page: the unit, the settings, the person's menu."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from loa.people.models import Person, Role
from loa.people.queries import may
from loa.people.rules import ROLE_NAMES, Permission
from loa.people.scope import scope
from loa.ui.frame import MenuItem, Place, register_menu_item, register_place, register_post, register_unit


def _unit(request: HttpRequest) -> str:
    """Return the reader's area; the first of several."""
    return scope(request.user).unit if isinstance(request.user, Person) else ""


def _roles(request: HttpRequest) -> str:
    """Return what the reader may do here, in words: his roles, each once."""
    if not isinstance(request.user, Person):
        return ""
    return ", ".join(dict.fromkeys(str(ROLE_NAMES[Role(one.role)]) for one in scope(request.user).roles))


def _manages_settings(request: HttpRequest) -> bool:
    return isinstance(request.user, Person) and may(request.user, Permission.SETTINGS_MANAGE)


def register() -> None:
    """Register everything; called once while Django starts."""
    register_unit(_unit)
    register_post(_roles)
    register_place(
        Place(
            key="settings",
            name=_("Thiết lập"),
            icon="settings",
            url_name="people_settings:index",
            order=100,
            may_see=_manages_settings,
        )
    )
    register_menu_item(MenuItem(_("Tài khoản của tôi"), "user", "people:account", 10))
    register_menu_item(MenuItem(_("Đăng nhập và khóa"), "fingerprint", "people:security", 15))
    register_menu_item(MenuItem(_("Đổi mật khẩu"), "key", "people:change_password", 20))
    register_menu_item(MenuItem(_("Đăng xuất"), "logout", "people:sign_out", 90, is_post=True))
