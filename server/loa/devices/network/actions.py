# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people do about incidents: one takes it, says what was done, and closes it."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.audit.actions import record as audit
from loa.config import clock
from loa.config.errors import ConflictError
from loa.devices.models import Incident, IncidentStep, StepKind
from loa.jobs import outbox
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission

NOTE_LENGTH = 1000


def take_incident(*, actor: Person, incident: Incident) -> Incident:
    """Take an incident, also over from somebody else; taking what one has is no change.

    Raises:
        PermissionDeniedError: the actor does not keep the devices there.
        ConflictError: it is closed.
    """
    require(actor, Permission.DEVICE_MANAGE, area=incident.device.village)
    with transaction.atomic():
        others = _open(incident).exclude(taken_by=actor.full_name)
        if others.update(taken_by=actor.full_name, taken_at=clock.now()):
            _step(actor, incident, StepKind.TAKEN)
    incident.refresh_from_db()
    if incident.closed_at is not None:
        raise ConflictError(_("Việc này đã đóng, không cần ai nhận nữa."))
    return incident


def note_incident(*, actor: Person, incident: Incident, note: str) -> Incident:
    """Write down what was done about an incident, open or closed.

    Raises:
        PermissionDeniedError: the actor does not keep the devices there.
        ConflictError: without a word, or too many.
    """
    require(actor, Permission.DEVICE_MANAGE, area=incident.device.village)
    words = _checked(note)
    if not words:
        raise ConflictError(_("Ghi đã làm gì, ví dụ “đã thay nguồn”."), field="note")
    with transaction.atomic():
        _step(actor, incident, StepKind.NOTED, words)
    return incident


def close_incident(*, actor: Person, incident: Incident, note: str = "") -> Incident:
    """Close an incident; closing twice is one change.

    A state that still lasts stays closed until it was over and comes back.

    Raises:
        PermissionDeniedError: the actor does not keep the devices there.
        ConflictError: the note is too long.
    """
    require(actor, Permission.DEVICE_MANAGE, area=incident.device.village)
    words = _checked(note)
    with transaction.atomic():
        if _open(incident).update(closed_at=clock.now(), closed_by=actor.full_name):
            _step(actor, incident, StepKind.CLOSED, words)
    incident.refresh_from_db()
    return incident


def _open(incident: Incident) -> QuerySet[Incident]:
    return Incident.objects.filter(pk=incident.pk, closed_at=None)


def _checked(note: str) -> str:
    words = note.strip()
    if len(words) > NOTE_LENGTH:
        raise ConflictError(_("Ghi chú dài nhất 1.000 chữ. Rút ngắn lại."), field="note")
    return words


def _step(actor: Person, incident: Incident, kind: StepKind, note: str = "") -> None:
    """Write a line of the history, its audit entry, and a nudge for open pages."""
    IncidentStep.objects.create(incident=incident, at=clock.now(), who=actor.full_name, kind=kind, note=note)
    device = incident.device
    audit(
        actor=actor,
        action=f"devices.{_AUDITED[kind]}",
        obj=incident,
        details={"note": note} if note else {},
        area_code=device.village.code,
    )
    outbox.put("event", key=device.commune.code, payload={"kind": "device", "id": str(device.pk)})


_AUDITED = {
    StepKind.TAKEN: "take_incident",
    StepKind.NOTED: "note_incident",
    StepKind.CLOSED: "close_incident",
}
