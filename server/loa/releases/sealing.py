# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seal a private key with a password: scrypt makes a key of the password, AES-GCM binds it to its owner.

Pure functions; the parameters travel with the sealed bytes, so that they can be raised later.
"""

import os
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SALT_LENGTH = 16  # bytes
NONCE_LENGTH = 12  # bytes
KEY_LENGTH = 32  # bytes
MAX_COST = 2**20  # a row of the database must not make us derive for minutes


class WrongPasswordError(ValueError):
    """The password does not open the seal, or the sealed bytes were changed or belong to someone else."""


@dataclass(frozen=True)
class Cost:
    """What guessing one password costs: scrypt's n, r and p (2**15, 8, 1: 32 MB and about 0.1 s)."""

    n: int = 2**15
    r: int = 8
    p: int = 1


DEFAULT_COST = Cost()


@dataclass(frozen=True)
class Sealed:
    """Encrypted bytes, and what is needed beside the password to open them."""

    content: bytes
    parameters: dict[str, Any]


def seal(private: bytes, password: str, *, bound_to: bytes, cost: Cost = DEFAULT_COST) -> Sealed:
    """Encrypt ``private`` so that only ``password`` opens it, and only together with ``bound_to``."""
    salt, nonce = os.urandom(SALT_LENGTH), os.urandom(NONCE_LENGTH)
    content = AESGCM(_derive(password, salt, cost)).encrypt(nonce, private, bound_to)
    return Sealed(content, {"kdf": "scrypt", **asdict(cost), "salt": salt.hex(), "nonce": nonce.hex()})


def unseal(sealed: Sealed, password: str, *, bound_to: bytes) -> bytes:
    """Decrypt what ``seal`` made.

    Raises:
        WrongPasswordError: another password, another owner, or changed bytes: they cannot be told apart.
        ValueError: the parameters are none of ours.
    """
    given = sealed.parameters
    cost = Cost(int(given["n"]), int(given["r"]), int(given["p"]))
    if given["kdf"] != "scrypt" or not 0 < cost.n * cost.r * cost.p <= MAX_COST * 8:
        raise ValueError("The key is sealed in a way that this version does not know.")
    key = _derive(password, bytes.fromhex(given["salt"]), cost)
    try:
        return AESGCM(key).decrypt(bytes.fromhex(given["nonce"]), sealed.content, bound_to)
    except InvalidTag as error:
        raise WrongPasswordError("The password does not open this key.") from error


def _derive(password: str, salt: bytes, cost: Cost) -> bytes:
    return Scrypt(salt=salt, length=KEY_LENGTH, n=cost.n, r=cost.r, p=cost.p).derive(password.encode())
