# SPDX-License-Identifier: AGPL-3.0-or-later
"""What goes over NATS: subjects, messages and live sound blocks.

These messages are not signed and only report or nudge: nothing in them can make a device sound. Unlike signed
statements they are read leniently (an unknown field is ignored), so that agents and servers of neighbouring
versions understand each other.
"""

import struct
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from loa_protocol.errors import MalformedError
from loa_protocol.playlog import PlayRow
from loa_protocol.statements import Code, Id, Line

MAX_MESSAGE = 1024 * 1024  # bytes; the NATS server's own default limit
MAX_ROWS = 500  # play rows in one batch
MAX_REFUSALS = 100  # in one heartbeat
BEAT_SECONDS = 10  # s between heartbeats
LISTEN_SECONDS_MAX = 120  # s; a listen lease is renewed before it ends
LISTEN_RATE = 24_000  # Hz

ClockState = Literal["known", "held", "unknown"]
Heard = Literal["heard", "not_heard", "not_yet", "no_microphone"]
Verb = Literal["log", "beat", "held", "listen", "sound", "time"]
# What a database column holds: one message that cannot be stored must not hinder those beside it.
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
# Of a signed file. Whoever held the online keys may have driven it up, and what a device says of it must still
# be heard: a device whose reports cannot be read is never sent anything above what it saw.
FileNumber = Annotated[int, Meta(ge=0, le=2**53)]
Bytes = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_TOKEN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_SOUND_HEADER = struct.Struct("<dII")


class Message(Struct, frozen=True, kw_only=True):
    """Base of everything that goes over NATS as JSON."""


class Refusal(Message, frozen=True, kw_only=True):
    """An item that may not sound at this place, and why (reason code)."""

    item_id: Code
    release_id: Id
    code: Line
    due: Line  # UTC


class FileRefusal(Message, frozen=True, kw_only=True):
    """A file that a device did not accept, and why (reason code)."""

    name: Line  # "agenda.json", "releases/….json", "timestamp.json", "media/<sha256>"
    code: Line


class Witness(Message, frozen=True, kw_only=True):
    """The newest head of the audit log that a device saw, signed with its nkey (`enrolment.witness_proof`)."""

    agenda_number: FileNumber
    audit_head: Line
    signature: Line  # base64


class Look(Message, frozen=True, kw_only=True):
    """To all devices of a commune: the repository has changed, look again."""

    commune: Id
    number: int
    urgent: bool


class PlayLogBatch(Message, frozen=True, kw_only=True):
    """From a device: final play rows, oldest first."""

    device_id: Id
    rows: Annotated[list[PlayRow], Meta(max_length=MAX_ROWS)]


class LogReply(Message, frozen=True, kw_only=True):
    """After the database has committed: rows up to this number may be forgotten by the device."""

    stored_up_to: int
    error: str = ""


class Health(Message, frozen=True, kw_only=True):
    """How a device's sound and clock stand; none of it decides anything."""

    sink: Line  # kind of output: "default", "alsa", "wav", "hls", "icecast" or "null"
    trouble: Line  # what the output says does not go well, or nothing
    delay_ms: Count  # by which it sounds later than the agenda says
    clock_uncertainty_ms: float | None  # None: not known at all
    drift_ppm: (
        float | None
    )  # how fast UTC runs against its crystal; None: a disciplined clock, or not measured
    temperature_c: float | None  # of its processor, where the machine tells it
    deferred: Count  # files that wait for tomorrow's byte budget
    heard: Heard  # what its microphone said of the last item that it could judge
    heard_item: Line  # that item, or nothing


