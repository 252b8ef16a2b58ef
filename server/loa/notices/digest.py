# SPDX-License-Identifier: AGPL-3.0-or-later
"""The summary of each morning: apps above register sections, the job asks them for every person."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from loa.people.models import Person

LINES_SHOWN = 20  # of a section; the rest is counted

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Section:
    """One part of a person's summary: plain lines below a title, and where all of it is seen."""

    title: str
    lines: tuple[str, ...]
    url: str = ""


Ask = Callable[[Person, datetime], Section | None]
_sections: dict[str, tuple[int, Ask]] = {}


def section(name: str, order: int = 50) -> Callable[[Ask], Ask]:
    """Register a function that is asked for every person each morning; ``order`` sorts the sections.

    What a head answers for is such a section: it reads the posts that the person holds.
    """

    def register(function: Ask) -> Ask:
        _sections[name] = (order, function)
        return function

    return register


def sections_for(person: Person, now: datetime) -> list[Section]:
    """Return the sections that have something for a person; one that fails never takes the others along."""
    found: list[Section] = []
    for name, (_order, ask) in sorted(_sections.items(), key=lambda item: (item[1][0], item[0])):
        try:
            answer = ask(person, now)
        except Exception:
            logger.exception("The section %s of the digest failed for person %s.", name, person.pk)
            continue
        if answer is not None and answer.lines:
            found.append(answer)
    return found


def written(sections: Sequence[Section]) -> str:
    """Return the sections as plain text."""
    return "\n\n".join(_written(one) for one in sections)


def _written(one: Section) -> str:
    lines = [f"• {line}" for line in one.lines[:LINES_SHOWN]]
    if (left := len(one.lines) - LINES_SHOWN) > 0:
        lines.append(_("và %(count)d mục nữa") % {"count": left})
    return "\n".join([f"{one.title} ({len(one.lines)})", *lines])
