# SPDX-License-Identifier: AGPL-3.0-or-later
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from loa.config import clock
from loa.jobs import outbox
from loa.jobs.models import OutboxEntry

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Handle the topics "good" and "bad" of a test; the keys handled are listed."""
    keys: list[str] = []

    def bad(entry: OutboxEntry) -> None:
        raise ValueError("no such commune")

    monkeypatch.setattr(outbox, "_handlers", {"good": lambda entry: keys.append(entry.key), "bad": bad})
    return keys


@pytest.mark.django_db(transaction=True)
def test_an_effect_needs_the_transaction_of_its_change() -> None:
    with pytest.raises(RuntimeError):
        outbox.put("good")


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_has_no_effect(handled: list[str]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.put("good", key="06970")
        raise ZeroDivisionError
    assert outbox.run_due() == 0
    assert handled == []


@pytest.mark.django_db
def test_the_same_wish_is_carried_out_once_for_all_who_had_it(handled: list[str]) -> None:
    for key in ("06970", "06970", "06973", "06970"):
        outbox.put("good", key=key)
    assert outbox.run_due() == 2
    assert sorted(handled) == ["06970", "06973"]
    assert not OutboxEntry.objects.filter(done_at=None).exists()


@pytest.mark.django_db
def test_a_broken_effect_keeps_no_other_from_its_turn_and_comes_again_later(handled: list[str]) -> None:
    outbox.put("bad", key="1")
    outbox.put("good", key="2")
    assert outbox.run_due() == 1
    assert handled == ["2"]
    broken = OutboxEntry.objects.get(done_at=None)
    assert broken.last_error == "ValueError: no such commune"
    assert broken.not_before == NOON + timedelta(seconds=2)
    with clock.frozen(NOON + timedelta(seconds=3)):
        outbox.run_due()
    broken.refresh_from_db()
    assert broken.attempts == 2
    assert broken.not_before == NOON + timedelta(seconds=3 + 4)


@pytest.mark.django_db
def test_an_effect_waits_for_its_moment(handled: list[str]) -> None:
    outbox.put("good", key="later", not_before=NOON + timedelta(hours=1))
    assert outbox.run_due() == 0
    with clock.frozen(NOON + timedelta(hours=1)):
        assert outbox.run_due() == 1


@pytest.mark.django_db
def test_two_takers_never_get_the_same_entry_and_a_dead_one_gives_it_back() -> None:
    outbox.put("look", key="06970")
    assert len(outbox.claim(["look"], now=NOON)) == 1
    assert outbox.claim(["look"], now=NOON) == []
    assert len(outbox.claim(["look"], now=NOON + outbox.LEASE)) == 1


@pytest.mark.django_db
def test_effects_done_long_ago_are_forgotten_and_open_ones_never(handled: list[str]) -> None:
    outbox.put("good")
    outbox.run_due()
    outbox.put("look")
    assert outbox.forget_done(NOON + timedelta(days=7)) == 1
    assert OutboxEntry.objects.get().topic == "look"
