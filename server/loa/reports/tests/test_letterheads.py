# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who issues and who signs a document where nobody wrote otherwise."""

from datetime import date

import pytest

from loa.airtime.tests.factories import FIVE
from loa.campaigns.models import Campaign
from loa.campaigns.tests.factories import make_campaign
from loa.people.models import OrganisationKind
from loa.people.tests.factories import Cast, make_cast, make_post
from loa.reports import letterheads
from loa.reports.models import Document, Kind

pytestmark = pytest.mark.django_db
TODAY = FIVE.date()


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    return make_campaign(cast.organisation)


def test_letterheads_are_proposed_from_the_organisation_and_yield_to_what_was_written(
    campaign: Campaign, cast: Cast
) -> None:
    cast.organisation.name = "UBND xã Đầm Hà"
    campaign.organisation = cast.organisation
    head = letterheads.proposed(campaign, Kind.PLAN, TODAY)
    assert (head.issuer, head.number, head.authority) == (
        "Ủy ban nhân dân\nxã Đầm Hà",
        "/KH-UBND",
        "TM. Ủy ban nhân dân",
    )
    assert letterheads.proposed(campaign, Kind.WEEKLY, TODAY).number == "/BC-UBND"
    document = Document(campaign=campaign, kind=Kind.PLAN, signer="Trần Thế Ước", issued_on=date(2026, 1, 2))
    taken = letterheads.head_of(document, TODAY)
    assert (taken.signer, taken.issued_on, taken.place) == ("Trần Thế Ước", date(2026, 1, 2), head.place)


@pytest.mark.parametrize(
    ("title", "authority", "office"),
    [
        ("Chủ tịch UBND xã", "TM. Ủy ban nhân dân", "Chủ tịch"),
        ("Phó Chủ tịch UBND xã", "TM. Ủy ban nhân dân\nKT. Chủ tịch", "Phó Chủ tịch"),
        (
            "Phó Chủ tịch Thường trực",
            "TM. Ủy ban nhân dân\nKT. Chủ tịch",
            "Phó Chủ tịch Thường trực",
        ),
        ("Phó Trưởng phòng", "TM. Ủy ban nhân dân\nKT. Trưởng phòng", "Phó Trưởng phòng"),
        ("Phó phòng", "TM. Ủy ban nhân dân\nKT. Trưởng phòng", "Phó phòng"),
    ],
)
def test_a_deputy_signs_for_the_chief(
    campaign: Campaign, cast: Cast, title: str, authority: str, office: str
) -> None:
    campaign.steering_head = make_post(cast.organisation, title, cast.head)
    head = letterheads.proposed(campaign, Kind.PLAN, TODAY)
    assert (head.authority, head.office) == (authority, office)


def test_a_deputy_who_was_typed_signs_for_the_chief_too(campaign: Campaign) -> None:
    document = Document(campaign=campaign, kind=Kind.PLAN, office="Phó Chủ tịch")
    assert letterheads.head_of(document, TODAY).authority == "TM. Ủy ban nhân dân\nKT. Chủ tịch"


def test_the_partys_documents_have_its_numbers(campaign: Campaign, cast: Cast) -> None:
    cast.organisation.name, cast.organisation.kind = "Đảng ủy xã Đầm Hà", OrganisationKind.PARTY
    campaign.organisation = cast.organisation
    head = letterheads.proposed(campaign, Kind.FINAL, TODAY)
    assert (head.number, head.authority) == ("-BC/ĐU", "T/M Ban Thường vụ")
