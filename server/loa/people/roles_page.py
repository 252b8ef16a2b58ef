# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write docs/roles.md from the table in ``rules``: ``python -m loa.people.roles_page > docs/roles.md``."""

import os
import sys

TITLE = """# Roles

Generated from `server/loa/people/rules.py` (`python -m loa.people.roles_page > docs/roles.md`); a test holds
this page to the table.

A role is granted at an organisation, with a beginning and an end. It covers that organisation, those below it
in the tree of organisations, and the areas that each of them serves, with every commune and village inside.
Nobody changes his own roles, and there is no superuser. Who may *sign* is narrower than the role: the signed
approvers list of the commune decides, on the server and on each device.
"""


def page() -> str:
    """Return the page as Markdown."""
    from loa.people.models import Role
    from loa.people.rules import PERMISSION_NAMES, ROLE_NAMES, Permission, allows

    head = ["permission", "in the console", *(f"{role.value}<br>{ROLE_NAMES[role]}" for role in Role)]
    rows = [
        [
            f"`{permission}`",
            str(PERMISSION_NAMES[permission]),
            *("✓" if allows(role, permission) else "" for role in Role),
        ]
        for permission in Permission
    ]
    lines = [head, ["---"] * 2 + [":---:"] * len(Role), *rows]
    return TITLE + "\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main() -> None:
    """Print the page."""
    import django
    from django.utils import translation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loa.config.settings")
    django.setup()
    with translation.override("vi"):
        sys.stdout.write(page())


if __name__ == "__main__":
    main()
