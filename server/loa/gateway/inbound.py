# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a device sent, checked against the subject that it came by, and the answer to it.

The NATS server lets a device publish on its own subjects alone, so the subject tells who speaks; what the
message says of its sender must agree, or a device could report for another.
"""

import logging
from dataclasses import dataclass

from loa.devices import intake
from loa_protocol.errors import MalformedError
from loa_protocol.wire import (
    Heartbeat,
    HeldReply,
    HoldingReport,
    LogReply,
    PlayLogBatch,
    decode_message,
    encode_message,
)

logger = logging.getLogger(__name__)


class ForeignSenderError(Exception):
    """A device reported in the name of another."""


@dataclass(frozen=True)
class Sender:
    """Who speaks, as the subject ``loa.<installation>.<commune>.device.<device>.<verb>`` says."""

    installation: str
    commune: str
    device_id: str


def sender(subject: str) -> Sender:
    """Return the sender that ``subject`` names; the subscription's pattern guarantees its form."""
    _, installation, commune, _, device_id, _ = subject.split(".")
    return Sender(installation, commune, device_id)


def may_hear(subject: str, reply: str) -> bool:
    """Say whether an answer may go to ``reply``: into the sender's own inbox, which it alone hears.

    We may publish everywhere; whoever asks names where the answer goes and could speak through us.
    """
    return reply.startswith(f"_INBOX.{sender(subject).device_id}.")


def log_answer(subject: str, data: bytes) -> bytes:
    """Store a batch of play rows and return the reply that follows the commit.

    Args:
        subject: where it came from.
        data: the encoded batch.
    """
    try:
        batch = decode_message(data, PlayLogBatch)
        _check(sender(subject), batch.device_id)
    except (MalformedError, ForeignSenderError) as error:
        logger.warning("Refused a play log on %s: %s", subject, error)
        return encode_message(LogReply(stored_up_to=0, error="refused"))
    return encode_message(intake.take_log(batch))


def held_answer(subject: str, data: bytes) -> bytes:
    """Store that withdrawn releases are held no more and return the reply that follows the commit."""
    try:
        report = decode_message(data, HoldingReport)
        _check(sender(subject), report.device_id)
    except (MalformedError, ForeignSenderError) as error:
        logger.warning("Refused a holding report on %s: %s", subject, error)
        return encode_message(HeldReply(ok=False, error="refused"))
    intake.take_holding(report)
    return encode_message(HeldReply())


def heartbeat(subject: str, data: bytes) -> Heartbeat | None:
    """Return a heartbeat, or None when it is malformed or names another device."""
    try:
        beat = decode_message(data, Heartbeat)
        _check(sender(subject), beat.device_id)
    except (MalformedError, ForeignSenderError) as error:
        logger.warning("Refused a heartbeat on %s: %s", subject, error)
        return None
    return beat


def _check(who: Sender, named: str) -> None:
    if named != who.device_id:
        raise ForeignSenderError(f"{who.device_id} spoke in the name of {named[:64]!r}")
