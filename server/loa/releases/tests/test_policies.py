# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which policy holds for an organisation, and who may set it: never one person."""

import pytest
from django.db import IntegrityError, transaction

from loa.audit.models import Entry
from loa.config.errors import PermissionDeniedError
from loa.people.tests.factories import Cast, make_cast
from loa.releases.actions import set_policy
from loa.releases.actions.policies import policy_of
from loa.releases.models import Policy, PolicyKind
from loa.releases.tests.factories import make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.mark.parametrize("who", ["editor", "approver_one", "planner", "viewer", "outsider"])
def test_only_an_administrator_of_the_organisation_sets_it(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDeniedError):
        set_policy(actor=getattr(cast, who), organisation=cast.organisation, kind=PolicyKind.SMALL_OFFICE)
    assert not Policy.objects.exists()


def test_setting_it_twice_is_one_entry(cast: Cast) -> None:
    first = set_policy(actor=cast.administrator, organisation=cast.organisation, kind=PolicyKind.JOINED)
    assert set_policy(actor=cast.administrator, organisation=cast.organisation, kind="joined") == first
    assert Entry.objects.filter(action="releases.set_policy").count() == 1


def test_the_nearest_one_above_holds_and_without_any_the_strict_one(cast: Cast) -> None:
    with transaction.atomic():
        assert policy_of(cast.office).kind == PolicyKind.STRICT
    Policy.objects.all().delete()
    above = set_policy(actor=cast.administrator, organisation=cast.organisation, kind=PolicyKind.SMALL_OFFICE)
    with transaction.atomic():
        assert policy_of(cast.office) == above


def test_no_policy_lets_one_person_release(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.create(organisation=cast.organisation, key="one", kind=PolicyKind.STRICT, threshold=1)


def test_a_request_goes_on_under_the_policy_that_its_bytes_name(cast: Cast) -> None:
    release = make_request(cast)
    set_policy(actor=cast.administrator, organisation=cast.organisation, kind=PolicyKind.SMALL_OFFICE)
    release.refresh_from_db()
    assert release.policy_kind == PolicyKind.STRICT
    assert make_request(cast).policy_kind == PolicyKind.SMALL_OFFICE
