# SPDX-License-Identifier: AGPL-3.0-or-later
"""Canonical JSON: the one spelling in bytes of everything that is signed or hashed."""

from typing import Any, cast

from securesystemslib.formats import encode_canonical


def canonical(value: dict[str, Any]) -> bytes:
    """Write a value as canonical JSON (sorted keys, no blanks, whole numbers only, UTF-8).

    Raises:
        securesystemslib.exceptions.FormatError: it holds something else, such as a fraction.
        UnicodeEncodeError: it holds half a surrogate pair.
    """
    return cast(str, encode_canonical(value)).encode()
