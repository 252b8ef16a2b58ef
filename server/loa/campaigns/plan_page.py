# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write the tables of docs/plan.md from ``rules``: ``python -m loa.campaigns.plan_page docs/plan.md``."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

BEGIN, END = "<!-- from rules.py -->", "<!-- end -->"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def tables() -> str:
    """Return who may do what, as Markdown."""
    from loa.campaigns.rules import DEEDS, PART_NAMES, STEPS, Part
    from loa.campaigns.words import STATE_NAMES

    def who(parts: Sequence[Part]) -> str:
        return "; ".join(str(PART_NAMES[part]) for part in parts)

    steps = []
    for step in STEPS:
        marks = [
            name
            for name, is_so in (
                ("only a person", step.only_people),
                ("never the submitter", step.not_the_submitter),
                ("evidence and quantity complete", step.needs_evidence),
                ("a reason", step.needs_reason),
            )
            if is_so
        ]
        before = ", ".join(str(STATE_NAMES[state]) for state in step.before)
        steps.append(
            [
                f"`{step.name}`",
                str(step.verb),
                before,
                str(STATE_NAMES[step.after]),
                who(step.who),
                ", ".join(marks),
            ]
        )
    deeds = [[f"`{deed.value}`", str(name), who(parts)] for deed, (name, parts) in DEEDS.items()]
    return (
        _table(["step", "in the console", "from", "to", "who", "and"], steps)
        + "\n"
        + _table(["deed", "in the console", "who"], deeds)
    )


def with_tables(page: str) -> str:
    """Return the page with its tables as they should be."""
    before, rest = page.split(BEGIN)
    _old, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


def main() -> None:
    """Rewrite the tables of the page that is named."""
    import django
    from django.utils import translation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loa.config.settings")
    django.setup()
    path = Path(sys.argv[1])
    with translation.override("vi"):
        path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
