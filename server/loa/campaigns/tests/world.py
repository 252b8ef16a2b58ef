# SPDX-License-Identifier: AGPL-3.0-or-later
"""Organisations on three levels, with everybody who can be something to one activity."""

from dataclasses import dataclass
from typing import Any

from loa.areas.tests.factories import make_commune, make_province, make_villages
from loa.campaigns.models import Activity, Campaign
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.people.models import Organisation, OrganisationKind, Person, Post, Role
from loa.people.tests.factories import make_member, make_organisation, make_post


@dataclass(frozen=True)
class World:
    """One activity of a commune's office, in the commune's campaign."""

    nodes: dict[str, Organisation]  # by where they stand to the campaign's organisation
    posts: dict[str, Post]
    holders: dict[str, Person]  # each holds the post of that name; a viewer elsewhere, so no role helps
    campaign: Campaign
    activity: Activity
    villages: list[Any]

    def fresh(self) -> Activity:
        """Return the activity as it is stored."""
        return Activity.objects.select_related(
            "campaign__organisation", "campaign__area", "organisation", "accountable_post"
        ).get(pk=self.activity.pk)


def make_world() -> World:
    """Make it: province, commune below it, an office and its neighbour, the Party body, a strange commune."""
    province = make_organisation(make_province(), "UBND tỉnh")
    commune = make_organisation(make_commune(), "UBND xã", parent=province)
    province.refresh_from_db()
    office = make_organisation(make_commune(), "Phòng Văn hóa", parent=commune, kind=OrganisationKind.OFFICE)
    commune.refresh_from_db()
    helping = make_organisation(
        make_commune(), "Đoàn Thanh niên", parent=commune, kind=OrganisationKind.ASSOCIATION
    )
    commune.refresh_from_db()
    party = make_organisation(make_commune(), "Đảng ủy xã", kind=OrganisationKind.PARTY)
    strange = make_organisation(make_commune("06913", "Xã Quảng Tân"), "UBND xã Quảng Tân")
    nodes = {
        "above": province,
        "campaign": commune,
        "office": office,
        "beside": helping,
        "party": party,
        "strange": strange,
    }
    names = ("accountable", "contributor", "above", "far_above", "steering", "nobody")
    holders = {name: make_member(strange, Role.VIEWER, f"giu-{name.replace('_', '-')}") for name in names}
    far = make_post(province, "Chủ tịch UBND tỉnh", holders["far_above"])
    above = make_post(commune, "Chủ tịch UBND xã", holders["above"], reports_to=far)
    posts = {
        "far_above": far,
        "above": above,
        "accountable": make_post(office, "Trưởng phòng", holders["accountable"], reports_to=above),
        "contributor": make_post(helping, "Bí thư Đoàn", holders["contributor"]),
        "steering": make_post(party, "Phó Bí thư Thường trực", holders["steering"]),
        "nobody": make_post(strange, "Chủ tịch", holders["nobody"]),
        "vacant": make_post(office, "Phó phòng", reports_to=above),
    }
    campaign = make_campaign(commune, steering_head=posts["steering"])
    activity = make_activity(campaign, posts["accountable"], organisation=office)
    activity.contributors.add(helping)
    return World(nodes, posts, holders, campaign, activity, make_villages(make_commune(), 3))
