# SPDX-License-Identifier: AGPL-3.0-or-later
"""Getting one part of a campaign, and its lists: access is that of the campaign, asked each time.

Absent, deleted, of another campaign and forbidden look the same.
"""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Model, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from loa.campaigns.models import (
    Activity,
    Audience,
    BudgetLine,
    Campaign,
    Comment,
    Evidence,
    Finding,
    Inspection,
    LegalDocument,
    Objective,
    PhotoMatch,
    Removal,
    StoredFile,
)
from loa.campaigns.queries import campaign as campaign_of
from loa.campaigns.queries import campaigns_for
from loa.campaigns.rules import UNDO_FOR
from loa.config import clock
from loa.config.errors import NotFoundError
from loa.people.models import Person
from loa.people.rules import Permission

_Row = TypeVar("_Row", bound=Model)


def _one(rows: "QuerySet[_Row]", pk: Any) -> _Row:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("Không tìm thấy mục này trong kế hoạch. Chọn lại trong danh sách."))
    return found


def legal_document(
    person: Person, key: str, pk: int, permission: Permission = Permission.VIEW
) -> LegalDocument:
    """Return a document that a campaign follows.

    Raises:
        NotFoundError: it is not there, or the person may not see it.
        PermissionDeniedError: the person sees it but lacks the permission.
    """
    rows = LegalDocument.objects.filter(campaign=campaign_of(person, key, permission))
    return _one(rows.select_related("campaign__organisation", "campaign__area", "file"), pk)


def objective(person: Person, key: str, pk: int, permission: Permission = Permission.VIEW) -> Objective:
    """Return an objective; raises as ``legal_document``."""
    rows = Objective.objects.filter(campaign=campaign_of(person, key, permission))
    return _one(rows.select_related("campaign__organisation", "campaign__area"), pk)


def audience(person: Person, key: str, pk: int, permission: Permission = Permission.VIEW) -> Audience:
    """Return an audience; raises as ``legal_document``."""
    rows = Audience.objects.filter(campaign=campaign_of(person, key, permission))
    return _one(rows.select_related("campaign__organisation", "campaign__area"), pk)


def budget_line(person: Person, key: str, pk: int, permission: Permission = Permission.VIEW) -> BudgetLine:
    """Return a budget line; raises as ``legal_document``."""
    rows = BudgetLine.objects.filter(campaign=campaign_of(person, key, permission))
    return _one(rows.select_related("campaign__organisation", "campaign__area", "phase"), pk)


def inspection(person: Person, key: str, pk: int) -> Inspection:
    """Return an inspection; raises as ``legal_document``. Who may do what with it, its actions say."""
    return _one(inspections_of(campaign_of(person, key)), pk)


def finding(person: Person, key: str, pk: int) -> Finding:
    """Return a finding of an inspection; raises as ``legal_document``."""
    rows = Finding.objects.filter(inspection__campaign=campaign_of(person, key), inspection__removal=None)
    return _one(
        rows.select_related(
            "inspection__campaign__organisation", "inspection__campaign__area", "owner_post", "activity"
        ),
        pk,
    )


def comment(person: Person, key: str, pk: int) -> Comment:
    """Return a comment; raises as ``legal_document``."""
    rows = Comment.objects.filter(campaign=campaign_of(person, key))
    return _one(rows.select_related("campaign__organisation", "campaign__area", "author"), pk)


def evidence(person: Person, key: str, pk: int) -> Evidence:
    """Return a piece of evidence with its file; raises as ``legal_document``."""
    rows = Evidence.objects.filter(activity__campaign=campaign_of(person, key), activity__removal=None)
    return _one(
        rows.select_related(
            "activity__campaign__organisation", "activity__campaign__area", "activity__organisation", "file"
        ),
        pk,
    )


