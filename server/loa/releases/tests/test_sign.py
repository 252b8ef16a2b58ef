# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two people sign the same bytes; nobody who made them is one of the two."""

import pytest

from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError
from loa.jobs.models import OutboxEntry
from loa.messages.actions import edit_revision
from loa.people.models import Role
from loa.people.tests.factories import PASSWORD, Cast, grant, make_cast
from loa.releases import seams
from loa.releases.actions import return_release, sign_release
from loa.releases.errors import MayNotSignError, TooManyAttemptsError, WrongPasswordError
from loa.releases.models import Release, ReleaseState, Signature
from loa.releases.queries import envelope, waiting_for, who_may_sign, why_not_sign
from loa.releases.tests.factories import make_heard, make_key, make_release, make_request, make_revision, sign
from loa_protocol.envelope import decode
from loa_protocol.verify import verify_release
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import trust

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_two_approvers_release_and_a_device_would_accept_it(cast: Cast) -> None:
    release = make_request(cast)
    assert sign(cast.approver_one, release).state == ReleaseState.AWAITING
    release = sign(cast.approver_two, release)
    assert release.state == ReleaseState.RELEASED
    verified = verify_release(
        decode(envelope(release)), trust(cast.commune.code), statement_in(publish_approvers(cast.commune))
    )
    assert set(verified.people) == {str(cast.approver_one.pk), str(cast.approver_two.pk)}
