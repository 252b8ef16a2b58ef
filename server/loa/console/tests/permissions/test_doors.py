# SPDX-License-Identifier: AGPL-3.0-or-later
"""The actions refuse by themselves what their pages refuse first: a page is only one of the doors to them."""

from datetime import timedelta

import pytest

from loa.config.errors import PermissionDeniedError
from loa.console.tests.permissions.world import NOW, World
from loa.messages.models import Revision
from loa.people.tests.factories import PASSWORD
from loa.releases.actions import sign_withdrawal, submit_for_release
from loa.releases.errors import MayNotSignError
from loa.releases.models import Release, ReleaseState, UnlockAttempt

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("part", ["outsider", "viewer", "approver", "administrator"])
def test_who_may_not_send_for_release_sends_nothing(world: World, part: str) -> None:
    draft = Revision.objects.get(message__code=world.arguments["draft"][0])
    with pytest.raises(PermissionDeniedError):
        submit_for_release(
            actor=world.people[part],
            revision=draft,
            zones=world.cast.villages,
            not_before=NOW,
            not_after=NOW + timedelta(days=2),
        )
    draft.refresh_from_db()
    assert draft.frozen_at is None


@pytest.mark.parametrize("part", ["outsider", "viewer", "editor", "administrator"])
def test_who_may_not_withdraw_is_refused_before_a_key_is_tried(world: World, part: str) -> None:
    release = Release.objects.get(pk=world.arguments["release"][0])
    with pytest.raises(MayNotSignError):
        sign_withdrawal(actor=world.people[part], release=release, password=PASSWORD)
    release.refresh_from_db()
    assert release.state == ReleaseState.RELEASED
    assert not UnlockAttempt.objects.filter(person=world.people[part]).exists()
