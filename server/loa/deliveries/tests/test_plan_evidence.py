# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from loa.airtime.tests.factories import make_release
from loa.campaigns import actions, ports
from loa.campaigns.models import Activity
from loa.campaigns.progress import standing
from loa.campaigns.tests.factories import make_activity, make_campaign, make_key_message
from loa.deliveries.models import Delivery, Outcome
from loa.deliveries.plan_evidence import Airings, Minutes
from loa.deliveries.tests.factories import NOW, make_delivery
from loa.people.tests.factories import Cast, make_cast
from loa.releases.models import Release

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def release(cast: Cast) -> Release:
    return make_release(cast.organisation, cast.editor, [cast.commune])


def sounded(release: Release, placement: Any, places: int = 1, **fields: Any) -> list[Delivery]:
    """Store one round at so many places."""
    return [
        make_delivery(placement_id=placement, release_id=release.pk, place_key=f"loa-{uuid4()}", **fields)
        for _ in range(places)
    ]


def code(release: Release) -> str:
    return release.revision.message.code


def test_a_round_at_ten_places_is_one_airing_and_its_minutes_count_once(release: Release) -> None:
    sounded(release, uuid4(), places=9, seconds=90)
    sounded(release, uuid4(), places=2, seconds=30, due_at=NOW + timedelta(days=1))
    fact = Airings().facts([code(release)])[code(release)]
    assert (fact.amount, fact.unit, str(fact.on)) == (Decimal(2), "lượt phát", "2026-11-25")
    assert Minutes().facts([code(release)])[code(release)].amount == Decimal("2.00")


def test_what_did_not_sound_is_no_airing(release: Release) -> None:
    for outcome in (Outcome.MISSED, Outcome.REFUSED):
        sounded(release, uuid4(), outcome=outcome, seconds=0)
    sounded(release, uuid4(), outcome=Outcome.STOPPED, seconds=0)
    assert Airings().facts([code(release), "T-9999"]) == {}


def test_a_test_item_never_counts(release: Release) -> None:
    Release.objects.filter(pk=release.pk).update(is_test=True)
    sounded(release, uuid4())
    assert Airings().facts([code(release)]) == {}


def test_a_row_that_was_amended_gives_way_and_progress_with_it(cast: Cast, release: Release) -> None:
    activity = make_activity(
        make_campaign(cast.organisation), cast.head_post, quantity=1, unit="lượt phát", state="in_progress"
    )
    placement = uuid4()
    [row] = sounded(release, placement)
    actions.add_delivery(actor=cast.head, activity=activity, source=Airings.key, reference=code(release))
    assert standing(activity).is_complete
    sounded(release, placement, outcome=Outcome.MISSED, seconds=0, amends=row, sequence=2)
    assert standing(activity).counted == 0


def test_messages_of_the_activitys_key_messages_that_sounded_are_offered(
    cast: Cast, release: Release
) -> None:
    campaign = make_campaign(cast.organisation)
    message, other = make_key_message(campaign), make_key_message(campaign)
    release.revision.message.campaign = campaign
    release.revision.message.save()
    release.revision.message.key_messages.add(message)
    activity: Activity = make_activity(campaign, cast.head_post)
    assert Airings().suggestions(activity) == []
    sounded(release, uuid4())
    assert [fact.reference for fact in Airings().suggestions(activity)] == [code(release)]
    activity.key_messages.add(other)
    assert Airings().suggestions(activity) == []
    activity.key_messages.add(message)
    assert len(Minutes().suggestions(activity)) == 1


def test_the_ledger_is_registered_as_a_source_of_evidence() -> None:
    assert {"airings", "minutes"} <= {source.key for source in ports.sources()}
