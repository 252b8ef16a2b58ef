# SPDX-License-Identifier: AGPL-3.0-or-later
"""Self-test keys release a marked test item on one device, and nothing else."""

from uuid import uuid4

import pytest

from loa.config.errors import ConflictError
from loa.people.tests.factories import Cast, make_cast
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import read_selftest_keys, trust
from loa.releases.models import ReleaseState
from loa.releases.queries import envelope
from loa.releases.selftest import admit_selftest, release_selftest
from loa.releases.statements import unsigned_envelope
from loa.releases.tests.factories import make_request
from loa_protocol.envelope import decode, sign
from loa_protocol.errors import ProtocolError
from loa_protocol.keys import Ed25519Signer
from loa_protocol.verify import verify_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_test_item_is_released_and_names_its_one_device(cast: Cast) -> None:
    device = str(uuid4())
    admit_selftest(cast.commune, device)
    release = release_selftest(release=make_request(cast, is_test=True), commune=cast.commune)
    assert release.state == ReleaseState.RELEASED
    approvers = statement_in(publish_approvers(cast.commune))
    verified = verify_release(decode(envelope(release)), trust(cast.commune.code), approvers)
    assert [signer.devices for signer in verified.signers] == [[device], [device]]


def test_it_signs_nothing_that_is_no_test(cast: Cast) -> None:
    admit_selftest(cast.commune, str(uuid4()))
    release = make_request(cast)
    with pytest.raises(ConflictError, match="tin kiểm tra"):
        release_selftest(release=release, commune=cast.commune)


def test_its_keys_do_not_count_for_a_live_item_even_when_used_directly(cast: Cast) -> None:
    approvers = statement_in(admit_selftest(cast.commune, str(uuid4())))
    keys = read_selftest_keys(cast.commune.code)
    assert keys is not None
    forged = unsigned_envelope(make_request(cast))
    for private in keys.private_keys:
        forged = sign(forged, Ed25519Signer(private))
    with pytest.raises(ProtocolError):
        verify_release(forged, trust(cast.commune.code), approvers)


def test_another_device_keeps_the_keys_and_replaces_the_device(cast: Cast) -> None:
    first = statement_in(admit_selftest(cast.commune, str(uuid4())))
    other = str(uuid4())
    second = statement_in(admit_selftest(cast.commune, other))
    assert [one.keys for one in first.people] == [one.keys for one in second.people]
    assert {device for one in second.people for device in one.devices} == {other}
    assert second.number == first.number + 1


def test_asking_again_for_the_same_device_changes_nothing(cast: Cast) -> None:
    device = str(uuid4())
    assert admit_selftest(cast.commune, device) == admit_selftest(cast.commune, device)
