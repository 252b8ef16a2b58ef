# SPDX-License-Identifier: AGPL-3.0-or-later
"""Releases for tests, made by the same actions as any other, with keys that are cheap to open."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from loa.areas.models import Area
from loa.config import clock
from loa.messages.models import Revision
from loa.messages.tests.factories import make_revision
from loa.people.models import Person
from loa.people.tests.factories import PASSWORD, Cast
from loa.releases.actions import make_signing_key, sign_release, submit_for_release
from loa.releases.models import Release, SigningKey
from loa.releases.sealing import Cost
from loa.voice.tests.factories import make_heard, make_spoken

CHEAP = Cost(n=2**4, r=1, p=1)


def make_key(person: Person) -> SigningKey:
    """Return the person's key, sealed with the tests' password."""
    return make_signing_key(person=person, password=PASSWORD, cost=CHEAP)


def make_request(
    cast: Cast, *, revision: Revision | None = None, zones: Iterable[Area] | None = None, **fields: Any
) -> Release:
    """Return a request for release that waits, sent by the cast's editor, from now for five days."""
    revision = revision or make_revision(cast)
    make_spoken(revision)
    now = clock.now()
    values = {
        "actor": cast.editor,
        "not_before": now - timedelta(minutes=1),
        "not_after": now + timedelta(days=5),
        **fields,
    }
    return submit_for_release(revision=revision, zones=zones or cast.villages, **values)


def sign(person: Person, release: Release) -> Release:
    """Have a person hear and sign a release, making a key first where there is none."""
    make_key(person)
    make_heard(person, release.sound)
    return sign_release(actor=person, release=release, password=PASSWORD)


def make_release(cast: Cast, **fields: Any) -> Release:
    """Return a release that both approvers of the cast have signed."""
    release = make_request(cast, **fields)
    sign(cast.approver_one, release)
    return sign(cast.approver_two, release)
