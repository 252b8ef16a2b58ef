# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages read from the ledger. A row that was amended gives way to the row that amends it."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from loa.airtime.seams import Result
from loa.config.errors import NotFoundError
from loa.deliveries.models import Delivery, Outcome, StillOut

BADGES = {  # the best that happened first
    Outcome.DELIVERED: "played",
    Outcome.PARTIAL: "partial",
    Outcome.STOPPED: "stopped",
    Outcome.REFUSED: "refused",
    Outcome.MISSED: "missed",
}


def in_force() -> QuerySet[Delivery]:
    """Return the rows that no later row amends."""
    return Delivery.objects.filter(amendments=None)


def deliveries_of_placements(placement_ids: Iterable[object]) -> QuerySet[Delivery]:
    """Return the deliveries of placements by due time and place. One query."""
    return in_force().filter(placement_id__in=list(placement_ids)).order_by("due_at", "place_name", "pk")


def deliveries_at(place_key: str) -> QuerySet[Delivery]:
    """Return what happened at one place, newest first. One query."""
    return in_force().filter(place_key=place_key).order_by("-due_at", "-sequence")


def outcomes_of(release_ids: Iterable[object]) -> dict[tuple[object, str], int]:
    """Count deliveries by (release id, outcome). One query."""
    rows = (
        in_force()
        .filter(release_id__in=list(release_ids))
        .values_list("release_id", "outcome")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return {(release, outcome): number for release, outcome, number in rows}


def placement_states(placement_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the key of a state badge for each placement with news: played where one place did. One query."""
    rows = in_force().filter(placement_id__in=list(placement_ids)).values_list("placement_id", "outcome")
    found: dict[UUID, set[str]] = {}
    for placement, outcome in rows:
        found.setdefault(placement, set()).add(outcome)
    return {placement: _best(outcomes) for placement, outcomes in found.items()}


def placement_results(placement_id: UUID) -> list[Result]:
    """Return what became of a placement at each place, with its proof where it sounded. One query."""
    return [
        Result(
            place_name=row.place_name,
            state=BADGES[Outcome(row.outcome)],
            started_at=row.started_at,
            seconds=row.seconds,
            proof=row.proof if row.seconds else "",
        )
        for row in deliveries_of_placements([placement_id])
    ]


def _best(outcomes: set[str]) -> str:
    for outcome, state in BADGES.items():
        if outcome in outcomes:
            return state
    return "unknown"


def still_out(release_ids: Iterable[object]) -> QuerySet[StillOut]:
    """Return every listed place of releases that ended, those not confirmed first. One query."""
    return (
        StillOut.objects.filter(release_id__in=list(release_ids))
        .select_related("village")
        .order_by(F("confirmed_at").asc(nulls_first=True), "place_name")
    )


def still_out_place(pk: int) -> StillOut:
    """Return one listed place; the caller's action checks the permission.

    Raises:
        NotFoundError: there is none.
    """
    found = StillOut.objects.select_related("village").filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("Không tìm thấy nơi này trong danh sách còn tồn."))
    return found
