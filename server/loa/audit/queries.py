# SPDX-License-Identifier: AGPL-3.0-or-later
"""Read the log: its head, its entries, and whether the chain still holds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Model, QuerySet

from loa.audit import chain
from loa.audit.models import Entry, Segment

RESTORE = "config.restore"  # the entry that a restore writes: it lists heads that went out and were then lost


@dataclass(frozen=True)
class Break:
    """One place where the log is not what its chain says; ``code`` is stable."""

    code: str  # "altered", "missing", "extra", "number", "previous", "head_lost"
    segment: int
    head: str = ""


@dataclass(frozen=True)
class Verification:
    """What a walk over the whole chain found."""

    segments: int
    entries: int
    unsealed: int
    head: str
    breaks: tuple[Break, ...]

    @property
    def held(self) -> bool:
        return not self.breaks


def head() -> str:
    """Return the newest head, empty while nothing is sealed."""
    return Segment.objects.order_by("-number").values_list("head", flat=True).first() or ""


def entries_of(obj: Model) -> QuerySet[Entry]:
    """Return the entries about ``obj``, newest first."""
    return Entry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by("-pk")


def entries() -> QuerySet[Entry]:
    """Return every entry, newest first; the caller checks the permission to see the log."""
    return Entry.objects.order_by("-pk")


def verify(witnessed: Collection[str] = ()) -> Verification:
    """Recompute every segment and compare.

    Args:
        witnessed: heads that others saw (in agendas, on devices). One that the chain does not contain means
            that the log was rewritten or cut, unless the entry of a restore names it.
    """
    breaks: list[Break] = []
    heads: set[str] = {""}
    previous, expected, total, sealed = "", 1, 0, 0
    for segment in Segment.objects.order_by("number").iterator():
        held = list(segment.entries.order_by("position"))
        breaks += _segment_breaks(segment, held, expected, previous)
        heads.add(segment.head)
        previous, expected = segment.head, segment.number + 1
        total += 1
        sealed += len(held)
    explained = _heads_lost_in_restores()
    lost = sorted(set(witnessed) - heads - explained)
    breaks += [Break("head_lost", 0, head) for head in lost]
    unsealed = Entry.objects.filter(segment=None).count()
    return Verification(total, sealed, unsealed, previous, tuple(breaks))


def is_explained(head: str) -> bool:
    """Say whether the entry of a restore names a head as one that went out and was lost."""
    return head in _heads_lost_in_restores()


def last_common(heads: Iterable[str]) -> int:
    """Return the number of the segment of the first of some heads that the log holds; 0 when it holds none."""
    for one in heads:
        found = Segment.objects.filter(head=one).values_list("number", flat=True).first() if one else None
        if found is not None:
            return found
    return 0


def _segment_breaks(segment: Segment, entries: list[Entry], expected: int, previous: str) -> list[Break]:
    found = []
    if segment.number != expected:
        found.append("number")
    if segment.previous != previous:
        found.append("previous")
    if len(entries) != segment.count:
        found.append("missing" if len(entries) < segment.count else "extra")
    elif chain.head(segment.number, segment.previous, entries) != segment.head:
        found.append("altered")
    return [Break(code, segment.number, segment.head) for code in found]


def _heads_lost_in_restores() -> set[str]:
    restores = Entry.objects.filter(action=RESTORE, segment__isnull=False).values_list("details", flat=True)
    return {head for details in restores for head in details.get("heads_lost", [])}
