# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a segment's head covers: pure functions over plain values, so that anyone can recompute it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from loa.audit.models import Entry


def plain(value: Any) -> Any:
    """Return ``value`` as JSON that both databases give back unchanged (fractions become text)."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if value is None or isinstance(value, (bool, int, str)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def entry_bytes(entry: Entry) -> bytes:
    """Return the canonical bytes of ``entry``; its place in the log is covered by the segment."""
    return json.dumps(
        {
            "id": entry.pk,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor_id": entry.actor_id,
            "actor_name": entry.actor_name,
            "action": entry.action,
            "object_type": entry.object_type,
            "object_id": entry.object_id,
            "object_name": entry.object_name,
            "area_code": entry.area_code,
            "details": entry.details,
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


def head(number: int, previous: str, entries: Iterable[Entry]) -> str:
    """Return the head of segment ``number``: SHA-256 over the former head and each entry's hash."""
    digest = hashlib.sha256(f"loa.audit.1\n{number}\n{previous}\n".encode())
    for entry in entries:
        digest.update(hashlib.sha256(entry_bytes(entry)).digest())
    return digest.hexdigest()
