# SPDX-License-Identifier: AGPL-3.0-or-later
"""Work that comes round: registered in an app's ``jobs.py``, run by the worker's scheduler thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger(__name__)

Work = Callable[[], None]


@dataclass(frozen=True)
class Periodic:
    """A function and how often it runs."""

    name: str
    seconds: float
    run: Work


_registered: dict[str, Periodic] = {}


def every(seconds: float, name: str) -> Callable[[Work], Work]:
    """Register a short, idempotent function to run every ``seconds``, first at the worker's start."""

    def register(function: Work) -> Work:
        _registered[name] = Periodic(name, seconds, function)
        return function

    return register


def registered() -> list[Periodic]:
    """Return all periodic work, by name."""
    return [_registered[name] for name in sorted(_registered)]


class Schedule:
    """When each work runs next, by a monotonic clock in seconds."""

    def __init__(self, works: list[Periodic], now: float) -> None:
        self._next = {work.name: now for work in works}
        self._works = works

    def run_due(self, now: float) -> int:
        """Run what is due at ``now``, return how many ran; one that fails is logged and comes round again."""
        ran = 0
        for work in self._works:
            if self._next[work.name] > now:
                continue
            self._next[work.name] = now + work.seconds
            ran += 1
            try:
                work.run()
            except Exception:
                logger.exception("The periodic work %s failed.", work.name)
        return ran
