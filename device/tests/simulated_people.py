# SPDX-License-Identifier: AGPL-3.0-or-later
"""The simulator's people: keys made from names, and what they sign."""

from hashlib import sha256
from typing import Any

from loa_protocol import envelope as env
from loa_protocol.demo_authenticator import DemoAuthenticator
from loa_protocol.keys import Ed25519Signer, Signer
from loa_protocol.statements import (
    ActivationStatement,
    ApproversStatement,
    ReleaseStatement,
    RulesStatement,
    Statement,
    WithdrawalStatement,
    encode_statement,
)
from loa_protocol.webauthn import RelyingParty

INSTALLATION, COMMUNE, PROVINCE = "quang-ninh", "06895", "22"
ZONE = "Asia/Ho_Chi_Minh"
_TYPES = {
    ReleaseStatement: env.RELEASE_TYPE,
    ApproversStatement: env.APPROVERS_TYPE,
    RulesStatement: env.RULES_TYPE,
    WithdrawalStatement: env.WITHDRAWAL_TYPE,
    ActivationStatement: env.ACTIVATION_TYPE,
}
ROLES = ("root", "timestamp", "snapshot", "targets")


def signer(name: str) -> Ed25519Signer:
    """Return a key made from its owner's name; it exists only in tests."""
    return Ed25519Signer(sha256(f"loa device test key of {name}".encode()).digest())


SITE = RelyingParty(rp_id="loa.example.vn", origins=["https://loa.example.vn"])


def passkey(name: str, **changes: Any) -> DemoAuthenticator:
    """Return a passkey made from its owner's name."""
    seed = sha256(f"loa device test passkey of {name}".encode()).digest()
    return DemoAuthenticator(**{"seed": seed, "rp_id": SITE.rp_id, "origin": SITE.origins[0], **changes})


def key_of(name: str) -> Ed25519Signer | DemoAuthenticator:
    """Return somebody's key: a passkey for names that end so."""
    return passkey(name) if name.endswith("passkey") else signer(name)


def sealed(statement: Statement, *who: str | Signer) -> bytes:
    """Return the statement in an envelope that these people signed."""
    envelope = env.Envelope(payload_type=_TYPES[type(statement)], payload=encode_statement(statement))
    for one in who:
        envelope = env.sign(envelope, key_of(one) if isinstance(one, str) else one)
    return env.encode(envelope)
