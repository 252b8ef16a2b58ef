# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write docs/permissions.md: ``python -m loa.console.tests.permissions.page > docs/permissions.md``."""

import os
import sys
from collections.abc import Iterable

TITLE = """# Who may open and do what

Generated from `server/loa/console/tests/permissions/table.py`
(`python -m loa.console.tests.permissions.page > docs/permissions.md`); tests hold this page to the table, the
table to the URLs, and every answer of the server to the table. An address that is missing fails the tests.

Which roles hold a permission is in [roles.md](roles.md). An *outsider* here holds every role, in another
commune. Each cell says what somebody gets:

| word | meaning |
| --- | --- |
| sees | the page (200), or on to the one that it stands for |
| does | it is done, or the form comes back with what is wrong in it |
| signs in | sent to sign in first (302) |
| refused | 403 with a sentence: he sees the thing but may not do this |
| barred | 409 with a sentence: why he of all people cannot; nothing changed |
| not found | 404, the same as if it were not there |
| – | the address takes no such request (405) |

Where *signing in* is all that an address needs, it still lists only what lies in the reader's own areas. Where
an outsider sees or does something, the address is about no commune: his own lists, something new where he is, or
a device that asks to be let in and so stands nowhere yet.

What holds besides this table: whoever has not signed in is sent to sign in; a POST without the page's own token
is refused, except from devices, which prove with their own key who they are; every answer forbids scripts, styles
and requests other than the server's own; and no answer to an outsider names anything of another commune.
"""

PUBLIC = """
## Without signing in

| address | what |
| --- | --- |
"""

SIGNED_IN = """
## After signing in
"""


def page() -> str:
    """Return the page as Markdown."""
    from loa.console.tests.permissions.addresses import addresses
    from loa.console.tests.permissions.table import TABLE

    known = addresses()
    opened = [
        f"| `{known[name].path}` | {known[name].says} |\n" for name, entry in TABLE.items() if entry.is_public
    ]
    groups: dict[str, list[str]] = {}
    for name, entry in TABLE.items():
        if not entry.is_public:
            groups.setdefault(name.partition(":")[0], []).append(name)
    sections = "".join(_section(app, names) for app, names in groups.items())
    return TITLE + PUBLIC + "".join(opened) + SIGNED_IN + sections


def _section(app: str, names: Iterable[str]) -> str:
    from loa.console.tests.permissions.answers import ANONYMOUS, PARTS

    parts = [part for part in PARTS if part != ANONYMOUS]  # who is sent to sign in everywhere below
    head = ["address", "what it does", "needs", *(part.replace("_", " ") for part in parts)]
    lines = [head, ["---"] * len(head), *(_row(name, parts) for name in names)]
    return f"\n### {app}\n\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _row(name: str, parts: Iterable[str]) -> list[str]:
    from loa.console.tests.permissions.addresses import addresses
    from loa.console.tests.permissions.answers import METHODS
    from loa.console.tests.permissions.table import TABLE

    address, entry = addresses()[name], TABLE[name]
    taken = [method for method in METHODS if entry.takes(method)]
    return [
        f"`{name.partition(':')[2]}`<br>{' '.join(taken)} `{address.path}`",
        address.says,
        _needs(entry.to_see, entry.to_do, taken),
        *(_cell([entry.expected(part, method).value for method in taken]) for part in parts),
    ]


def _needs(to_see: frozenset[str], to_do: frozenset[str], taken: list[str]) -> str:
    """Return the permissions; with both methods and different ones, first to see and then to do."""
    words = {
        method: " or ".join(f"`{one}`" for one in sorted(needs)) or "signing in"
        for method, needs in (("GET", to_see), ("POST", to_do))
        if method in taken
    }
    distinct = list(dict.fromkeys(words.values()))
    return distinct[0] if len(distinct) == 1 else f"{words['GET']}; to do it {words['POST']}"


def _cell(words: list[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def main() -> None:
    """Print the page."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loa.config.settings_test")
    django.setup()
    sys.stdout.write(page())


if __name__ == "__main__":
    main()
