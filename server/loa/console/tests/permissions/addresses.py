# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every named address that the server has, as Django resolves it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

_CONVERTED = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """A named address: ``namespace:name``, its path with the arguments in angle brackets, and its view."""

    name: str
    path: str
    view: Callable[..., HttpResponse]

    @property
    def says(self) -> str:
        """Return the first sentence of what the view says about itself."""
        return (self.view.__doc__ or "").strip().partition("\n")[0].replace("``", "`")


def addresses() -> dict[str, Address]:
    """Return every address by its name, in the order of the URLs.

    Raises:
        ValueError: an address has no name, or two have the same one, so that no table can hold it.
    """
    found: dict[str, Address] = {}
    for address in _walk(get_resolver(), "", "/"):
        if not address.name.rpartition(":")[2] or address.name in found:
            raise ValueError(f"{address.path} needs a name of its own, not “{address.name}”.")
        found[address.name] = address
    return found


def _walk(resolver: URLResolver, namespace: str, prefix: str) -> Iterator[Address]:
    entries: list[Any] = resolver.url_patterns
    for entry in entries:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner, path)
        elif isinstance(entry, URLPattern):
            yield Address(f"{namespace}{entry.name or ''}", _CONVERTED.sub(r"<\1>", path), entry.callback)
