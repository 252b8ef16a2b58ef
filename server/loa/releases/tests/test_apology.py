# SPDX-License-Identifier: AGPL-3.0-or-later
"""A wrong broadcast: the apology goes to the villages where it sounded, and a record says what happened."""

import pytest
from django.test import Client
from django.urls import reverse

from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.deliveries.models import Delivery, Outcome, ProofStrength
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.releases.actions import account_for, apologise, withdraw
from loa.releases.actions.apology import where_it_sounded
from loa.releases.models import Mishap, Release
from loa.releases.tests.factories import make_release, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def wrong(cast: Cast) -> Release:
    """A withdrawn release that sounded in the first village, was missed in the second, and unknown in the third."""
    release = make_release(cast)
    now = clock.now()
    for number, (village, seconds) in enumerate(zip(cast.villages, (4.0, 0.0), strict=False), 1):
        Delivery.objects.create(
            placement_id=release.pk,
            release_id=release.pk,
            channel="loudspeaker",
            place_key=f"d{number}",
            place_name=f"Loa {number}",
            village=village,
            due_at=now,
            due_date=now.date(),
            sequence=number,
            outcome=Outcome.DELIVERED if seconds else Outcome.MISSED,
            seconds=seconds,
            proof=ProofStrength.RECORDED,
            recorded_at=now,
        )
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason="Sai ngày họp")
    release.refresh_from_db()
    return release


def test_the_apology_goes_to_where_it_sounded_whatever_is_chosen(cast: Cast, wrong: Release) -> None:
    assert where_it_sounded(wrong) == cast.villages[:1]
    mishap = apologise(actor=cast.editor, release=wrong)
    assert list(mishap.villages.all()) == cast.villages[:1]
    revision = mishap.apology.revisions.get()
    assert wrong.revision.title in revision.text
    request = make_request(cast, revision=revision, zones=cast.villages)
    assert list(request.zones.all()) == cast.villages[:1]


def test_a_second_tap_changes_nothing(cast: Cast, wrong: Release) -> None:
    first = apologise(actor=cast.editor, release=wrong)
    assert apologise(actor=cast.editor, release=wrong) == first
    assert Mishap.objects.count() == 1


def test_nothing_is_apologised_for_before_it_ended_or_where_nothing_sounded(cast: Cast) -> None:
    release = make_release(cast)
    with pytest.raises(ConflictError, match="Thu hồi tin trước"):
        apologise(actor=cast.editor, release=release)
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason="Sai")
    with pytest.raises(ConflictError, match="Chưa loa nào"):
        apologise(actor=cast.editor, release=release)


@pytest.mark.parametrize("who", ["approver_one", "viewer", "administrator", "outsider"])
def test_only_who_writes_there_apologises_and_gives_the_account(cast: Cast, wrong: Release, who: str) -> None:
    person = getattr(cast, who)
    with pytest.raises(PermissionDeniedError):
        apologise(actor=person, release=wrong)
    mishap = apologise(actor=cast.editor, release=wrong)
    with pytest.raises(PermissionDeniedError):
        account_for(actor=person, mishap=mishap, account="Nhầm bản nháp.")


def test_one_tap_leads_to_the_record_which_takes_an_account(cast: Cast, wrong: Release) -> None:
    client = Client()
    client.force_login(cast.editor)
    shown = client.get(reverse("releases:withdraw", args=[wrong.pk])).content.decode()
    assert "Xin lỗi ở những nơi đã phát" in shown
    url = reverse("releases:mishap", args=[wrong.pk])
    assert client.post(reverse("releases:apologise", args=[wrong.pk])).headers["Location"] == url
    assert client.post(url, {"account": ""}).status_code == 400
    assert client.post(url, {"account": "Gửi nhầm bản nháp."}).status_code == 302
    assert "Gửi nhầm bản nháp." in client.get(url).content.decode()
