# SPDX-License-Identifier: AGPL-3.0-or-later
"""Outbox rows as NATS messages: "look again" for devices, nudges for browsers."""

from loa.jobs.models import OutboxEntry
from loa_protocol import wire

TOPICS = ("look", "event")


def message(installation: str, entry: OutboxEntry) -> tuple[str, bytes]:
    """Return subject and content of what ``entry`` asks for.

    Args:
        installation: this installation's name.
        entry: topic ``look`` (payload ``number``, ``urgent``) or ``event`` (``kind``, ``id``); key: commune.

    Raises:
        ValueError: another topic.
        MalformedError: the key is no commune's code.
    """
    payload = entry.payload
    if entry.topic == "look":
        look = wire.Look(
            commune=entry.key, number=int(payload.get("number", 0)), urgent=bool(payload.get("urgent", False))
        )
        return wire.look_subject(installation, entry.key), wire.encode_message(look)
    if entry.topic == "event":
        event = wire.Event(kind=payload["kind"], id=str(payload["id"]))
        return wire.events_subject(installation, entry.key), wire.encode_message(event)
    raise ValueError(f"The gateway carries no {entry.topic}.")
