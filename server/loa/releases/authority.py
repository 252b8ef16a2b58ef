# SPDX-License-Identifier: AGPL-3.0-or-later
"""The installation's name and its administrators, who sign lists of approvers and airtime rules.

Who they are stands in the newest root metadata, signed with the offline root keys. In a demo, and before the
key ceremony, both their keys lie in LOA_HOME/keys (decision 0014): ``loa check`` calls that weak.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from django.conf import settings

from loa.config.home import Home, write_private
from loa_protocol.canonical import canonical
from loa_protocol.envelope import APPROVERS_TYPE, RULES_TYPE, Envelope, judge, sign
from loa_protocol.errors import MalformedError
from loa_protocol.keys import Ed25519Signer, PublicKey, new_ed25519
from loa_protocol.statements import (
    Administrators,
    ApproversStatement,
    RulesStatement,
    decode_statement,
    encode_statement,
)
from loa_protocol.verify import Trust, trust_of

ADMIN_THRESHOLD = 2
ADMIN_KEY_NAMES = ("admin-1.key", "admin-2.key")
INSTALLATION_FILE = "installation"
SELFTEST_FOLDER = "selftest"
ROOTS_FOLDER = Path("root/metadata")  # below the keys: the installation's chain of root metadata


class KeysElsewhereError(Exception):
    """The administrators hold their keys themselves: this server cannot sign for them."""


@dataclass(frozen=True)
class SelftestKeys:
    """Two keys that release test items on one device of one commune, and nothing else."""

    commune: str
    device_ids: tuple[str, ...]
    private_keys: tuple[bytes, bytes]

    @property
    def public_keys(self) -> tuple[PublicKey, PublicKey]:
        first, second = (Ed25519Signer(private).public_key for private in self.private_keys)
        return first, second


def _home(home: Home | None) -> Home:
    return home or settings.HOME


def installation(home: Home | None = None) -> str:
    """Return the name inside every signed file: LOA_INSTALLATION, or a random one made once and kept."""
    named: str = settings.ENVIRONMENT.installation
    if named:
        return named
    path = _home(home).keys / INSTALLATION_FILE
    if not path.exists():
        _make_once(path, f"loa-{token_hex(6)}".encode())
    return path.read_text().strip()


def ensure_installation_keys(home: Home | None = None) -> list[PublicKey]:
    """Return the administrators' public keys; before any root names some, make two that this server keeps."""
    return administrators(home).admin_keys


def administrators(home: Home | None = None) -> Administrators:
    """Return who signs lists: whom the newest root names, else the holders of two keys that this server keeps."""
    return _named_in_root(_home(home).keys / ROOTS_FOLDER) or Administrators(
        installation=installation(home),
        admin_keys=[signer.public_key for signer in _admin_signers(home)],
        admin_threshold=ADMIN_THRESHOLD,
    )


def is_held_by_people(home: Home | None = None) -> bool:
    """Say whether the ceremony was held: administrators are named whose keys do not lie on this server."""
    named = _named_in_root(_home(home).keys / ROOTS_FOLDER)
    return named is not None and len(_server_signers(named, home)) < named.admin_threshold


def trust(commune_code: str, home: Home | None = None) -> Trust:
    """Return what a device of this commune is given at its enrolment."""
    return trust_of(administrators(home), commune_code)


def is_signed(envelope: Envelope, home: Home | None = None) -> bool:
    """Say whether enough of today's administrators have signed a list."""
    named = administrators(home)
    good, _refused = judge(envelope, named.admin_keys, named.relying_parties)
    return len(trust_of(named, "any").people(good)) >= named.admin_threshold


def sign_approvers(statement: ApproversStatement, home: Home | None = None) -> Envelope:
    """Sign a list of approvers with both administrators' keys, where this server keeps them.

    Raises:
        KeysElsewhereError: people hold them.
        MalformedError: the statement names another installation, or cannot be written.
    """
    return _sign(statement, APPROVERS_TYPE, home)


