# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every action on a plan checks first, and how it writes down what changed."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from loa.areas.folding import nfc, printable
from loa.audit import actions as audit
from loa.audit.actor import Actor, as_actor
from loa.campaigns.models import Campaign, Phase
from loa.campaigns.rules import DEEDS, PART_NAMES, Deed, Part, permits
from loa.config.errors import LoaError, PermissionDeniedError
from loa.people.models import Organisation, Person
from loa.people.queries import require
from loa.people.rules import Permission

Actors = Person | Actor | None  # None is the system


class PlanError(LoaError):
    """Something about a plan cannot be as it was typed; ``field`` says where."""

    code = "plan"


def require_plan(actor: Actors, organisation: Organisation) -> None:
    """Check an actor who is a person; the system itself (installation, demo, command line) may.

    Raises:
        PermissionDeniedError: the person does not plan for this organisation.
    """
    if isinstance(actor, Person):
        require(actor, Permission.PLAN_EDIT, organisation=organisation)


def require_deed(deed: Deed, parts: Iterable[Part]) -> None:
    """Check somebody who is all of ``parts``.

    Raises:
        PermissionDeniedError: nobody of these parts may do that; the sentence says who may.
    """
    if not permits(deed, parts):
        what, who = DEEDS[deed]
        raise PermissionDeniedError(
            _("Quyền %(what)s là của: %(who)s.")
            % {"what": what, "who": "; ".join(str(PART_NAMES[part]) for part in who)}
        )


def _line(value: str) -> str:
    return nfc(printable(nfc(value)))  # signs that divide words become spaces, others go


def text(value: str, name: str, length: int, *, missing: str = "") -> str:
    """Return a line of text as it is stored.

    Raises:
        PlanError: it is empty where ``missing`` is a sentence, or longer than ``length`` characters.
    """
    value = _line(value)
    if missing and not value:
        raise PlanError(missing, field=name)
    if len(value) > length:
        raise PlanError(_("Dài quá %(count)s chữ. Ghi gọn lại.") % {"count": length}, field=name)
    return value


def prose(value: str, name: str, length: int = 10_000) -> str:
    """Return text of several lines as it is stored: each line composed, the lines kept.

    Raises:
        PlanError: it is longer than ``length`` characters.
    """
    value = "\n".join(_line(line) for line in value.splitlines()).strip()
    if len(value) > length:
        raise PlanError(_("Dài quá %(count)s chữ. Ghi gọn lại.") % {"count": length}, field=name)
    return value


def shown(day: date) -> str:
    """Return a day as a sentence says it."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def check_dates(start: date | None, end: date | None, name: str) -> None:
    """Refuse an end before its start.

    Raises:
        PlanError: naming the first possible day.
    """
    if start is not None and end is not None and end < start:
        raise PlanError(
            _("Ngày kết thúc trước ngày bắt đầu. Chọn từ %(day)s trở đi.") % {"day": shown(start)},
            field=name,
        )


def own_phase(campaign: Campaign, phase: Phase | None) -> Phase | None:
    """Return the phase.

    Raises:
        PlanError: it belongs to another campaign.
    """
    if phase is not None and phase.campaign_id != campaign.pk:
        raise PlanError(_("Giai đoạn này thuộc chiến dịch khác. Chọn lại."), field="phase")
    return phase


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return sorted(str(one) for one in value)
    return value if value is None or isinstance(value, (int, bool)) else str(value)


def values_of(obj: Model, names: tuple[str, ...]) -> dict[str, Any]:
    """Return fields as the history keeps them: words, not keys, for an entry outlives what it names."""
    return {name: _plain(getattr(obj, name)) for name in names}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what differs as ``{field: [old, new]}``."""
    return {name: [old, after[name]] for name, old in before.items() if old != after[name]}


def record(
    actor: Actors,
    action: str,
    campaign: Campaign,
    obj: Model,
    changes: Mapping[str, list[Any]] | None = None,
    **details: Any,
) -> None:
    """Write the audit entry of a change to a campaign or a part of it; the history of a plan is read from it."""
    kept = {"campaign": campaign.pk, **details}
    if changes:
        kept["changes"] = dict(changes)
    audit.record(
        actor=actor,
        action=f"campaigns.{action}",
        obj=obj,
        details=kept,
        area_code=campaign.area.code,
    )


def person_of(actor: Actors) -> Person | None:
    """Return the actor where he is a person, for a row that names who did it."""
    return actor if isinstance(actor, Person) else None


def name_of(actor: Actors) -> str:
    """Return the actor's name as it is kept."""
    return as_actor(actor).name
