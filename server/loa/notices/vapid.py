# SPDX-License-Identifier: AGPL-3.0-or-later
"""The key by which push services know this installation (RFC 8292), made once in LOA_HOME/keys."""

import base64
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from loa.config.home import sync_folder

NAME = "web-push.pem"


def key_file() -> Path:
    """Return where the private key lies; it is made when it is missing.

    A new key would end every subscription, so two processes that start at once must keep the same one.
    """
    path: Path = settings.HOME.keys / NAME
    if not path.exists():
        aside = path.with_name(f"{NAME}.{os.getpid()}")
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(aside)  # fails when another process was quicker: its key counts
        except FileExistsError:
            pass
        finally:
            aside.unlink()
        sync_folder(path.parent)
    return path


@lru_cache(maxsize=4)
def _public(pem: bytes) -> str:
    private = serialization.load_pem_private_key(pem, password=None)
    point = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def public_key() -> str:
    """Return what a browser asks its push service with: the point in base64url."""
    return _public(key_file().read_bytes())
