# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reading a messaging token (JWT) for its end; only the server checks it."""

import base64
import binascii
from datetime import UTC, datetime

import msgspec

LATEST = 253_370_764_800  # epoch s of the year 9999: a token that ends later does not end


class _Claims(msgspec.Struct):
    exp: int = 0


def expires_at(token: str) -> datetime | None:
    """Return when a token ends; None when it does not, or cannot be read."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        content = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = msgspec.json.decode(content, type=_Claims)
    except (binascii.Error, ValueError):
        return None
    return datetime.fromtimestamp(claims.exp, UTC) if 0 < claims.exp < LATEST else None
