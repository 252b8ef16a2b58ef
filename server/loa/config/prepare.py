# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bring database, static files and keys to what this version needs; safe to run at every start."""

from django.conf import settings
from django.core.management import call_command

from loa.releases import authority


def prepare_database() -> None:
    """Make the folders and bring the tables to this version."""
    settings.HOME.make()
    call_command("migrate", interactive=False, verbosity=0)


def prepare() -> None:
    """Migrate, collect static files, make keys that are missing; in a demo load its sample campaign.

    Raises:
        django.db.OperationalError: the database cannot be reached.
    """
    prepare_database()
    call_command("collectstatic", interactive=False, verbosity=0)
    authority.ensure_installation_keys()
    if settings.DEMO:
        from loa.console import demo

        demo.load()
