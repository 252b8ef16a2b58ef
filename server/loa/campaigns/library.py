# SPDX-License-Identifier: AGPL-3.0-or-later
"""The library of campaign templates: data files with days counted from the event, and offices by their role."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

import msgspec
import yaml
from django.utils.translation import gettext as _

from loa.campaigns.models import EvidenceKind, MessagePriority, ObjectiveKind
from loa.config.errors import NotFoundError


class LegalBasis(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A document that such campaigns follow; check that it is in force before using it."""

    citation: str
    number: str = ""
    issuer: str = ""
    in_force_from: date | None = None


class Head(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A role that answers for work; whoever uses the template names a post for it."""

    key: str
    name: str


class TemplateAudience(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    name: str
    note: str = ""


class TemplatePhase(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Days count from the event, which is day 0."""

    key: str
    name: str
    start: int
    end: int | None = None
    open: bool = False


class TemplateObjective(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    text: str
    measure: str
    target: Decimal
    unit: str
    kind: ObjectiveKind = ObjectiveKind.OUTPUT
    is_counted: bool = False
    due: int | None = None


class TemplateMessage(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    key: str
    text: str
    phase: str | None = None
    priority: MessagePriority = MessagePriority.NORMAL
    wanted_per_week: int | None = None
    frequencies: dict[str, int] = {}


class TemplateBudget(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A line without an amount: that is each office's own."""

    name: str
    phase: str | None = None


class TemplateActivity(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Days count from the event; ``any_day`` work may lie on a weekend."""

    title: str
    head: str
    phase: str
    start: int
    due: int | None = None
    due_note: str = ""
    any_day: bool = False
    quantity: int | None = None
    unit: str = ""
    channels: list[str] = []
    messages: list[str] = []
    evidence: list[EvidenceKind] = []
    contributors: list[str] = []
    needs: list[str] = []
    key: str = ""


class Template(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A campaign that can be used again, whole."""

    key: str
    name: str
    summary: str
    event_name: str
    purpose: str
    legal_basis: list[LegalBasis]
    heads: list[Head]
    audiences: list[TemplateAudience]
    phases: list[TemplatePhase]
    objectives: list[TemplateObjective]
    key_messages: list[TemplateMessage]
    budget: list[TemplateBudget]
    activities: list[TemplateActivity]

    @property
    def channels(self) -> list[str]:
        """Return the channels that its activities use, each once."""
        return list(dict.fromkeys(channel for one in self.activities for channel in one.channels))


@lru_cache(maxsize=1)
def library() -> tuple[Template, ...]:
    """Return every template, by name."""
    folder = files("loa.campaigns") / "data" / "templates"
    found = [
        msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Template)
        for path in folder.iterdir()
        if path.name.endswith(".yaml")
    ]
    return tuple(sorted(found, key=lambda template: template.name))


def template(key: str) -> Template:
    """Return a template.

    Raises:
        NotFoundError: there is none of this key.
    """
    for found in library():
        if found.key == key:
            return found
    raise NotFoundError(_("Không có mẫu này. Chọn lại trong thư viện mẫu."))