class Heartbeat(Message, frozen=True, kw_only=True):
    """From a device every `BEAT_SECONDS` and at each change."""

    device_id: Id
    at: Line  # UTC, by the device's clock
    version: Line
    agenda_number: FileNumber
    plays_until: Line  # UTC; "" when it has no agenda
    approvers_number: FileNumber
    rules_number: FileNumber
    clock: ClockState
    clock_offset_ms: float
    volume: Count  # percent
    playing_item: Line  # item id or ""
    playing_since: Line | None  # UTC
    output_level_db: float | None  # dBFS
    disk_free: Bytes
    log_backlog: Count  # rows not yet stored by the server
    holding: list[Id]  # release ids whose files it still holds
    refused: Annotated[list[Refusal], Meta(max_length=MAX_REFUSALS)]
    silence: Line = ""  # reason code why nothing may play at all
    refused_files: Annotated[list[FileRefusal], Meta(max_length=MAX_REFUSALS)] = []
    witness: Witness | None = None
    health: Health | msgspec.UnsetType = msgspec.UNSET  # an agent of 2026-11 does not say it


class HoldingReport(Message, frozen=True, kw_only=True):
    """From a device: these withdrawn releases stopped and are held no more."""

    device_id: Id
    gone: list[Id]
    stopped_at: dict[Id, str]  # release id -> UTC


class HeldReply(Message, frozen=True, kw_only=True):
    """After the database has committed a holding report."""

    ok: bool = True
    error: str = ""


class TimeReply(Message, frozen=True, kw_only=True):
    """The server's time when it answered a device's question, which is empty."""

    at: float  # UTC epoch seconds


class Listen(Message, frozen=True, kw_only=True):
    """To a device: send what sounds for so many seconds from now."""

    seconds: Annotated[int, Meta(ge=0, le=LISTEN_SECONDS_MAX)]


class Event(Message, frozen=True, kw_only=True):
    """Server to browser: this object has changed, fetch it again."""

    kind: Literal["delivery", "device", "release", "job"]
    id: str


class SoundBlock(Struct, frozen=True, kw_only=True):
    """About 100 ms of what leaves a loudspeaker: mono, 16-bit little-endian."""

    at: float  # UTC epoch seconds of the first sample as it leaves the speaker
    rate: int  # Hz
    pcm: bytes

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.pcm) // 2


M = TypeVar("M", bound=Message)


def encode_message(message: Message) -> bytes:
    """Write a message as JSON."""
    return msgspec.json.encode(message)


def decode_message(data: bytes, kind: type[M]) -> M:
    """Read a message of the given kind.

    Raises:
        MalformedError: too large, or not such a message.
    """
    if len(data) > MAX_MESSAGE:
        raise MalformedError("too_large", "message too large", expected=MAX_MESSAGE, found=len(data))
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedError("malformed", f"not a {kind.__name__}: {error}") from error


def encode_sound(block: SoundBlock) -> bytes:
    """Write a sound block: header `<dII` (time, rate, sample count), then the samples."""
    return _SOUND_HEADER.pack(block.at, block.rate, block.samples) + block.pcm


def decode_sound(data: bytes) -> SoundBlock:
    """Read a sound block.

    Raises:
        MalformedError: too short, or its length does not fit its header.
    """
    if len(data) < _SOUND_HEADER.size:
        raise MalformedError("malformed", "sound block too short", found=len(data))
    at, rate, samples = _SOUND_HEADER.unpack_from(data)
    pcm = data[_SOUND_HEADER.size :]
    if len(pcm) != samples * 2:
        raise MalformedError("malformed", "sound block length", expected=samples * 2, found=len(pcm))
    return SoundBlock(at=at, rate=rate, pcm=pcm)


def look_subject(installation: str, commune: str) -> str:
    """Where a commune's devices are told to look again."""
    return f"{_root(installation, commune)}.look"


def device_subject(installation: str, commune: str, device_id: str, verb: Verb | Literal["*", ">"]) -> str:
    """Where one device speaks or is spoken to; `device_id` and `verb` may be wildcards."""
    return f"{_root(installation, commune)}.device.{_token(device_id)}.{verb}"


def events_subject(installation: str, commune: str) -> str:
    """Where browsers hear that something changed."""
    return f"{_root(installation, commune)}.events"


def _root(installation: str, commune: str) -> str:
    return f"loa.{_token(installation)}.{_token(commune)}"


def _token(text: str) -> str:
    if text != "*" and (not text or not set(text) <= _TOKEN):
        raise MalformedError("bad_subject", "not usable in a subject", found=text)
    return text
