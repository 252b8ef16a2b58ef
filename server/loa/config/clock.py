# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one clock of the server. Tests replace it with ``frozen``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system_now() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_now


def now() -> datetime:
    """Return the present moment in UTC."""
    return _source()


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the clock at ``moment`` while the block runs; for tests and previews.

    Raises:
        ValueError: ``moment`` carries no time zone.
    """
    global _source
    if moment.tzinfo is None:
        raise ValueError("The clock needs a moment with a time zone.")
    before, _source = _source, lambda: moment
    try:
        yield
    finally:
        _source = before
