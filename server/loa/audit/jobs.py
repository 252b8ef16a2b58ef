# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sealer: runs in the worker, links what was committed within two seconds."""

from loa.audit import actions
from loa.jobs import periodic


@periodic.every(1, "audit.seal")
def seal_entries() -> None:
    """Seal until nothing waits."""
    while actions.seal():
        pass
