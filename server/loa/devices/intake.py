# SPDX-License-Identifier: AGPL-3.0-or-later
"""What devices send, as the gateway hands it over: each row is stored once, whatever is sent twice."""

from collections.abc import Sequence
from datetime import datetime

from loa_protocol.wire import Heartbeat, HoldingReport, LogReply, PlayLogBatch


def take_log(batch: PlayLogBatch, *, now: datetime | None = None) -> LogReply:
    """Store play rows; the reply names the highest number up to which nothing is missing."""
    raise NotImplementedError


def take_heartbeats(beats: Sequence[Heartbeat], *, now: datetime | None = None) -> int:
    """Store what devices say of themselves, in one transaction; return how many devices were known."""
    raise NotImplementedError


def take_holding(report: HoldingReport, *, now: datetime | None = None) -> int:
    """Confirm withdrawn releases that a device stopped and holds no more; return how many were news."""
    raise NotImplementedError
