# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two pieces of work on two cores; numpy lets go of the interpreter while it transforms and multiplies."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

First = TypeVar("First")
Second = TypeVar("Second")


def both(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """Do two things at the same time and give what both returned; what the first raises goes before."""
    with ThreadPoolExecutor(1) as beside:
        later = beside.submit(second)
        return first(), later.result()
