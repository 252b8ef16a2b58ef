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

TWO = """
## Who grants a role

A role that can release, withdraw or manage settings is *proposed* by one administrator and *confirmed* by a second
one within {days} days; neither is the person who gets it. An administrator of an organisation above counts, so a small
commune asks its province. Until then the role gives nothing and stands under *Chờ người thứ hai* in the settings.
Ending a role takes one administrator and works with the next request.

| role | granted by |
| --- | --- |
{rows}
- **The first two administrators** are added on the machine with `loa setup`, one after the other; the command then
  refuses. Two of them are needed before anybody can become an approver.
- **A demo** makes its sample people itself. The rule holds there too; only signing in is weaker (password alone).
- **A lost passkey**: its person, or an administrator at *Thiết lập → Người → Đăng nhập*, marks it lost; it ends
  at once. Whoever has nothing left to sign in with gets a *new beginning*, by two administrators as above: passkeys,
  codes, sessions and password end, the roles that take two are granted anew by these two, and the second one hands
  over a password for the first sign-in.
  When no two other administrators are left, the operator does it on the machine with `loa recover`.
- **On leave** somebody still signs in and reads, but signs no release. **A deputy** gets the roles that the holder of
  the post has at the post's organisation, from day to day, each by two people where the role takes two.
- **What is dangerous** (roles, passkeys, codes, other people's sessions, deputies) asks for the passkey, or for
  password and code, again when that was more than {minutes} minutes ago.
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
    return TITLE + "\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in lines) + _two()


def _two() -> str:
    """Return the part about granting."""
    from loa.people.actions.proposals import LASTS
    from loa.people.fresh import MINUTES
    from loa.people.models import Role
    from loa.people.rules import ROLE_NAMES, needs_two

    rows = [
        f"| {role.value}, {ROLE_NAMES[role]} | {'two administrators' if needs_two(role) else 'one'} |\n"
        for role in Role
    ]
    return TWO.format(rows="".join(rows), days=LASTS.days, minutes=MINUTES)


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
