# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page of one activity shows: its state, the next step, its evidence, doubts, and who says what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from loa.areas.queries import villages_of
from loa.campaigns import ports
from loa.campaigns.actions.evidence import CLOSED
from loa.campaigns.actions.steps import missing_sentence
from loa.campaigns.listings import ActivityLine, lines_of
from loa.campaigns.matching import Doubt, doubts_of
from loa.campaigns.models import Activity, ActivityState, Evidence, EvidenceKind, Finding
from loa.campaigns.parts import evidence_of
from loa.campaigns.photo_notes import notes_of
from loa.campaigns.progress import Standing, standing
from loa.campaigns.queries import campaigns_for
from loa.campaigns.rules import STEPS, Deed, Part, Step, allows, permits
from loa.campaigns.standing import parts_of
from loa.campaigns.waiting import Verifier, verifiers_of
from loa.campaigns.words import EVIDENCE_NAMES, MEASURES
from loa.people.models import Person
from loa.ui.village_maps import Village

TAKE_BACK = "take_back"


@dataclass(frozen=True)
class Steps:
    """What this reader may press now: at most one main step, the others beside it.

    Args:
        why_not: what is still missing before the main step can be gone; empty when it can.
    """

    main: Step | None
    others: tuple[Step, ...]
    why_not: str


@dataclass(frozen=True)
class EvidenceRow:
    """One piece of evidence as the page shows it."""

    evidence: Evidence
    kind_name: str | Promise
    title: str
    amount: Decimal | None
    figures: tuple[tuple[str | Promise, Decimal, str | Promise], ...]
    notes: tuple[str, ...]  # about what a photo says of its time and place
    may_remove: bool

    @property
    def is_photo(self) -> bool:
        return self.evidence.kind == EvidenceKind.PHOTO


@dataclass(frozen=True)
class DoubtRow:
    """Two photos alike; the other one is shown only to whoever may see its campaign."""

    doubt: Doubt
    is_visible: bool


@dataclass(frozen=True)
class ActivityPage:
    """Everything that changes while work goes on."""

    line: ActivityLine
    steps: Steps
    standing: Standing
    evidence: list[EvidenceRow]
    doubts: list[DoubtRow]
    may_add: bool
    may_clear: bool
    verifiers: list[Verifier]  # whom submitted work waits for; none in any other state

    @property
    def offered(self) -> Step | None:
        """Return the main step where evidence is there and the step can be gone now."""
        return self.steps.main if self.evidence and not self.steps.why_not else None

    @property
    def photos(self) -> list[EvidenceRow]:
        return [row for row in self.evidence if row.is_photo]

    @property
    def others(self) -> list[EvidenceRow]:
        return [row for row in self.evidence if not row.is_photo]

    @property
    def open_doubts(self) -> int:
        """Return how many pairs nobody has looked at."""
        return sum(row.doubt.is_open for row in self.doubts)


def steps_of(activity: Activity, parts: frozenset[Part], found: Standing) -> Steps:
    """Return the buttons of a reader who is ``parts`` to an activity, as the table in ``rules`` says.

    Taking back what one has just submitted is never the main one.
    """
    possible = [step for step in STEPS if activity.state in step.before and allows(step, parts)]
    main = next((step for step in possible if not step.needs_reason and step.name != TAKE_BACK), None)
    others = tuple(step for step in possible if step is not main)
    return Steps(main, others, missing_sentence(found) if main and main.needs_evidence else "")


def _titles(rows: Iterable[Evidence]) -> dict[tuple[str, str], ports.DeliveryFact]:
    references: dict[str, set[str]] = {}
    for row in rows:
        if row.kind == EvidenceKind.DELIVERY:
            references.setdefault(row.source, set()).add(row.reference)
    return ports.facts_of(references)


def _evidence_rows(
    activity: Activity, person: Person, parts: frozenset[Part], *, is_open: bool
) -> list[EvidenceRow]:
    rows = evidence_of(activity)
    facts = _titles(rows)
    found = []
    for row in rows:
        row.activity = activity
        fact = facts.get((row.source, row.reference))
        own = parts | ({Part.AUTHOR} if row.added_by_id == person.pk else frozenset())
        figures = (
            (MEASURES[one.measure][0], one.value, MEASURES[one.measure][1])
            for one in row.figures.all()
            if one.measure in MEASURES
        )
        found.append(
            EvidenceRow(
                evidence=row,
                kind_name=EVIDENCE_NAMES[EvidenceKind(row.kind)],
                title=fact.title if fact else str(row),
                amount=fact.amount if fact else row.amount,
                figures=tuple(figures),
                notes=tuple(notes_of(row)),
                may_remove=is_open and permits(Deed.REMOVE_EVIDENCE, own),
            )
        )
    return found


def _doubt_rows(activity: Activity, person: Person, rows: list[EvidenceRow]) -> list[DoubtRow]:
    doubts = doubts_of([activity], [row.evidence for row in rows])
    if not doubts:
        return []
    elsewhere = {doubt.other.activity.campaign_id for doubt in doubts} - {activity.campaign_id}
    seen = {activity.campaign_id}
    if elsewhere:
        seen |= set(campaigns_for(person).filter(pk__in=elsewhere).values_list("pk", flat=True))
    return [DoubtRow(doubt, doubt.other.activity.campaign_id in seen) for doubt in doubts]


def page_of(activity: Activity, person: Person, today: date) -> ActivityPage:
    """Return the page of an activity for a reader. Some ten queries, whatever there is."""
    parts = parts_of(person, activity, today)
    found = standing(activity)
    is_open = activity.state not in CLOSED
    [line] = lines_of([activity], today)
    evidence = _evidence_rows(activity, person, parts, is_open=is_open)
    return ActivityPage(
        line=line,
        steps=steps_of(activity, parts, found),
        standing=found,
        evidence=evidence,
        doubts=_doubt_rows(activity, person, evidence),
        may_add=is_open and permits(Deed.ADD_EVIDENCE, parts),
        may_clear=permits(Deed.CLEAR_MATCH, parts) and Part.SUBMITTER not in parts,
        verifiers=verifiers_of(activity, today) if activity.state == ActivityState.SUBMITTED else [],
    )


OUTLINES = 80  # villages that are drawn under the photos; a map of more says nothing on a phone


def photo_places(activity: Activity) -> list[Village]:
    """Return where photos say that they were taken, over the activity's areas. At most three queries.

    Nothing when no photo says where: a map without a mark tells nobody anything.
    """
    shown = activity.evidence.filter(kind=EvidenceKind.PHOTO).select_related("file")
    marks = [
        Village(
            name=str(number),
            geometry={"type": "Point", "coordinates": [row.file.longitude, row.file.latitude]},
            state="photo_place",
            words=_("ảnh %(name)s") % {"name": row.file_name},
        )
        for number, row in enumerate(shown, start=1)
        if row.file and row.file.latitude is not None and row.file.longitude is not None
    ]
    if not marks:
        return []
    grounds = list(activity.areas.all()[:OUTLINES]) or list(villages_of(activity.campaign.area)[:OUTLINES])
    outlines = [Village(name=area.name, geometry=area.outline) for area in grounds if area.outline]
    return [*outlines, *marks]


def findings_on(activity: Activity) -> list[Finding]:
    """Return what inspections found of an activity, open ones first. One query."""
    rows = Finding.objects.filter(activity=activity, inspection__removal=None)
    return list(
        rows.select_related("inspection", "owner_post").order_by(
            F("resolved_at").asc(nulls_first=True), "due"
        )
    )
