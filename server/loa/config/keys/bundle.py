# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for signatures, as one file: exported here, signed on a machine without network, imported here.

The file is read and signed without a database. Lists are shown in words before anybody signs them.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuf.api.metadata import Metadata, Root  # type: ignore[attr-defined]  # not in __all__

from loa.config.failures import OperatorError
from loa.config.keys.media import HeldKey
from loa.config.words import _
from loa.devices.repository_roots import naming_of
from loa.people.models.sign_in import KEY_SHOWN
from loa.releases.list_telling import list_name
from loa.releases.list_words import changes, contents
from loa_protocol.envelope import APPROVERS_TYPE, RULES_TYPE, Envelope, decode, encode, sign
from loa_protocol.errors import ProtocolError
from loa_protocol.keys import Ed25519Signer
from loa_protocol.statements import ApproversStatement, RulesStatement, decode_statement

FORMAT = 1
List = ApproversStatement | RulesStatement


@dataclass(frozen=True)
class Item:
    """One thing to sign.

    Args:
        place: the commune's name; "" for the root.
        content: an envelope with the signatures that it has, or root metadata.
        before: what is in force now, empty when nothing is.
    """

    kind: str  # "approvers", "rules", "root"
    place: str
    content: bytes
    before: bytes = b""

    def words(self) -> Iterator[str]:
        """Yield what it says, as a person reads it before he signs.

        Raises:
            OperatorError: it cannot be read.
        """
        try:
            if self.kind == "root":
                yield from _root_words(Metadata[Root].from_bytes(self.content).signed)
                return
            after = _read(self.content)
            before = _read(self.before) if self.before else None
        except (ProtocolError, ValueError) as error:
            raise OperatorError(_("Tệp chờ ký bị hỏng: %(why)s") % {"why": error}) from error
        yield _("%(list)s, %(place)s (%(code)s), số %(number)d:") % {
            "list": list_name(self.kind),
            "place": self.place,
            "code": after.commune,
            "number": after.number,
        }
        yield from (f"  • {line}" for line in changes(before, after))
        yield _("Toàn văn sau khi đổi:")
        yield from (f"    {line}" for line in contents(after))

    def signed(self, key: HeldKey) -> "Item | None":
        """Return the item with a signature by this key, or None when such a key signs nothing of it.

        Raises:
            OperatorError: it is of another installation.
        """
        if self.kind == "root":
            if key.kind != "root":
                return None
            draft = Metadata[Root].from_bytes(self.content)
            draft.sign(key.root_signer(), append=True)
            return Item(self.kind, self.place, draft.to_bytes(), self.before)
        if key.kind != "admin":
            return None
        if _read(self.content).installation != key.installation:
            raise OperatorError(_("Danh sách này là của hệ thống khác. Chưa ký gì."))
        envelope = sign(decode(self.content), Ed25519Signer(key.private))
        return Item(self.kind, self.place, encode(envelope), self.before)

    @property
    def envelope(self) -> Envelope:
        """Return a list with its signatures."""
        return decode(self.content)


def write(path: Path, items: list[Item]) -> None:
    """Write what waits into a file; nothing in it is secret."""
    rows = [
        {"kind": one.kind, "place": one.place, "content": _text(one.content), "before": _text(one.before)}
        for one in items
    ]
    path.write_text(json.dumps({"format": FORMAT, "items": rows}, ensure_ascii=False, indent=1))


def read(path: Path) -> list[Item]:
    """Read such a file.

    Raises:
        OperatorError: it is none.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise ValueError("format")
        return [
            Item(str(one["kind"]), str(one["place"]), _bytes(one["content"]), _bytes(one["before"]))
            for one in content["items"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(_("%(path)s không phải tệp chờ ký của Loa.") % {"path": path}) from error


def _read(content: bytes) -> List:
    envelope = decode(content)
    if envelope.payload_type == APPROVERS_TYPE:
        return decode_statement(envelope.payload, ApproversStatement)
    if envelope.payload_type == RULES_TYPE:
        return decode_statement(envelope.payload, RulesStatement)
    raise ValueError(envelope.payload_type)


def _root_words(root: Root) -> Iterator[str]:
    named = naming_of(root)
    yield _("Bản gốc số %(number)d, dùng đến %(until)s:") % {
        "number": root.version,
        "until": f"{root.expires:%d/%m/%Y}",
    }
    for key in named.root:
        yield "  • " + _("khóa gốc %(key)s") % {"key": key.keyid[:KEY_SHOWN]}
    for role, online in sorted(named.online.items()):
        yield "  • " + _("khóa %(role)s %(key)s") % {"role": role, "key": online.keyid[:KEY_SHOWN]}
    administrators = named.administrators
    for admin in administrators.admin_keys if administrators else []:
        holder = administrators.admin_people.get(admin.keyid, "") if administrators else ""
        yield "  • " + _("khóa quản trị %(key)s, người số %(holder)s") % {
            "key": admin.keyid[:KEY_SHOWN],
            "holder": holder or "-",
        }


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
