# SPDX-License-Identifier: AGPL-3.0-or-later
"""Publish what a commune's devices follow as one TUF repository of static files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from loa.devices.models import Publication


@dataclass(frozen=True)
class Seen:
    """The highest numbers that files or devices are known to have shown for a commune."""

    agenda: int = 0
    approvers: int = 0
    rules: int = 0


def publish(commune_code: str, *, above: int = 0, now: datetime | None = None) -> Publication:
    """Write the commune's files when anything changed, then ask the gateway to say "look"."""
    raise NotImplementedError


def refresh_timestamps(now: datetime | None = None) -> int:
    """Sign every commune's timestamp anew before it expires; return how many were."""
    raise NotImplementedError


def highest_seen() -> dict[str, Seen]:
    """Return the highest numbers in the public files and in the devices' reports, by commune code."""
    raise NotImplementedError


def continue_above(seen: Mapping[str, Seen | int]) -> None:
    """Publish every named commune under numbers above those seen; for a restore."""
    raise NotImplementedError


def root_text(commune_code: str) -> str:
    """Return the commune's first root metadata, which a device gets at enrolment."""
    raise NotImplementedError
