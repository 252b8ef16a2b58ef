# SPDX-License-Identifier: AGPL-3.0-or-later
"""People who sign, send and edit at the same moment: threads with connections of their own stand for them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from loa.config import clock
from loa.config.errors import LoaError
from loa.config.home import Home
from loa.jobs.models import OutboxEntry
from loa.messages.actions import edit_revision
from loa.messages.models import Revision
from loa.messages.tests.factories import SOURCES, make_revision
from loa.people.models import Person
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.releases.actions import sign_release, submit_for_release
from loa.releases.models import Release, ReleaseState, Signature
from loa.releases.statements import statement_of
from loa.releases.tests.factories import make_key, make_request
from loa.voice.tests.factories import make_heard, make_spoken

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], object]) -> list[object]:
    """Run these in threads that begin together; return results and errors."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return work()
        except LoaError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.fixture(autouse=True)
def _home(tmp_path: Any, settings: Any) -> None:
    settings.HOME = Home(tmp_path / "home")
    settings.HOME.make()


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def signs(person: Person, release: Release) -> Callable[[], object]:
    make_key(person)
    make_heard(person, release.sound)
    return lambda: sign_release(actor=person, release=release, password=PASSWORD)


def test_two_who_sign_at_once_release_it_once(cast: Cast) -> None:
    release = make_request(cast)
    OutboxEntry.objects.all().delete()
    together(signs(cast.approver_one, release), signs(cast.approver_two, release))
    release.refresh_from_db()
    assert release.state == ReleaseState.RELEASED
    assert release.signatures.count() == 2
    assert OutboxEntry.objects.filter(topic="publish", done_at=None).count() == 1


def test_one_who_signs_many_times_at_once_is_one(cast: Cast) -> None:
    release = make_request(cast)
    work = signs(cast.approver_one, release)
    errors = [one for one in together(*[work] * 4) if isinstance(one, LoaError)]
    assert len(errors) == 3
    assert Signature.objects.count() == 1
    release.refresh_from_db()
    assert release.state == ReleaseState.AWAITING


@pytest.mark.parametrize("_round", range(5))
def test_words_edited_while_they_are_sent_are_sent_with_their_own_sound_or_not_at_all(
    cast: Cast, _round: int
) -> None:
    revision = make_revision(cast)
    rendition = make_spoken(revision)
    now = clock.now()

    def send() -> object:
        times = {"not_before": now, "not_after": now + timedelta(days=1)}
        return submit_for_release(
            actor=cast.editor, revision=Revision.objects.get(pk=revision.pk), zones=cast.villages, **times
        )

    def edit() -> object:
        words = {"title": "Khác", "text": "Lời khác hẳn.", "sources": SOURCES}
        return edit_revision(actor=cast.editor, revision=Revision.objects.get(pk=revision.pk), **words)

    together(send, edit)
    for release in Release.objects.all():
        assert statement_of(release).text_sha256 == revision.text_sha256
        assert release.sound_id == rendition.sound_id


def test_of_many_who_send_at_once_one_request_waits(cast: Cast) -> None:
    revision = make_revision(cast)
    make_spoken(revision)
    now = clock.now()

    def send() -> object:
        times = {"not_before": now, "not_after": now + timedelta(days=1)}
        return submit_for_release(
            actor=cast.editor, revision=Revision.objects.get(pk=revision.pk), zones=cast.villages, **times
        )

    together(*[send] * 4)
    assert Release.objects.count() == 1
