# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa keys status``: who holds which key, what ends when, and what waits for whom."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from loa.areas.models import Area
from loa.config.keys import rotation
from loa.config.keys.ceremony import forget_server_keys
from loa.config.words import _
from loa.devices.repository_keys import server_kept_root_keys
from loa.devices.repository_roots import Roots
from loa.people.models import Person
from loa.releases import authority, proposals
from loa.releases.approvers import latest, statement_in
from loa_protocol.times import parse_utc


@dataclass(frozen=True)
class Holding:
    """One administrator: his keys, and how many of them are passkeys."""

    name: str
    keys: int
    passkeys: int


@dataclass(frozen=True)
class Report:
    """How the keys of this installation stand."""

    installation: str
    is_held_by_people: bool
    root_version: int
    root_ends: datetime | None
    root_missing: int  # signatures that a drafted root lacks; 0 without one
    administrators: tuple[Holding, ...]
    waiting: tuple[str, ...]
    lists_end: datetime | None  # the first list of approvers that ends
    left_here: tuple[str, ...]  # private keys on this server that ought not to be

    def as_dict(self) -> dict[str, Any]:
        """Return the form for programs."""
        moments = {"root_ends": self.root_ends, "lists_end": self.lists_end}
        return {**asdict(self), **{key: one and one.isoformat() for key, one in moments.items()}}

    def lines(self) -> Iterator[str]:
        """Yield the lines that a person reads."""
        yield _("Tên hệ thống: %(name)s") % {"name": self.installation}
        if self.is_held_by_people:
            yield _("Lễ khóa đã làm: khóa gốc và khóa quản trị do người giữ.")
        else:
            yield _("Chưa làm lễ khóa: khóa nằm trên máy chủ, chỉ phát được tin thử (trừ máy demo).")
        if self.root_ends is not None:
            yield _("Bản gốc số %(version)d, dùng đến %(until)s.") % {
                "version": self.root_version,
                "until": f"{self.root_ends:%d/%m/%Y}",
            }
        if self.root_missing:
            yield _("Bản gốc mới còn thiếu %(count)d chữ ký.") % {"count": self.root_missing}
        for one in self.administrators:
            yield _("Quản trị %(name)s: %(keys)d khóa, trong đó %(passkeys)d khóa truy cập.") % asdict(one)
        for words in self.waiting:
            yield _("Chờ hai quản trị ký: %(what)s") % {"what": words}
        if self.lists_end is not None:
            yield _("Danh sách người duyệt đầu tiên hết hạn ngày %(until)s.") % {
                "until": f"{self.lists_end:%d/%m/%Y}"
            }
        for path in self.left_here:
            yield _("Khóa còn trên máy chủ: %(path)s") % {"path": path}


def read() -> Report:
    """Look at the keys; what a ceremony that was cut off at its end left on the server is deleted first."""
    forget_server_keys()
    roots = Roots(settings.HOME.keys / authority.ROOTS_FOLDER)
    newest, draft = roots.newest(), rotation.next_root()
    left = [*server_kept_root_keys(settings.HOME.keys), *authority.server_kept_admin_keys()]
    return Report(
        installation=authority.installation(),
        is_held_by_people=authority.is_held_by_people(),
        root_version=newest.version if newest else 0,
        root_ends=newest.expires if newest else None,
        root_missing=roots.missing(draft) if draft else 0,
        administrators=tuple(_holdings()),
        waiting=tuple(proposals.title(one) for one in proposals.all_waiting()),
        lists_end=_first_end(),
        left_here=tuple(str(path) for path in left),
    )


def _holdings() -> Iterator[Holding]:
    if not authority.is_held_by_people():
        return
    named = authority.administrators()
    people = {
        str(one.pk): one.full_name for one in Person.objects.filter(pk__in=_numbers(named.admin_people))
    }
    for holder in dict.fromkeys(named.admin_people.values()):
        own = [key for key in named.admin_keys if named.admin_people.get(key.keyid) == holder]
        passkeys = sum(key.keytype == "webauthn" for key in own)
        yield Holding(people.get(holder, holder), len(own), passkeys)


def _numbers(admin_people: dict[str, str]) -> list[int]:
    return [int(one) for one in admin_people.values() if one.isdigit()]


def _first_end() -> datetime | None:
    communes = Area.objects.filter(approvers_lists__isnull=False).distinct()
    found = [listed for commune in communes if (listed := latest(commune)) is not None]
    return min((parse_utc(statement_in(one).expires_at) for one in found), default=None)
