# SPDX-License-Identifier: AGPL-3.0-or-later
"""Admission: the device makes its own key, shows a code, and waits until a person has approved it."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
import nkeys

from loa_device import __version__
from loa_device.state import DeviceHome, write_durably
from loa_device.web import StatusError, Web, WebError
from loa_protocol.enrolment import (
    CREDENTIAL_PATH,
    ENROLMENTS_PATH,
    Credential,
    EnrolReply,
    EnrolRequest,
    EnrolState,
    RenewReply,
    RenewRequest,
    decode_json,
    encode_json,
    enrol_proof,
    proof_text,
    renew_proof,
)
from loa_protocol.errors import MalformedError
from loa_protocol.times import format_utc, parse_utc

POLL_SECONDS = 2.0


class EnrolmentError(Exception):
    """The device was not admitted; the text says why."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A request under way, kept on disk so that a restart goes on with the same code."""

    server: str
    name: str
    reply: EnrolReply


@dataclass(frozen=True)
class DeviceKey:
    """The device's own NKEY; the seed lies in a file that only the agent reads."""

    pair: nkeys.KeyPair

    @property
    def public(self) -> str:
        """The public key as text ("U…")."""
        return str(self.pair.public_key.decode())

    def sign(self, data: bytes) -> bytes:
        """Sign bytes; returns the raw signature."""
        return bytes(self.pair.sign(data))


def load_or_make_key(home: DeviceHome) -> DeviceKey:
    """Return the device's key; make it if there is none.

    Raises:
        OSError: the folder cannot be written.
    """
    if not home.seed.exists():
        seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
        write_durably(home.seed, bytes(seed), private=True)
    return DeviceKey(nkeys.from_seed(bytearray(home.seed.read_bytes().strip())))


def load_credential(home: DeviceHome) -> Credential | None:
    """Return the stored credential, or None when the device is not admitted.

    Raises:
        MalformedError: the file is damaged; the device must be enrolled again.
    """
    try:
        return decode_json(home.credential.read_bytes(), Credential)
    except FileNotFoundError:
        return None


def server_of(home: DeviceHome, credential: Credential) -> str:
    """Return the address of the server that admitted the device."""
    try:
        return home.server.read_text().strip()
    except FileNotFoundError:
        parts = urlsplit(credential.repository_url)
        return f"{parts.scheme}://{parts.netloc}"


def store_credential(home: DeviceHome, credential: Credential) -> None:
    """Store the credential durably, readable by the agent only."""
    write_durably(home.credential, encode_json(credential), private=True)


def ask(home: DeviceHome, web: Web, server: str, name: str) -> EnrolReply:
    """Ask for admission, or go on with a request that still waits.

    Raises:
        WebError: the server cannot be reached.
        EnrolmentError: the server's answer cannot be understood.
    """
    waiting = _load_waiting(home)
    if waiting and waiting.server == server and waiting.name == name and not _is_over(waiting.reply):
        return waiting.reply
    key = load_or_make_key(home)
    proof = proof_text(key.sign(enrol_proof(key.public, name, __version__)))
    request = EnrolRequest(public_key=key.public, name=name, version=__version__, signature=proof)
    try:
        reply = decode_json(web.post_json(server + ENROLMENTS_PATH, encode_json(request)), EnrolReply)
    except MalformedError as error:
        raise EnrolmentError(str(error)) from error
    write_durably(home.server, server.encode())
    content = msgspec.json.encode(Waiting(server=server, name=name, reply=reply))
    write_durably(home.enrolment, content, private=True)
    return reply


def wait_for_approval(
    home: DeviceHome,
    web: Web,
    server: str,
    reply: EnrolReply,
    *,
    pause: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
    patience: float = 20 * 60,
) -> EnrolState:
    """Poll until a person has decided or the code has expired; store the credential.

    A server that cannot be reached for a while is asked again.

    Args:
        patience: s; a limit of our own for a server that never answers.

    Raises:
        EnrolmentError: the answer cannot be understood, or nobody answered in time.
    """
    end = now() + patience
    while now() < end:
        state = _poll(web, f"{server}{ENROLMENTS_PATH}/{reply.enrolment_id}")
        if state is not None and state.state != "waiting":
            if state.state == "approved" and state.credential is not None:
                store_credential(home, state.credential)
            home.enrolment.unlink(missing_ok=True)
            return state
        pause(POLL_SECONDS)
    return EnrolState(state="expired")


def renew(home: DeviceHome, web: Web, credential: Credential, server: str, now: datetime) -> Credential:
    """Fetch a fresh credential (its messaging token ends) and store it.

    The administrators' keys and the place are taken over only from the first admission: a renewal cannot
    change whom the device believes.

    Raises:
        WebError: the server cannot be reached or refuses.
        EnrolmentError: the answer is for another device or cannot be understood.
    """
    key = load_or_make_key(home)
    at = format_utc(now)
    proof = proof_text(key.sign(renew_proof(credential.device_id, key.public, at)))
    request = RenewRequest(device_id=credential.device_id, public_key=key.public, at=at, signature=proof)
    try:
        fresh = decode_json(
            web.post_json(server + CREDENTIAL_PATH, encode_json(request)), RenewReply
        ).credential
    except MalformedError as error:
        raise EnrolmentError(str(error)) from error
    if fresh.device_id != credential.device_id:
        raise EnrolmentError(f"credential is for {fresh.device_id}, not for {credential.device_id}")
    kept = msgspec.structs.replace(
        credential,
        nats_jwt=fresh.nats_jwt,
        nats_url=fresh.nats_url,
        repository_url=fresh.repository_url,
        media_url=fresh.media_url,
    )
    store_credential(home, kept)
    return kept


def _poll(web: Web, url: str) -> EnrolState | None:
    try:
        return decode_json(web.get(url), EnrolState)
    except MalformedError as error:
        raise EnrolmentError(str(error)) from error
    except StatusError as error:
        if error.status == 404:
            return EnrolState(state="expired")
        return None
    except WebError:
        return None


def _load_waiting(home: DeviceHome) -> Waiting | None:
    try:
        return msgspec.json.decode(home.enrolment.read_bytes(), type=Waiting)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _is_over(reply: EnrolReply) -> bool:
    return parse_utc(reply.expires_at) <= datetime.now(UTC)
