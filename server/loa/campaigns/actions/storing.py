# SPDX-License-Identifier: AGPL-3.0-or-later
"""Store a file that a part of a plan will show; one that nothing shows in the end is swept away."""

from collections.abc import Collection
from typing import IO

from django.db import transaction

from loa.campaigns import files
from loa.campaigns.actions.checks import require_deed
from loa.campaigns.models import StoredFile
from loa.campaigns.rules import Deed, Part
from loa.people.models import Person


def store_file(
    *, actor: Person, deed: Deed, parts: Collection[Part], file: IO[bytes], only_photos: bool = False
) -> StoredFile:
    """Store a file by its content before the action that shows it; writes no entry, for nothing shows it yet.

    Args:
        deed: what the file is sent for; ``parts`` is what the actor is there (``standing``).

    Raises:
        PermissionDeniedError: nobody of these parts may do that.
        FileError, PhotoError: the file cannot be taken; nothing was stored.
    """
    require_deed(deed, parts)
    kept = files.keep(files.spool(file), only_photos=only_photos)
    with transaction.atomic():
        return files.stored(kept)
