# SPDX-License-Identifier: AGPL-3.0-or-later
"""The final report of a large campaign: two hundred pages of tables as .docx and PDF, as the worker makes them.

Part of ``loa bench plan``, in a child process of its own: both files of the report of a campaign with 1,900
activities in as many communes, on SQLite, and how often its progress is told meanwhile.
"""

import json
import re
import time
from typing import Any

from bench import plan

ACTIVITIES = 1_900
SECONDS, PAGES = 10.0, 200


def main() -> None:
    """Fill the installation, measure, and print the figures as one line of JSON."""
    import django

    django.setup()
    from loa.config.prepare import prepare_database

    prepare_database()
    plan.ACTIVITIES = ACTIVITIES
    print(json.dumps(_measured(plan.one_campaign())))


def _measured(campaign: Any) -> list[tuple[str, float, str, float | None]]:
    from loa.reports.jobs import make_files
    from loa.reports.models import Kind
    from loa.reports.papers import Format
    from loa.reports.queries import document_of

    told: list[int] = []
    began = time.perf_counter()
    files = make_files(document_of(campaign, Kind.FINAL, ""), lambda done, _total: told.append(done))
    took = time.perf_counter() - began
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", files[Format.PDF]))
    if pages < PAGES:
        raise RuntimeError(f"Only {pages} pages: the measurement needs {PAGES}.")
    return [
        ("final report: pages", pages, "", None),
        ("final report: .docx and PDF", took, "s", SECONDS),
        ("final report: different progress told", len(set(told)), "", None),
        ("final report: memory of the child that writes", _child_memory(), "MB", None),
    ]


def _child_memory() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    main()
