# SPDX-License-Identifier: AGPL-3.0-or-later
"""Periodic work of accounts: sessions that are over leave the table."""

from loa.jobs import periodic
from loa.people.sessions import SessionStore


@periodic.every(3600, "people.clear_sessions")
def clear_sessions() -> None:
    """Delete the sessions whose time is over."""
    SessionStore.clear_expired()
