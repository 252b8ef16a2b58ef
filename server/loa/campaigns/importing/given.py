# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a row came to: the activity that it says, or why it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from loa.areas.models import Area
from loa.campaigns.actions import ActivityInput
from loa.campaigns.importing.catalogue import Catalogue, identity, key_of
from loa.campaigns.importing.columns import Column
from loa.campaigns.importing.dates import When
from loa.campaigns.importing.reasons import Problem
from loa.campaigns.models import ImportRowState, KeyMessage, Phase
from loa.campaigns.words import CHANNEL_NAMES, EVIDENCE_NAMES
from loa.people.models import Organisation, Post


@dataclass(frozen=True, kw_only=True)
class Given:
    """An activity as a row says it."""

    title: str
    post: Post
    phase: Phase | None = None
    new_phase: str = ""  # of a section for which there is none yet
    contributors: tuple[Organisation, ...] = ()
    channels: tuple[str, ...] = ()
    key_messages: tuple[KeyMessage, ...] = ()
    areas: tuple[Area, ...] = ()
    when: When = field(default_factory=When)
    quantity: int | None = None
    unit: str = ""
    place: str = ""
    note: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[Any, ...]:
        """Return by what it is the same as another one."""
        phase = self.phase.pk if self.phase else (key_of(self.new_phase) or None)
        return identity(self.title, self.post.pk, phase, self.when.start, self.when.due)

    def as_input(self, new_phases: Mapping[str, Phase]) -> ActivityInput:
        """Return what the action takes; ``new_phases`` by ``new_phase``."""
        return ActivityInput(
            title=self.title,
            accountable_post=self.post,
            phase=self.phase or new_phases.get(self.new_phase),
            contributors=self.contributors,
            channels=self.channels,
            key_messages=self.key_messages,
            areas=self.areas,
            start=self.when.start,
            due=self.when.due,
            due_note=self.when.note,
            quantity=self.quantity,
            unit=self.unit,
            place=self.place,
            note=self.note,
            evidence_required=self.evidence,
        )


@dataclass(frozen=True)
class Row:
    """One row and what became of it."""

    number: int
    state: ImportRowState
    fields: Mapping[str, str]  # of an accepted one as it will be stored, of a refused one as it stands
    problems: tuple[Problem, ...] = ()
    given: Given | None = None


def words_of(given: Given, names: Catalogue) -> dict[str, str]:
    """Return an activity as people read it, by column; what is empty is left out."""
    said = {
        Column.TITLE: given.title,
        Column.PHASE: given.phase.name if given.phase else given.new_phase,
        Column.ORGANISATION: names.office_names.get(given.post.organisation_id, given.post.organisation.name),
        Column.HEAD: names.post_names[given.post.pk],
        Column.CONTRIBUTORS: "; ".join(names.office_names[one.pk] for one in given.contributors),
        Column.START: day_shown(given.when.start),
        Column.DUE: day_shown(given.when.due),
        Column.DUE_NOTE: given.when.note,
        Column.QUANTITY: str(given.quantity or ""),
        Column.UNIT: given.unit,
        Column.CHANNELS: "; ".join(str(CHANNEL_NAMES[key]) for key in given.channels),
        Column.AREAS: "; ".join(names.area_names[one.pk] for one in given.areas),
        Column.PLACE: given.place,
        Column.KEY_MESSAGES: "\n".join(one.text for one in given.key_messages),
        Column.EVIDENCE: "; ".join(
            str(EVIDENCE_NAMES[kind]) for kind in EVIDENCE_NAMES if kind in given.evidence
        ),
        Column.NOTE: given.note,
    }
    return {column.value: words for column, words in said.items() if words}


def day_shown(day: date | None) -> str:
    """Return a day as people write it; nothing for none."""
    return f"{day:%d/%m}/{day.year:04d}" if day else ""
