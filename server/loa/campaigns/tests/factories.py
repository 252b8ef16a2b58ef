# SPDX-License-Identifier: AGPL-3.0-or-later
"""Campaigns for tests."""

from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

from loa.campaigns.models import (
    Activity,
    Campaign,
    ImportRowState,
    ImportState,
    KeyMessage,
    Phase,
    PlanImport,
)
from loa.config import clock
from loa.people.models import Organisation, Person, Post
from loa.people.tests.factories import make_post

_number = count(1)


def make_campaign(organisation: Organisation, title: str = "Tuyên truyền Đại hội", **fields: Any) -> Campaign:
    """Return a new campaign of an organisation for its area, without phases."""
    values = {
        "key": f"chien-dich-{next(_number)}",
        "title": title,
        "organisation": organisation,
        "area": organisation.area,
        "event_name": "Đại hội Đảng bộ xã",
        **fields,
    }
    return Campaign.objects.create(**values)


def make_phase(
    campaign: Campaign, key: str = "before", start: date | None = None, end: date | None = None, **fields: Any
) -> Phase:
    """Return a new phase, by default without dates."""
    order = campaign.phases.count() + 1
    return Phase.objects.create(
        campaign=campaign,
        key=key,
        start=start,
        end=end,
        **{"name": "Trước đại hội", "order": order, **fields},
    )


def make_key_message(
    campaign: Campaign, text: str = "Nội dung dự thảo Văn kiện", **fields: Any
) -> KeyMessage:
    """Return a new key message; no wanted frequency unless told."""
    return KeyMessage.objects.create(
        campaign=campaign, text=text, **{"order": campaign.key_messages.count() + 1, **fields}
    )


def make_activity(
    campaign: Campaign, post: Post | None = None, title: str = "Phát loa hằng ngày", **fields: Any
) -> Activity:
    """Return a new activity of the campaign's organisation, answered for by one post."""
    organisation = fields.pop("organisation", campaign.organisation)
    return Activity.objects.create(
        campaign=campaign,
        organisation=organisation,
        accountable_post=post or make_post(organisation),
        title=title,
        **{"channels": ["loudspeaker"], **fields},
    )


def make_plan_import(campaign: Campaign, person: Person, **fields: Any) -> PlanImport:
    """Return an import whose rows were looked at: one accepted, one refused."""
    values = {
        "state": ImportState.CHECKED,
        "file_key": uuid4(),
        "file_name": "ke-hoach.xlsx",
        "made_at": clock.now(),
        "tables": [
            {"name": "Sheet", "names": ["Việc", "Cơ quan"], "columns": {}, "rows": 2, "first_rows": []}
        ],
        "choice": {"table": 0, "columns": {"title": 0, "organisation": 1}, "year": None, "new_phases": False},
        "accepted": 1,
        "refused": 1,
        **fields,
    }
    made = PlanImport.objects.create(campaign=campaign, made_by=person, **values)
    problem = {"code": "missing_office", "field": "organisation", "values": {}}
    made.rows.create(number=2, state=ImportRowState.ACCEPTED, fields={"title": "Treo cờ"})
    made.rows.create(number=3, state=ImportRowState.REFUSED, fields={"title": "Họp"}, problems=[problem])
    return made
