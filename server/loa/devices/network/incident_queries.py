# SPDX-License-Identifier: AGPL-3.0-or-later
"""Incidents as pages list them: filtered by state, kind and commune, never outside of what one sees."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from loa.areas.models import Area
from loa.devices.models import Incident, IncidentStep
from loa.devices.sentences import INCIDENTS, reason
from loa.people.models import Person
from loa.people.queries import covered
from loa.people.rules import Permission

OPEN, NEW, TAKEN, CLOSED = "mo", "moi", "nhan", "dong"  # in the address


STATES: Mapping[str, Q] = {
    OPEN: Q(closed_at=None),
    NEW: Q(closed_at=None, taken_by=""),
    TAKEN: Q(closed_at=None) & ~Q(taken_by=""),
    CLOSED: Q(closed_at__isnull=False),
}


@dataclass(frozen=True)
class Line:
    """An incident in words."""

    incident: Incident

    @property
    def title(self) -> str:
        """Return what happened."""
        return str(INCIDENTS.get(self.incident.kind, self.incident.kind))

    @property
    def reason(self) -> str:
        """Return why."""
        return reason(self.incident.reason)

    @property
    def badge(self) -> str:
        """Return the key of its state badge."""
        if self.incident.closed_at is not None:
            return "done"
        return "working" if self.incident.taken_by else "to_do"


@dataclass(frozen=True)
class Chosen:
    """The filters of a page, as its address says them; anything unknown is no filter."""

    state: str = OPEN
    kind: str = ""
    commune: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Chosen":
        """Read the filters of an address."""
        state, kind = query.get("tinh-trang", ""), query.get("loai", "")
        return cls(
            state=state if state in STATES else OPEN,
            kind=kind if kind in INCIDENTS else "",
            commune=query.get("xa", "")[:32],
        )

    @property
    def where(self) -> Q:
        """Return the condition of kind and commune."""
        wanted = Q(kind=self.kind) if self.kind else Q()
        return wanted & Q(device__commune__code=self.commune) if self.commune else wanted


def _visible(person: Person) -> QuerySet[Incident]:
    return Incident.objects.filter(covered(person, Permission.DEVICE_VIEW, field="device__village__path"))


def incidents_for(person: Person, chosen: Chosen) -> QuerySet[Incident]:
    """Return the incidents of devices that ``person`` sees, the newest first."""
    found = _visible(person).filter(chosen.where, STATES[chosen.state])
    return found.select_related("device__village", "device__commune").order_by("-opened_at", "-pk")


def count_by_state(person: Person, chosen: Chosen) -> dict[str, int]:
    """Return how many there are in each state under the other filters. One query."""
    counts = {name: Count("pk", filter=where) for name, where in STATES.items()}
    return _visible(person).filter(chosen.where).aggregate(**counts)


def kinds_of(person: Person) -> list[tuple[str, str, int]]:
    """Return the kinds of open incidents with their names and counts, the most first. One query."""
    rows = _visible(person).filter(closed_at=None).values_list("kind").annotate(number=Count("pk"))
    found = [(kind, str(INCIDENTS.get(kind, kind)), number) for kind, number in rows.order_by()]
    return sorted(found, key=lambda one: (-one[2], one[1]))


def communes_of(person: Person) -> QuerySet[Area]:
    """Return the communes where a device that ``person`` sees ever had an incident. One query."""
    return Area.objects.filter(pk__in=_visible(person).values("device__commune")).order_by("path")


def history_of(incident: Incident) -> list[IncidentStep]:
    """Return what was done about an incident, the oldest first. One query."""
    return list(incident.steps.all())
