# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages read of a plan; getting a campaign checks access."""

from datetime import date

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.campaigns.models import Activity, Campaign, KeyMessage, Phase
from loa.campaigns.rules import is_running
from loa.config import clock
from loa.config.errors import NotFoundError
from loa.people.models import Person, Post, RoleGrant
from loa.people.queries import covered, holders, require
from loa.people.rules import Permission
from loa.people.scope import scope


def _visible(person: Person) -> Q:
    """Return the condition of the campaigns that a person sees: in his areas, or reaching into one."""
    above = {
        ancestor
        for path in scope(person).area_paths(Permission.VIEW)
        for ancestor in tree.ancestor_paths(path)
    }
    return covered(person) | Q(area__path__in=above)


def campaigns_for(person: Person, *, campaigns: QuerySet[Campaign] | None = None) -> QuerySet[Campaign]:
    """Return the campaigns that a person sees, newest first, with counts of activities and key messages.

    Args:
        campaigns: out of these; all that nobody deleted when left out.
    """
    among = Campaign.objects.all() if campaigns is None else campaigns
    return (
        among.filter(_visible(person))
        .select_related("organisation__area", "area", "steering_head__organisation")
        .annotate(
            activity_count=_counted(Activity.objects.all()),
            key_message_count=_counted(KeyMessage.objects.all()),
        )
        .order_by("-pk")
    )


def _counted(rows: QuerySet[Activity] | QuerySet[KeyMessage]) -> Coalesce:
    """Count a campaign's rows by themselves: joined with others they would be multiplied first."""
    of_campaign = rows.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    number = of_campaign.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def campaign(person: Person, key: str, permission: Permission | str = Permission.VIEW) -> Campaign:
    """Return a campaign (with its counts) that the person may see and, where asked, change.

    Raises:
        NotFoundError: it is not there, or the person may not see it: both look the same.
        PermissionDeniedError: the person sees it but lacks the permission.
    """
    found = campaigns_for(person).filter(key=key).first()
    if found is None:
        raise NotFoundError(_("Không tìm thấy chiến dịch này. Chọn lại trong danh sách chiến dịch."))
    if permission != Permission.VIEW:
        require(person, permission, organisation=found.organisation)
    return found


def activity(person: Person, key: str, pk: int, permission: Permission | str = Permission.VIEW) -> Activity:
    """Return an activity of a campaign; access is that of the campaign.

    Raises:
        NotFoundError: it is not there, or the person may not see it.
        PermissionDeniedError: the person sees it but lacks the permission.
    """
    of = campaign(person, key, permission)
    found = activities_of(of).filter(pk=pk).first()
    if found is not None:
        found.campaign = of
    if found is None:
        raise NotFoundError(_("Không tìm thấy đầu mối này. Chọn lại trong danh sách đầu mối."))
    return found


def key_message(
    person: Person, key: str, pk: int, permission: Permission | str = Permission.VIEW
) -> KeyMessage:
    """Return a key message of a campaign; access is that of the campaign.

    Raises:
        NotFoundError: it is not there, or the person may not see it.
        PermissionDeniedError: the person sees it but lacks the permission.
    """
    found = (
        campaign(person, key, permission)
        .key_messages.select_related("phase", "campaign")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFoundError(_("Không tìm thấy thông điệp này. Chọn lại trong danh sách thông điệp."))
    return found


def phase(person: Person, key: str, pk: int, permission: Permission | str = Permission.VIEW) -> Phase:
    """Return a phase of a campaign; access is that of the campaign.

    Raises:
        NotFoundError: it is not there, or the person may not see it.
        PermissionDeniedError: the person sees it but lacks the permission.
    """
    found = campaign(person, key, permission).phases.filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("Không tìm thấy giai đoạn này. Chọn lại trong kế hoạch."))
    return found


def phases_of(campaign: Campaign) -> QuerySet[Phase]:
    """Return the phases in their order. One query."""
    return campaign.phases.order_by("order")


def phase_at(campaign: Campaign, today: date) -> Phase | None:
    """Return the phase that runs today; None between phases and where nobody set dates. One query."""
    return next((phase for phase in phases_of(campaign) if is_running(phase, today)), None)


def key_messages_of(campaign: Campaign) -> QuerySet[KeyMessage]:
    """Return the key messages in their order, with phase and number of activities. One query."""
    return (
        campaign.key_messages.select_related("phase")
        .annotate(activity_count=Count("activities", filter=Q(activities__removal=None)))
        .order_by("order", "pk")
    )


def activities_of(campaign: Campaign) -> QuerySet[Activity]:
    """Return the activities by due date, undated last, with post, organisation and phase. One query."""
    return (
        Activity.objects.filter(campaign=campaign)
        .select_related("campaign", "phase", "organisation", "accountable_post__organisation")
        .order_by(F("due").asc(nulls_last=True), "pk")
    )


def accountable_people(activities: list[Activity], today: date) -> dict[int, Person]:
    """Return who holds each accountable post today, by the post's id; a vacant post is absent. One query."""
    return holders({activity.accountable_post for activity in activities}, today)


def posts_for(campaign: Campaign) -> QuerySet[Post]:
    """Return the posts that may answer for an activity: of organisations that serve the campaign's area."""
    return (
        Post.objects.filter(
            Q(organisation__area__path__startswith=campaign.area.path)
            | Q(organisation__path__startswith=campaign.organisation.path)
        )
        .select_related("organisation")
        .order_by("organisation__path", "pk")
    )


def may_see(person: Person, campaign: Campaign) -> bool:
    """Say whether a person sees a campaign."""
    return Campaign.objects.filter(_visible(person), pk=campaign.pk).exists()


def people_in_scope(campaign: Campaign, *, limit: int = 200) -> list[Person]:
    """Return people who may be mentioned: those with a role that reaches the campaign's area, by name.

    Roles in the area, above it and below it count; one query for the roles, one for the people.
    """
    above = tree.ancestor_paths(campaign.area.path)
    now = clock.now()
    grants = RoleGrant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now),
        Q(organisation__area__path__in=above) | Q(organisation__area__path__startswith=campaign.area.path),
        since__lte=now,
    )
    people = Person.objects.filter(is_active=True, grants__in=grants).distinct().order_by("full_name", "pk")
    return list(people[:limit])