def removal(person: Person, pk: int) -> Removal:
    """Return a deletion that can be taken back, also that of a whole campaign.

    Raises:
        NotFoundError: it is not there, it is too old, or the person plans nowhere near it.
    """
    rows = Removal.objects.filter(at__gte=clock.now() - UNDO_FOR).select_related(
        "campaign__organisation", "campaign__area", "by"
    )
    found = _one(rows, pk)
    seen = campaigns_for(person, campaigns=Campaign.everything.all()).filter(pk=found.campaign_id)
    if not seen.exists():
        raise NotFoundError(_("Không tìm thấy mục đã xóa này. Chọn lại trong danh sách đã xóa."))
    return found


def removals_of(campaign: Campaign) -> QuerySet[Removal]:
    """Return what was deleted of a campaign and can be taken back, the newest first. One query."""
    return campaign.removals.filter(at__gte=clock.now() - UNDO_FOR).order_by("-at", "-pk")


def removed_campaigns(person: Person) -> QuerySet[Removal]:
    """Return the deleted campaigns that the person saw, the newest first. One query."""
    seen = campaigns_for(person, campaigns=Campaign.everything.exclude(removal=None)).values("removal")
    return Removal.objects.filter(
        pk__in=seen, object_type="campaigns.campaign", at__gte=clock.now() - UNDO_FOR
    ).order_by("-at", "-pk")


def evidence_of(activity: Activity) -> list[Evidence]:
    """Return the evidence of an activity, the oldest first, with files and figures. Two queries."""
    return list(activity.evidence.select_related("file", "area", "added_by").prefetch_related("figures"))


def photo_match(activity: Activity, pk: int) -> PhotoMatch:
    """Return a pair of photos alike of which an activity shows one at least.

    Raises:
        NotFoundError: there is none of this number, or the activity shows neither.
    """
    shown = activity.evidence.exclude(file=None).values("file")
    return _one(PhotoMatch.objects.filter(Q(first__in=shown) | Q(second__in=shown)), pk)


def has_evidence(activity: Activity, client_key: UUID) -> bool:
    """Say whether what was sent under a key is evidence of an activity already. One query."""
    return activity.evidence.filter(client_key=client_key).exists()


def inspections_of(campaign: Campaign) -> QuerySet[Inspection]:
    """Return the plan of inspections by day, with people, places and findings, and how many are open.

    ``finding_count`` and ``open_findings`` are on each row. Five queries.
    """
    present = Q(findings__removal=None, findings__isnull=False)
    return (
        Inspection.objects.filter(campaign=campaign)
        .select_related("campaign__organisation", "campaign__area", "signed_off_by")
        .prefetch_related(
            "inspectors",
            "areas",
            Prefetch("findings", Finding.objects.select_related("owner_post__organisation", "activity")),
        )
        .annotate(
            finding_count=Count("findings", filter=present, distinct=True),
            open_findings=Count("findings", filter=present & Q(findings__resolved_at=None), distinct=True),
        )
        .order_by("planned_on", "pk")
    )


def comments_of(campaign: Campaign, activity: Activity | None = None) -> list[Comment]:
    """Return what was said, the oldest first: of one activity, or of the campaign as a whole. Two queries."""
    rows = Comment.objects.filter(campaign=campaign, activity=activity)
    return list(rows.select_related("author").prefetch_related("mentions"))


def may_open(person: Person, file: StoredFile) -> bool:
    """Say whether a person may open a stored file: some campaign that he sees shows it."""
    seen = campaigns_for(person).values("pk")
    return (
        Evidence.objects.filter(file=file, activity__campaign__in=seen, activity__removal=None).exists()
        or LegalDocument.objects.filter(file=file, campaign__in=seen).exists()
        or Inspection.objects.filter(photos=file, campaign__in=seen).exists()
        or Finding.objects.filter(photos=file, inspection__campaign__in=seen).exists()
    )


def stored_file(person: Person, sha256: str) -> StoredFile:
    """Return a stored file that the person may open.

    Raises:
        NotFoundError: it is not there, or no campaign that he sees shows it: both look the same.
    """
    found = StoredFile.objects.filter(sha256=sha256).first()
    if found is None or not may_open(person, found):
        raise NotFoundError(_("Không tìm thấy tệp này."))
    return found
