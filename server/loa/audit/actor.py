# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who did it, as text: an entry outlives the account of its actor."""

from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_noop


class PersonLike(Protocol):
    """Whatever has a key and a full name; this layer does not know the model of people."""

    @property
    def pk(self) -> Any: ...

    full_name: Any  # a model's field: text when read from an instance


@dataclass(frozen=True)
class Actor:
    """An actor that is no person with an account: the system itself, a device."""

    id: str
    name: str


@dataclass(frozen=True)
class Thing:
    """What changed, where it is no row: the installation itself."""

    kind: str
    id: str
    name: str


SYSTEM = Actor("system", gettext_noop("Hệ thống"))


def as_actor(actor: PersonLike | Actor | None) -> Actor:
    """Return the text form of ``actor``; nobody is the system."""
    if actor is None:
        return SYSTEM
    if isinstance(actor, Actor):
        return actor
    return Actor(str(actor.pk), actor.full_name)
