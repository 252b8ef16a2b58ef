# SPDX-License-Identifier: AGPL-3.0-or-later
"""Read jobs, and who may see them."""

from collections.abc import Callable
from typing import Any

from loa.jobs.models import Job

Guard = Callable[[Any, str], bool]
_guards: dict[str, Guard] = {}


def guard(kind: str) -> Callable[[Guard], Guard]:
    """Register who may see jobs whose key begins with ``kind:``; without a guard everyone signed in may.

    The guard takes the person and the part of the key after the colon.
    """

    def register(function: Guard) -> Guard:
        _guards[kind] = function
        return function

    return register


def job(key: str) -> Job | None:
    """Return the job, or None when there is none."""
    return Job.objects.filter(key=key).first()


def visible_job(person: Any, key: str) -> Job | None:
    """Return the job when ``person`` may see it; absent and forbidden look the same."""
    kind, _, rest = key.partition(":")
    allowed = _guards.get(kind)
    if allowed and not allowed(person, rest):
        return None
    return job(key)
