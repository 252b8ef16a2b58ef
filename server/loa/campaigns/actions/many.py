# SPDX-License-Identifier: AGPL-3.0-or-later
"""Add many activities at once: the same checks and entries as one by one, in few queries."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.campaigns.actions.activities import ActivityInput, check_links, fill
from loa.campaigns.actions.checks import Actors, PlanError, record, require_plan
from loa.campaigns.actions.telling import tell_accountable
from loa.campaigns.models import Activity, Campaign
from loa.campaigns.queries import posts_for

BATCH = 500  # rows of one insert


@transaction.atomic
def add_activities(*, actor: Actors, campaign: Campaign, given: Sequence[ActivityInput]) -> list[Activity]:
    """Add activities in their order, all or none; each gets its audit entry, as ``add_activity`` writes it.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: a value is missing or does not belong to this campaign; nothing was added.
        ValueError: one waits for other work, which may be a circle.
    """
    require_plan(actor, campaign.organisation)
    allowed = set(posts_for(campaign).order_by().values_list("pk", flat=True))
    rows = []
    for one in given:
        if one.accountable_post.pk not in allowed:
            raise PlanError(
                _("Chức danh này thuộc cơ quan ngoài địa bàn của chiến dịch. Chọn chức danh khác."),
                field="accountable_post",
            )
        if any(True for _need in one.needs):
            raise ValueError("What waits for other work is added one by one.")
        check_links(campaign, one.key_messages, one.areas)
        rows.append(fill(Activity(campaign=campaign), one))
    made = Activity.objects.bulk_create(rows, batch_size=BATCH)
    for name in ("key_messages", "areas", "contributors"):
        _link_all(made, given, name)
    for activity in made:
        record(actor, "add_activity", campaign, activity)
    tell_accountable(actor, campaign, made)
    return made


def _link_all(made: Sequence[Activity], given: Sequence[ActivityInput], name: str) -> None:
    field: Any = Activity._meta.get_field(name)
    through = field.remote_field.through
    source, target = field.m2m_column_name(), field.m2m_reverse_name()
    links = [
        through(**{source: activity.pk, target: one.pk})
        for activity, row in zip(made, given, strict=True)
        for one in {linked.pk: linked for linked in getattr(row, name)}.values()
    ]
    through.objects.bulk_create(links, batch_size=BATCH)
