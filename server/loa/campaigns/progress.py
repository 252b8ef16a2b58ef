# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far work is, computed from its evidence each time it is asked and never stored.

An activity that lower campaigns carry out is as far as they are together: their evidence counts for it, and
the same thing (a photo, a link, a delivery) counts once, wherever and however often it was sent.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from loa.campaigns import ports
from loa.campaigns.models import Activity, ActivityState, Evidence, EvidenceKind
from loa.campaigns.rules import is_counted_out, missing_kinds


@dataclass(frozen=True)
class Standing:
    """How far one activity is.

    Args:
        counted: what its evidence counts for, in its unit.
        quantity: what was planned; None when the plan says no number.
        kinds: kinds of evidence that are there, with how many.
        missing: kinds that it asks for and that are not there.
    """

    counted: Decimal
    quantity: int | None
    unit: str
    kinds: dict[str, int]
    missing: tuple[EvidenceKind, ...]

    @property
    def is_counted_out(self) -> bool:
        return is_counted_out(self.quantity, self.counted)

    @property
    def is_complete(self) -> bool:
        """Say whether everything is there that "done" asks for."""
        return self.is_counted_out and not self.missing

    @property
    def share(self) -> float | None:
        """Return how much of the quantity is counted, 0 to 1; None when the plan says no number."""
        return None if not self.quantity else min(1.0, float(self.counted / self.quantity))


@dataclass(frozen=True)
class Item:
    """One piece of evidence as progress counts it, for one of the activities asked about."""

    activity_id: int
    kind: str
    identity: str
    amount: Decimal


def _roots(ids: Collection[int] | QuerySet[Activity]) -> list[tuple[int, str, str, Decimal | None, str, str]]:
    """Return (activity, kind, identity, amount, source, reference) for each level at which evidence counts."""
    found: list[tuple[int, str, str, Decimal | None, str, str]] = []
    present = Evidence.objects.exclude(activity__state=ActivityState.CANCELLED)
    columns = ("kind", "identity", "amount", "source", "reference")
    found += Evidence.objects.filter(activity__in=ids).values_list("activity_id", *columns)
    below = present.filter(activity__upper__in=ids, activity__removal=None)
    found += below.values_list("activity__upper_id", *columns)
    lowest = present.filter(
        activity__upper__upper__in=ids, activity__removal=None, activity__upper__removal=None
    )
    found += lowest.values_list("activity__upper__upper_id", *columns)
    return found


def items_of(ids: Collection[int] | QuerySet[Activity]) -> list[Item]:
    """Return the evidence that counts for each of some activities, the same thing once each. Three queries."""
    rows = _roots(ids)
    references: dict[str, set[str]] = {}
    for _activity, kind, _identity, _amount, source, reference in rows:
        if kind == EvidenceKind.DELIVERY:
            references.setdefault(source, set()).add(reference)
    facts = ports.facts_of(references)
    kept: dict[tuple[int, str], Item] = {}
    for activity, kind, identity, amount, source, reference in rows:
        if kind == EvidenceKind.DELIVERY:
            fact = facts.get((source, reference))
            amount = fact.amount if fact else Decimal(0)
        item = Item(activity, kind, identity, amount or Decimal(0))
        before = kept.get((activity, identity))
        if before is None or before.amount < item.amount:
            kept[activity, identity] = item
    return list(kept.values())


def standings(activities: Iterable[Activity]) -> dict[int, Standing]:
    """Return how far activities are, by id. Three queries however many there are, and one to each source."""
    activities = list(activities)
    counted: dict[int, Decimal] = {}
    kinds: dict[int, dict[str, int]] = {}
    for item in items_of([one.pk for one in activities]):
        counted[item.activity_id] = counted.get(item.activity_id, Decimal(0)) + item.amount
        of = kinds.setdefault(item.activity_id, {})
        of[item.kind] = of.get(item.kind, 0) + 1
    return {
        one.pk: Standing(
            counted=counted.get(one.pk, Decimal(0)),
            quantity=one.quantity,
            unit=one.unit,
            kinds=kinds.get(one.pk, {}),
            missing=tuple(missing_kinds(one.evidence_required, kinds.get(one.pk, {}).keys())),
        )
        for one in activities
    }


def standing(activity: Activity) -> Standing:
    """Return how far one activity is. Three queries."""
    return standings([activity])[activity.pk]
