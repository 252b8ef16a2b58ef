# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages for tests, written by the same actions as any other."""

from collections.abc import Sequence
from typing import Any

from loa.messages.actions import SourceInput, write_message
from loa.messages.models import Message, Revision
from loa.people.tests.factories import Cast

TEXT = "Bà con đọc dự thảo Văn kiện từ 19h30 ngày 27/11 tại nhà văn hóa thôn."
SOURCES = (SourceInput("Kế hoạch của Tỉnh ủy", "https://example.org/ke-hoach"),)


def make_message(
    cast: Cast,
    *,
    title: str = "Mời góp ý dự thảo Văn kiện",
    text: str = TEXT,
    sources: Sequence[SourceInput] = SOURCES,
    **fields: Any,
) -> Message:
    """Return a new message of the cast's organisation, written by its editor, with one open revision."""
    fields = {"actor": cast.editor, "organisation": cast.organisation, **fields}
    return write_message(title=title, text=text, sources=sources, **fields)


def make_revision(cast: Cast, **fields: Any) -> Revision:
    """Return the open revision of a new message."""
    return make_message(cast, **fields).revisions.get()
