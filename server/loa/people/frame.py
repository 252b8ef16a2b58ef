# SPDX-License-Identifier: AGPL-3.0-or-later
"""What this app hangs into the frame of every page: the unit, the settings, the person's menu."""

from django.http import HttpRequest
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from loa.config import clock
from loa.people.models import Person
from loa.people.queries import holdings_of_person, may
from loa.people.rules import Permission
from loa.people.scope import scope
from loa.ui.frame import MenuItem, Place, register_menu_item, register_place, register_post, register_unit


def _unit(request: HttpRequest) -> str:
    """Return the reader's area; the first of several."""
    return scope(request.user).unit if isinstance(request.user, Person) else ""


def _post(request: HttpRequest) -> str:
    if not isinstance(request.user, Person):
        return ""
    held = holdings_of_person(request.user, localdate(clock.now())).first()
    return held.post.title if held else ""


def _manages_settings(request: HttpRequest) -> bool:
    return isinstance(request.user, Person) and may(request.user, Permission.SETTINGS_MANAGE)


def register() -> None:
    """Register everything; called once while Django starts."""
    register_unit(_unit)
    register_post(_post)
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
    register_menu_item(MenuItem(_("Đổi mật khẩu"), "key", "people:change_password", 20))
    register_menu_item(MenuItem(_("Đăng xuất"), "logout", "people:sign_out", 90, is_post=True))
