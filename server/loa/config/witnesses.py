# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa audit verify``: the chain recomputed, and held against every head that went out with an agenda.

Devices sign which head they saw in which agenda. Whoever rewrites the log, even with all agendas in the database,
is found out by a device that says otherwise; the fork is named by the last head that both sides share.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings

from loa.audit import queries
from loa.config.words import _
from loa.devices.models import Device, DeviceStatus, Publication
from loa_protocol.enrolment import check_witness
from loa_protocol.errors import ProtocolError
from loa_protocol.wire import Witness


@dataclass(frozen=True)
class Fork:
    """A device that saw another log than this one.

    Args:
        agenda: number of the agenda in which it saw it.
        seen: the head that it signed.
        here: the head that this database says went out with that agenda; "" when it knows no such agenda.
        common: number of the last sealed segment that was published before and still is in the log; 0 for none.
    """

    device: str
    agenda: int
    seen: str
    here: str
    common: int


@dataclass(frozen=True)
class Report:
    """What the walk over the chain found, for people and programs."""

    found: queries.Verification
    witnessed: int
    forks: tuple[Fork, ...] = ()
    unsigned: tuple[str, ...] = ()  # devices whose word bears no good signature

    @property
    def held(self) -> bool:
        return self.found.held and not self.forks

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
            "forks": [asdict(one) for one in self.forks],
            "unsigned": list(self.unsigned),
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
        for fork in self.forks:
            yield _(
                "Nhật ký bị tách nhánh: %(device)s thấy đầu chuỗi %(seen)s trong lịch số %(agenda)d, ở đây là "
                "%(here)s. Hai bên còn giống nhau đến hết đoạn %(common)d."
            ) % {**asdict(fork), "here": fork.here or "-"}
        for name in self.unsigned:
            yield _("%(device)s báo đầu chuỗi mà chữ ký không đúng: không tính.") % {"device": name}
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


def verify(heads: Collection[str] = (), *, with_devices: bool = False) -> Report:
    """Recompute the chain and compare it with ``heads`` and those in this machine's public files.

    Args:
        with_devices: also with what each device last signed as the newest head that it saw.
    """
    known = set(heads) | published_heads(settings.HOME.repositories)
    if not with_devices:
        return Report(queries.verify(known), len(known))
    said, unsigned = witnesses_of_devices()
    known |= {witness.audit_head for _device, witness in said}
    found = queries.verify(known)
    lost = {one.head for one in found.breaks if one.code == "head_lost"}
    forks = (_fork(device, witness, lost) for device, witness in said)
    return Report(found, len(known), tuple(one for one in forks if one is not None), tuple(unsigned))


def witnesses_of_devices() -> tuple[list[tuple[Device, Witness]], list[str]]:
    """Return what devices last signed about the log, and the names of those whose signature is not good."""
    said, unsigned = [], []
    for status in DeviceStatus.objects.select_related("device__commune").order_by("device__name"):
        if not (given := status.report.get("witness")):
            continue
        device = status.device
        try:
            witness = msgspec.convert(given, Witness)
            check_witness(device.public_key, str(device.pk), witness)
        except (msgspec.ValidationError, ProtocolError):
            unsigned.append(device.name)
        else:
            said.append((device, witness))
    return said, unsigned


def _fork(device: Device, witness: Witness, lost: Collection[str]) -> Fork | None:
    """Return where a device's log and this one part, or None where they agree."""
    agendas = Publication.objects.filter(commune=device.commune)
    published = agendas.filter(number=witness.agenda_number).first()
    here = str(published.agenda.get("audit_head", "")) if published else ""
    is_other = published is not None and here != witness.audit_head
    if witness.audit_head not in lost and not (is_other and not queries.is_explained(witness.audit_head)):
        return None
    before = agendas.filter(number__lt=witness.agenda_number).order_by("-number")
    common = queries.last_common(str(one.agenda.get("audit_head", "")) for one in before.iterator())
    return Fork(device.name, witness.agenda_number, witness.audit_head, here, common)


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