def sign_rules(statement: RulesStatement, home: Home | None = None) -> Envelope:
    """Sign airtime rules with both administrators' keys, where this server keeps them.

    Raises:
        KeysElsewhereError: people hold them.
        MalformedError: the statement names another installation, or cannot be written.
    """
    return _sign(statement, RULES_TYPE, home)


def server_kept_admin_keys(home: Home | None = None) -> list[Path]:
    """Return the private administrators' keys that lie on this server; `loa check` says that this is weak."""
    folder = _home(home).keys
    return [folder / name for name in ADMIN_KEY_NAMES if (folder / name).exists()]


def selftest_keys(commune_code: str, device_id: str, home: Home | None = None) -> SelftestKeys:
    """Return the commune's self-test keys with ``device_id`` as their only device; make them once.

    Where two people must sign each list, they hold for every device of the self-test's own commune: its list is
    signed once and not at each self-test.
    """
    path = _home(home).keys / SELFTEST_FOLDER / f"{commune_code}.json"
    known = read_selftest_keys(commune_code, home)
    device_ids = () if is_held_by_people(home) else (device_id,)
    if known is not None and known.device_ids == device_ids:
        return known
    private_keys = known.private_keys if known else (new_ed25519()[0], new_ed25519()[0])
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = {"device_ids": list(device_ids), "private_keys": [key.hex() for key in private_keys]}
    write_private(path, json.dumps(content).encode())
    return SelftestKeys(commune_code, device_ids, private_keys)


def read_selftest_keys(commune_code: str, home: Home | None = None) -> SelftestKeys | None:
    """Return the commune's self-test keys, or None when no self-test ran there."""
    path = _home(home).keys / SELFTEST_FOLDER / f"{commune_code}.json"
    if not path.exists():
        return None
    content = json.loads(path.read_text())
    first, second = (bytes.fromhex(key) for key in content["private_keys"])
    return SelftestKeys(commune_code, tuple(content["device_ids"]), (first, second))


def _sign(statement: ApproversStatement | RulesStatement, payload_type: str, home: Home | None) -> Envelope:
    if statement.installation != installation(home):
        raise MalformedError(
            "wrong_installation",
            "the statement is for another installation",
            expected=installation(home),
            found=statement.installation,
        )
    named = administrators(home)
    signers = _server_signers(named, home)
    if len(signers) < named.admin_threshold:
        raise KeysElsewhereError("The administrators' keys do not lie on this server.")
    envelope = Envelope(payload_type=payload_type, payload=encode_statement(statement))
    for signer in signers:
        envelope = sign(envelope, signer)
    return envelope


def _named_in_root(folder: Path) -> Administrators | None:
    """Return whom the newest root metadata names, or None without a root or where it names nobody."""
    versions = [int(path.name.split(".")[0]) for path in folder.glob("[0-9]*.root.json")]
    if not versions:
        return None
    root = json.loads((folder / f"{max(versions)}.root.json").read_bytes())
    named = root["signed"].get("loa")
    return None if named is None else decode_statement(canonical(named), Administrators)


def _server_signers(named: Administrators, home: Home | None) -> list[Ed25519Signer]:
    """Return the signers of those named administrators whose keys this server keeps."""
    held = {key.keyid for key in named.admin_keys}
    signers = [Ed25519Signer(bytes.fromhex(path.read_text())) for path in server_kept_admin_keys(home)]
    return [signer for signer in signers if signer.keyid in held]


def _admin_signers(home: Home | None) -> list[Ed25519Signer]:
    folder = _home(home).keys
    signers = []
    for name in ADMIN_KEY_NAMES:
        path = folder / name
        if not path.exists():
            _make_once(path, new_ed25519()[0].hex().encode())
        signers.append(Ed25519Signer(bytes.fromhex(path.read_text().strip())))
    return signers


def _make_once(path: Path, content: bytes) -> None:
    """Write a secret that does not exist yet; of several processes that start at once the first one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = path.with_name(f"{path.name}.{token_hex(4)}")
    write_private(mine, content)
    try:
        os.link(mine, path)
    except FileExistsError:
        return
    finally:
        mine.unlink()
