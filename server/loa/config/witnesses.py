# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa audit verify``: the chain recomputed, and held against every head that went out with an agenda."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from loa.audit import queries
from loa.config.words import _


@dataclass(frozen=True)
class Report:
    """What the walk over the chain found, for people and programs."""

    found: queries.Verification
    witnessed: int

    @property
    def held(self) -> bool:
        return self.found.held

    def as_dict(self) -> dict[str, Any]:
        """Return the form for programs."""
        breaks = [{"code": one.code, "segment": one.segment, "head": one.head} for one in self.found.breaks]
        return {
            "held": self.held,
            "segments": self.found.segments,
            "entries": self.found.entries,
            "unsealed": self.found.unsealed,
            "head": self.found.head,
            "witnessed": self.witnessed,
            "breaks": breaks,
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines that a person reads."""
        yield _(
            "%(entries)d dòng trong %(segments)d đoạn đã niêm phong, %(unsealed)d dòng chờ, đối chiếu "
            "%(witnessed)d đầu chuỗi đã công bố."
        ) % {
            "entries": self.found.entries,
            "segments": self.found.segments,
            "unsealed": self.found.unsealed,
            "witnessed": self.witnessed,
        }
        for one in self.found.breaks:
            yield _sentence(one)
        if self.held:
            yield _("Nhật ký còn nguyên. Đầu chuỗi: %(head)s") % {"head": self.found.head or "-"}


def _sentence(one: queries.Break) -> str:
    sentences = {
        "altered": _("Đoạn %(segment)d: nội dung đã bị sửa."),
        "missing": _("Đoạn %(segment)d: thiếu dòng."),
        "extra": _("Đoạn %(segment)d: thừa dòng."),
        "number": _("Thiếu đoạn ngay trước đoạn %(segment)d."),
        "previous": _("Đoạn %(segment)d không nối với đoạn trước."),
        "head_lost": _(
            "Đầu chuỗi %(head)s đã công bố nhưng không còn trong nhật ký: nhật ký bị viết lại hoặc cắt."
        ),
    }
    return sentences[one.code] % {"segment": one.segment, "head": one.head}


def verify(heads: Collection[str] = ()) -> Report:
    """Recompute the chain and compare it with ``heads`` and those in this machine's public files."""
    witnessed = set(heads) | published_heads(settings.HOME.repositories)
    return Report(queries.verify(witnessed), len(witnessed))


def published_heads(repositories: Path) -> set[str]:
    """Return the heads inside the agendas that lie in the public folder."""
    heads = set()
    for path in repositories.glob("*/targets/**/*agenda.json"):
        try:
            head = json.loads(path.read_bytes()).get("audit_head", "")
        except (ValueError, AttributeError, OSError):
            continue  # no agenda; devices would refuse it as well
        if head:
            heads.add(head)
    return heads
