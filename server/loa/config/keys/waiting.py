# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for signatures on this server: gathered into a file, and taken back from one that was signed."""

from collections.abc import Iterator
from dataclasses import dataclass

from tuf.api.metadata import Metadata, Root  # type: ignore[attr-defined]  # not in __all__

from loa.audit.actor import Actor
from loa.config.errors import LoaError
from loa.config.failures import OperatorError
from loa.config.keys import rotation
from loa.config.keys.bundle import Item
from loa.config.words import _
from loa.releases import proposals
from loa.releases.models import ListProposal
from loa_protocol.envelope import encode

FILE = Actor("keys", "loa keys")  # whoever brought a signed file; who signed is said by the keys


@dataclass(frozen=True)
class Taken:
    """What an import did: signatures that were taken, and sentences about those that were not."""

    count: int
    refused: tuple[str, ...]
    root_missing: int | None = None


def gather() -> list[Item]:
    """Return everything that waits for a signature."""
    draft = rotation.next_root()
    root = [] if draft is None else [Item("root", "", draft.to_bytes())]
    return root + [
        Item(one.kind, one.commune.name, encode(proposals.signed(one)), bytes(one.before))
        for one in proposals.all_waiting()
    ]


def take(items: list[Item]) -> Taken:
    """Take the signatures out of a signed file; what is here already is passed over."""
    count, refused, missing = 0, [], None
    for item in items:
        if item.kind == "root":
            missing = _take_root(item)
            continue
        found = _waiting(item)
        if found is None:
            refused.append(_("%(place)s: danh sách này không còn chờ ký.") % {"place": item.place})
            continue
        have = {one.keyid for one in found.signatures.all()}
        for value in item.envelope.signatures:
            if value.keyid in have:
                continue
            try:
                proposals.take_signature(actor=FILE, proposal=found, value=value)
            except LoaError as error:
                refused.append(f"{item.place}: {error}")
            else:
                count += 1
    return Taken(count, tuple(refused), missing)


def _take_root(item: Item) -> int:
    """Take the signatures over the root that waits here; return how many still lack."""
    brought, here = Metadata[Root].from_bytes(item.content), rotation.next_root()
    if here is None or here.signed_bytes != brought.signed_bytes:
        raise OperatorError(_("Bản gốc trong tệp không phải bản đang chờ ở đây. Chưa nhận gì."))
    here.signatures.update(brought.signatures)
    return rotation.finish(here).missing


def _waiting(item: Item) -> ListProposal | None:
    """Return the proposal whose bytes an item bears."""
    payload = item.envelope.payload
    return next(_same(item.kind, payload), None)


def _same(kind: str, payload: bytes) -> Iterator[ListProposal]:
    return (one for one in proposals.all_waiting() if one.kind == kind and bytes(one.statement) == payload)
