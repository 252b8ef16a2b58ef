# SPDX-License-Identifier: AGPL-3.0-or-later
"""Topics that wait for others' servers have a thread each, and take few entries at once."""

import signal
import threading

import pytest
from django.db import transaction

from loa.jobs import outbox, periodic, worker
from loa.jobs.models import OutboxEntry


@pytest.mark.django_db
def test_the_same_effect_is_written_down_for_many_keys():
    with transaction.atomic():
        outbox.put_all("letter", keys=["1", "2"])
        outbox.put_all("letter", keys=[])
    assert list(OutboxEntry.objects.values_list("topic", "key", "payload")) == [
        ("letter", "1", {}),
        ("letter", "2", {}),
    ]


def test_many_effects_need_the_transaction_of_their_change(monkeypatch):
    class Outside:
        in_atomic_block = False

    monkeypatch.setattr("loa.jobs.outbox.transaction.get_connection", Outside)
    with pytest.raises(RuntimeError):
        outbox.put_all("letter", keys=["1"])


@pytest.mark.django_db(transaction=True)
def test_a_server_that_hangs_keeps_no_other_effect_from_its_turn(monkeypatch):
    published, hanging = threading.Event(), threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(outbox, "_handlers", {})
    monkeypatch.setattr(outbox, "_slow", set())
    monkeypatch.setattr(periodic, "_registered", {})
    monkeypatch.setattr(worker, "autodiscover_modules", lambda name: None)
    running = worker.Worker()

    @outbox.handler("letter", is_slow=True)
    def letter(entry):
        hanging.set()
        assert published.wait(20)

    @outbox.handler("publish")
    def publish(entry):
        assert hanging.wait(20)
        published.set()
        running.stop()

    assert (outbox.handled_topics(), outbox.slow_topics()) == (["publish"], ["letter"])
    with transaction.atomic():
        outbox.put("letter")
        outbox.put("publish")
    try:
        running.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert not OutboxEntry.objects.filter(done_at=None).exists()


@pytest.mark.django_db
def test_few_entries_are_taken_at_once_when_that_is_asked_for(monkeypatch):
    monkeypatch.setattr(outbox, "_handlers", {"letter": lambda entry: None})
    with transaction.atomic():
        outbox.put_all("letter", keys=[str(number) for number in range(6)])
    assert [outbox.run_due(["letter"], limit=4) for _ in range(3)] == [4, 2, 0]
