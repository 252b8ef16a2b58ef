# SPDX-License-Identifier: AGPL-3.0-or-later
"""What this app hangs into the frame: the bell, and one's own settings in the person's menu."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from loa.notices.queries import count_open
from loa.people.models import Person
from loa.ui.frame import Bell, MenuItem, register_bell, register_menu_item


def _count(request: HttpRequest) -> int:
    return count_open(request.user) if isinstance(request.user, Person) else 0


def register() -> None:
    """Register once, when Django starts."""
    register_bell(Bell(_("Thông báo"), "notices:listing", _count))
    register_menu_item(MenuItem(_("Cách nhận thông báo"), "bell", "notices:ways", 15))
