# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ceremony whose private keys never meet the server: made on another machine, named here by their public parts.

`make` needs no database and no server. `begin` drafts the root that names these keys; it waits for two of them
as every later root does (``loa keys export``, ``sign``, ``import``), and nothing has changed before.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]  # not in __all__

from loa.config.failures import OperatorError
from loa.config.keys import media as key_media
from loa.config.keys.ceremony import (
    Outcome,
    administrators_of,
    check_holders,
    check_roots,
    holder_of,
    refuse_second,
    write_new,
)
from loa.config.keys.media import Ask, HeldKey
from loa.config.keys.rotation import finish, load_keys
from loa.config.words import _
from loa.devices.repository_roots import Naming, sign_all
from loa.releases import authority
from loa_protocol.keys import ed25519_public_key

FORMAT = 1


@dataclass(frozen=True)
class PublicParts:
    """What is carried to the server; nothing in it is secret.

    Args:
        root: the raw public root keys.
        admin: sign-in name -> the raw public key of an administrator who holds a file.
    """

    installation: str
    root: tuple[bytes, ...]
    admin: Mapping[str, bytes]

    @property
    def root_keys(self) -> tuple[SSlibKey, ...]:
        """Return the root keys as a root names them."""
        return tuple(SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(raw)) for raw in self.root)

    def write(self, path: Path) -> None:
        """Write it into a file."""
        content = {
            "format": FORMAT,
            "installation": self.installation,
            "root": [raw.hex() for raw in self.root],
            "admin": {name: raw.hex() for name, raw in self.admin.items()},
        }
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1))


def read(path: Path) -> PublicParts:
    """Read such a file.

    Raises:
        OperatorError: it is none.
    """
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise ValueError("format")
        return PublicParts(
            str(content["installation"]),
            tuple(bytes.fromhex(one) for one in content["root"]),
            {str(name): bytes.fromhex(one) for name, one in content["admin"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OperatorError(_("%(path)s không phải phần công khai của lễ khóa.") % {"path": path}) from error


def make(
    file: Path, installation: str, media: Sequence[Path], admins: Sequence[str], ask: Ask
) -> list[HeldKey]:
    """Make root keys and administrators' keys on media, and write their public parts into a file.

    Args:
        admins: ``USERNAME=FOLDER`` each.

    Raises:
        OperatorError: a medium is not right, holds a key already, or a passphrase is too short. No key is left.
    """
    check_roots(media)
    own = [_named(text) for text in admins]
    key_media.check([*media, *(folder for _name, folder in own)], settings.HOME.root)
    roots = [
        (medium, key_media.make("root", installation, str(number), ""))
        for number, medium in enumerate(media, start=1)
    ]
    pairs = [*roots, *((folder, key_media.make("admin", installation, name, name)) for name, folder in own)]
    for medium, key in pairs:
        if (medium / key.file_name).exists():
            raise OperatorError(_("%(path)s đã có một khóa. Chọn phương tiện khác.") % {"path": medium})
    written = write_new(pairs, ask)
    try:
        PublicParts(
            installation,
            tuple(_raw(key) for _medium, key in roots),
            {key.holder: _raw(key) for _medium, key in pairs if key.kind == "admin"},
        ).write(file)
    except OSError:
        key_media.remove(written)
        raise
    return [key for _medium, key in pairs]


def begin(parts: PublicParts, admins: Sequence[str], now: datetime) -> Outcome:
    """Draft the root that names these keys; it holds when two of the root keys have signed it.

    Args:
        admins: sign-in names of the administrators; who has no key in the parts signs with passkeys.

    Raises:
        OperatorError: the ceremony was held, the keys are of another installation, a holder is not right, or a
            key of the parts belongs to nobody here. Nothing has changed.
    """
    refuse_second()
    if parts.installation != authority.installation():
        raise OperatorError(_("Khóa trong tệp được tạo cho hệ thống khác. Chưa đổi gì."))
    check_roots({one.keyid for one in parts.root_keys})
    holders = [holder_of(text, parts.admin) for text in admins]
    check_holders(holders)
    names = {one.person.username for one in holders}
    if not names.issuperset(parts.admin) or any(one.medium for one in holders):
        raise OperatorError(_("Ghi đúng tên những người có khóa trong tệp (--admin), không kèm thư mục."))
    files = {
        str(one.person.pk): ed25519_public_key(parts.admin[one.person.username])
        for one in holders
        if one.person.username in parts.admin
    }
    keys = load_keys()
    newest = keys.roots.newest()
    naming = Naming(parts.root_keys, keys.naming.online, administrators_of(holders, files))
    draft = naming.draft(newest.version + 1 if newest else 1, now)
    return finish(sign_all(draft, keys.root_signers if newest else ()))


def _named(text: str) -> tuple[str, Path]:
    name, _sign, folder = text.partition("=")
    if not name or not folder:
        raise OperatorError(_("Ghi --admin tên=thư-mục cho mỗi người giữ tệp khóa."))
    return name, Path(folder)


def _raw(key: HeldKey) -> bytes:
    return bytes.fromhex(key.public.keyval["public"])
