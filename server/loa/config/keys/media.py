# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys on removable media: one file each, sealed with its holder's passphrase. Needs no database."""

import base64
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # not in __all__

from loa.config.failures import OperatorError
from loa.config.home import sync_folder, write_private
from loa.config.words import _
from loa.people.models.sign_in import KEY_SHOWN
from loa.releases.sealing import Cost, Sealed, WrongPasswordError, seal, unseal
from loa_protocol.keys import Ed25519Signer, PublicKey, new_ed25519

FORMAT = 1
SHORTEST = 12  # characters of a passphrase
COST = Cost(n=2**17)  # 128 MB and about half a second for each guess: a medium may be stolen

Kind = Literal["root", "admin"]
Ask = Callable[[str], str]  # says what the passphrase is for, returns it


@dataclass(frozen=True)
class HeldKey:
    """A private key in somebody's hands.

    Args:
        holder: which of the root keys ("1" to "3"), or the id of the administrator.
        name: of the holder, for people.
    """

    kind: Kind
    installation: str
    holder: str
    name: str
    private: bytes

    @property
    def public(self) -> PublicKey:
        return Ed25519Signer(self.private).public_key

    @property
    def short_id(self) -> str:
        """Return the digits by which a list or a root names the key."""
        keyid: str = self.root_signer().public_key.keyid if self.kind == "root" else self.public.keyid
        return keyid[:KEY_SHOWN]

    @property
    def file_name(self) -> str:
        return f"loa-{self.kind}-{self.holder}.json"

    @property
    def words(self) -> str:
        """Return what the key is called in questions and answers."""
        if self.kind == "root":
            return _("khóa gốc số %(number)s") % {"number": self.holder}
        return _("khóa quản trị của %(name)s") % {"name": self.name}

    def root_signer(self) -> CryptoSigner:
        """Return the key as TUF signs with it."""
        return CryptoSigner(Ed25519PrivateKey.from_private_bytes(self.private))


def make(kind: Kind, installation: str, holder: str, name: str) -> HeldKey:
    """Return a new key, which nothing holds yet but memory."""
    return HeldKey(kind, installation, holder, name, new_ed25519()[0])


def check(media: Sequence[Path], outside: Path) -> None:
    """See that media are there, can be written, and are not one and the same.

    Args:
        outside: LOA_HOME; a key in it would lie on the server.

    Raises:
        OperatorError: one of them is missing, on the server, or named twice.
    """
    seen: list[Path] = []
    for medium in media:
        if not medium.is_dir():
            raise OperatorError(
                _("Không thấy phương tiện %(path)s. Cắm vào rồi chạy lại.") % {"path": medium}
            )
        place = medium.resolve()
        if place.is_relative_to(outside.resolve()):
            raise OperatorError(_("%(path)s nằm trong LOA_HOME. Chọn phương tiện rời.") % {"path": medium})
        if any(place.is_relative_to(one) or one.is_relative_to(place) for one in seen):
            raise OperatorError(
                _("%(path)s được ghi hai lần. Mỗi khóa một phương tiện riêng.") % {"path": medium}
            )
        if not os.access(place, os.W_OK):
            raise OperatorError(_("Không ghi được vào %(path)s.") % {"path": medium})
        seen.append(place)


def one_drive(media: Iterable[Path]) -> bool:
    """Say whether two media are folders of one drive: whoever takes it has both keys."""
    drives = [medium.stat().st_dev for medium in media]
    return len(set(drives)) < len(drives)


def write(medium: Path, key: HeldKey, passphrase: str) -> Path:
    """Write a key file and read it back.

    Raises:
        OperatorError: the passphrase is too short, another key lies there, or what was written is not readable.
        OSError: it cannot be written.
    """
    if len(passphrase) < SHORTEST:
        raise OperatorError(_("Cụm mật khẩu cần ít nhất %(count)d ký tự.") % {"count": SHORTEST})
    path = medium / key.file_name
    sealed = seal(key.private, passphrase, bound_to=_binding(_head(key)), cost=COST)
    content = {**_head(key), "seal": sealed.parameters, "sealed": base64.b64encode(sealed.content).decode()}
    write_private(path, json.dumps(content, ensure_ascii=False, indent=1).encode())
    if read(path, passphrase) != key:
        raise OperatorError(_("Đọc lại %(path)s không đúng. Đổi phương tiện khác.") % {"path": path})
    return path


def read(path: Path, passphrase: str) -> HeldKey:
    """Open a key file.

    Raises:
        OperatorError: it is none, or the passphrase does not open it.
    """
    head = describe(path)
    sealed = Sealed(base64.b64decode(head.pop("sealed")), head.pop("seal"))
    try:
        private = unseal(sealed, passphrase, bound_to=_binding(head))
    except WrongPasswordError as error:
        raise OperatorError(_("Cụm mật khẩu không mở được %(path)s.") % {"path": path}) from error
    return HeldKey(head["kind"], head["installation"], head["holder"], head["name"], private)


def describe(path: Path) -> dict[str, Any]:
    """Return what a key file says without its passphrase.

    Raises:
        OperatorError: it is none.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        if content["format"] != FORMAT or not {"kind", "holder", "name", "keyid", "seal"} <= set(content):
            raise ValueError("format")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(_("%(path)s không phải tệp khóa của Loa.") % {"path": path}) from error
    return content


def find(medium: Path) -> list[Path]:
    """Return the key files on a medium.

    Raises:
        OperatorError: there are none, or there is no such medium.
    """
    found = sorted(medium.glob("loa-*.json")) if medium.is_dir() else []
    if not found:
        raise OperatorError(_("Không thấy khóa nào của Loa ở %(path)s.") % {"path": medium})
    return found


def open_all(media: Iterable[Path], kind: Kind, ask: Ask) -> list[HeldKey]:
    """Open the keys of one kind on some media, each with its passphrase.

    Raises:
        OperatorError: a medium has none, or a passphrase is wrong.
    """
    opened = []
    for medium in media:
        paths = [path for path in find(medium) if describe(path)["kind"] == kind]
        if not paths:
            raise OperatorError(_("%(path)s không có khóa loại cần dùng.") % {"path": medium})
        opened += [read(path, ask(str(path))) for path in paths]
    return opened


def remove(paths: Iterable[Path]) -> None:
    """Take back key files of a ceremony that did not come to its end."""
    for path in paths:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def _head(key: HeldKey) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": key.kind,
        "installation": key.installation,
        "holder": key.holder,
        "name": key.name,
        "keyid": key.public.keyid,
        "public": key.public.keyval["public"],
    }


def _binding(head: dict[str, Any]) -> bytes:
    """Return the open part of a file as it is bound to the sealed one: a file cannot be given another name."""
    return json.dumps(head, ensure_ascii=False, sort_keys=True).encode()
