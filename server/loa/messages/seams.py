# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where higher apps listen: each function is called inside the transaction of the change."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loa.messages.models import Revision
    from loa.people.models import Person

# (revision, the revision it continues or None, who did it): after one is written, changed or begun anew.
on_saved: list[Callable[["Revision", "Revision | None", "Person"], None]] = []
