# SPDX-License-Identifier: AGPL-3.0-or-later
"""Effects that follow a commit: put in the transaction of the change, carried out by worker or gateway.

Topics: ``publish`` (key: commune; the worker publishes its files), ``look`` (key: commune, payload ``number``
and ``urgent``; the gateway tells the devices to fetch) and ``event`` (key: commune, payload ``kind`` and
``id``; the gateway nudges the browsers). A topic whose handler waits for others' servers has a thread of its own
(``is_slow``), so that a mail server that hangs never keeps a withdrawal from the devices.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from loa.config import clock
from loa.jobs.models import OutboxEntry

LEASE = timedelta(seconds=60)  # a taker that died gives its entries back after this
LONGEST_PAUSE = timedelta(minutes=5)
ERROR_LENGTH = 500  # characters kept of an error

logger = logging.getLogger(__name__)

Handler = Callable[[OutboxEntry], None]
_handlers: dict[str, Handler] = {}
_slow: set[str] = set()


@dataclass(frozen=True)
class Claim:
    """One effect to carry out now; entries that say the same are settled together by the newest of them."""

    entry: OutboxEntry
    ids: tuple[int, ...]


def put(
    topic: str, *, key: str = "", payload: dict[str, Any] | None = None, not_before: datetime | None = None
) -> OutboxEntry:
    """Write down an effect that follows the commit of the caller's transaction.

    Args:
        topic: what is to happen; its handler must be idempotent.
        key: what it is about.
        payload: plain JSON values.
        not_before: the earliest moment; now when left out.

    Raises:
        RuntimeError: no transaction is open, so that change and effect could part.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"The effect {topic} needs the transaction of its change.")
    now = clock.now()
    return OutboxEntry.objects.create(
        topic=topic, key=key, payload=payload or {}, created_at=now, not_before=not_before or now
    )


def put_all(topic: str, *, keys: Iterable[str], not_before: datetime | None = None) -> None:
    """Write down the same effect for many keys, as ``put`` does for one.

    Raises:
        RuntimeError: no transaction is open.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"The effect {topic} needs the transaction of its change.")
    now = clock.now()
    OutboxEntry.objects.bulk_create(
        [
            OutboxEntry(topic=topic, key=key, created_at=now, not_before=not_before or now, payload={})
            for key in keys
        ],
        batch_size=100,
    )


def handler(topic: str, *, is_slow: bool = False) -> Callable[[Handler], Handler]:
    """Register the function that the worker calls for ``topic``; calling it twice must do no harm.

    Args:
        is_slow: it waits for others' servers, up to ten seconds for each entry.
    """

    def register(function: Handler) -> Handler:
        _handlers[topic] = function
        if is_slow:
            _slow.add(topic)
        return function

    return register


def handled_topics() -> list[str]:
    """Return the topics that have a handler in this process and share one thread."""
    return sorted(set(_handlers) - _slow)


def slow_topics() -> list[str]:
    """Return the topics that have a handler in this process and a thread each."""
    return sorted(set(_handlers) & _slow)


def claim(topics: Iterable[str], *, now: datetime, limit: int = 200) -> list[Claim]:
    """Take the due entries of ``topics`` for ``LEASE``; several takers never get the same one.

    An entry says "see to it that", so those with the same topic, key and payload become one claim.
    """
    due = OutboxEntry.objects.filter(topic__in=list(topics), done_at=None, not_before__lte=now).order_by("pk")
    if not due.exists():  # a read alone: looking takes no write lock
        return []
    with transaction.atomic():
        taken = list(due.select_for_update(skip_locked=True)[:limit])
        for entry in taken:
            entry.attempts += 1
            entry.not_before = now + LEASE
        OutboxEntry.objects.filter(pk__in=[entry.pk for entry in taken]).update(
            not_before=now + LEASE, attempts=F("attempts") + 1
        )
    groups: dict[tuple[str, str, str], list[OutboxEntry]] = {}
    for entry in taken:
        groups.setdefault((entry.topic, entry.key, repr(sorted(entry.payload.items()))), []).append(entry)
    return [Claim(group[-1], tuple(entry.pk for entry in group)) for group in groups.values()]


def settle(claims: Iterable[Claim], *, now: datetime) -> None:
    """Mark the entries of ``claims`` as carried out."""
    ids = [pk for claim in claims for pk in claim.ids]
    if ids:
        OutboxEntry.objects.filter(pk__in=ids).update(done_at=now, last_error="")


def retry(claim: Claim, error: Exception | str, *, now: datetime) -> None:
    """Give the entries of ``claim`` back: again after 2, 4, 8 … seconds, 5 minutes at most."""
    pause = min(timedelta(seconds=2 ** min(claim.entry.attempts, 9)), LONGEST_PAUSE)
    text = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else error
    OutboxEntry.objects.filter(pk__in=claim.ids).update(
        not_before=now + pause, last_error=text[:ERROR_LENGTH]
    )


def run_due(topics: Sequence[str] | None = None, *, limit: int = 200) -> int:
    """Call the handlers of everything that is due once; return how many effects were carried out.

    Args:
        topics: which; those of the shared thread when left out.
        limit: entries taken at once; few where each may take seconds, so that all are done within ``LEASE``.

    An effect that fails is tried again later and never keeps the next one from its turn.
    """
    carried_out = 0
    for claimed in claim(topics if topics is not None else handled_topics(), now=clock.now(), limit=limit):
        try:
            _handlers[claimed.entry.topic](claimed.entry)
        except Exception as error:  # one broken entry must not stop a province; it is kept with its error
            logger.exception("The effect %s %s failed.", claimed.entry.topic, claimed.entry.key)
            retry(claimed, error, now=clock.now())
        else:
            settle([claimed], now=clock.now())
            carried_out += 1
    return carried_out


def forget_done(before: datetime) -> int:
    """Delete entries carried out before ``before``; the audit log and the ledger keep what matters."""
    return OutboxEntry.objects.filter(done_at__lt=before).delete()[0]
