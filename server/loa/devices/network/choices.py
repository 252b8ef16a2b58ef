# SPDX-License-Identifier: AGPL-3.0-or-later
"""Filters that live in a page's address, as chips."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Choice:
    """One chip; choosing it keeps the other filters and goes to the first page."""

    words: str
    url: str
    is_current: bool
    count: int | None = None


def choices(
    request: HttpRequest, key: str, current: str, offered: Iterable[tuple[str, str, int | None]]
) -> list[Choice]:
    """Return chips for one filter.

    Args:
        request: of the page, with its other filters.
        key: the filter's name in the address.
        current: what is chosen; empty for all.
        offered: value, words and count of each; an empty value takes the filter away.
    """
    found = []
    for value, words, count in offered:
        query = request.GET.copy()
        query.pop("trang", None)
        query.pop(key, None)
        if value:
            query[key] = value
        found.append(Choice(words, f"?{query.urlencode()}", value == current, count))
    return found
