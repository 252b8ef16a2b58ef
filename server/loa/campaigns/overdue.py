# SPDX-License-Identifier: AGPL-3.0-or-later
"""Due dates that would have passed already when a plan begins from a template or as a copy."""

from dataclasses import dataclass
from datetime import date

from loa.campaigns.workdays import workday_after


@dataclass(frozen=True)
class Overdue:
    """Move what would be late at once: a due date before ``today`` becomes the day of work from ``to`` on."""

    today: date
    to: date

    def moved(self, due: date | None) -> date | None:
        """Return a due date; one that has passed is moved, any other stays."""
        return workday_after(self.to) if due is not None and due < self.today else due
