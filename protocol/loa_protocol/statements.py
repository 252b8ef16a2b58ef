# SPDX-License-Identifier: AGPL-3.0-or-later
"""The statements that people (or, for the agenda, the server) sign, and their one spelling in bytes.

Statements are read strictly: no unknown field, no other spelling, no unknown format number. A field that a
later version adds has a default and is left out while it holds it, so that recorded files keep their bytes.
"""

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct
from securesystemslib.exceptions import FormatError

from loa_protocol import FORMAT
from loa_protocol.canonical import canonical
from loa_protocol.errors import MalformedError
from loa_protocol.keys import PublicKey
from loa_protocol.times import check_local, minute_of_day, parse_utc, zone

MAX_STATEMENT = 8 * 1024 * 1024  # bytes; an agenda of four weeks for a large commune is below 2 MB

PriorityClass = Literal["normal", "priority", "emergency"]
PRIORITY_CLASSES: tuple[PriorityClass, ...] = ("normal", "priority", "emergency")

# `\Z` and not `$`: the latter also accepts a line break at the end.
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")]  # safe in file names and subjects
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}\Z")]  # area codes, item ids
CodeOrNone = Annotated[str, Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9_.:-]{0,127})?\Z")]  # may be empty
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Sha256OrNone = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]  # may be empty
# One line: canonical JSON of this kind does not escape control characters, so they may not occur.
Line = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*\Z", max_length=1000)]
Name = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]+\Z", max_length=200)]
Utc = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")]
Number = Annotated[int, Meta(ge=1, le=2**53)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Milliseconds = Annotated[int, Meta(ge=1, le=24 * 3600 * 1000)]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of a statement."""


class Statement(Part, frozen=True, kw_only=True):
    """Base of all statements: the format number and the installation lie inside the signed bytes."""

    format: int = FORMAT
    installation: Id


class RenditionRef(Part, frozen=True, kw_only=True):
    """One form of the released revision, named by the hash of its file."""

    kind: Name  # "spoken" today
    sha256: Sha256
    media_type: Name
    duration_ms: Milliseconds
    size: Annotated[int, Meta(ge=0, le=2**40)]  # bytes


class ReleaseStatement(Statement, frozen=True, kw_only=True):
    """Permission: this revision, in these zones, with this class, between these times."""

    release_id: Id
    communes: Annotated[list[Id], Meta(min_length=1)]
    organisation: Name
    organisation_name: Name
    message_code: Name
    revision: Number
    title: Name
    text_sha256: Sha256
    sources: list[Line]
    renditions: Annotated[list[RenditionRef], Meta(min_length=1)]
    zones: Annotated[list[Code], Meta(min_length=1)]  # area codes
    priority_class: PriorityClass
    not_before: Utc
    not_after: Utc
    repeat_limit: Annotated[int, Meta(ge=1, le=1000)]  # plays per local day and place
    is_test: bool
    policy_id: Id
    excluded: list[Name]  # person ids of author, editors, submitter
    created_at: Utc

    def __post_init__(self) -> None:
        _check_order("not_before", self.not_before, "not_after", self.not_after)
        parse_utc(self.created_at)


class Approver(Part, frozen=True, kw_only=True):
    """A person who may sign releases, with this person's keys.

    `not_before` and `not_after` bound the time in which this person may sign: a release signed in office
    stays valid after it. To undo what someone signed, take the person off the list.
    """

    person_id: Name
    name: Name
    post: Line
    keys: list[PublicKey]
    may: Literal["release", "test"]
    devices: list[Id]  # device ids; empty = all
    not_before: Utc
    not_after: Utc | None

    def __post_init__(self) -> None:
        if self.not_after is None:
            parse_utc(self.not_before)
        else:
            _check_order("not_before", self.not_before, "not_after", self.not_after)


class Policy(Part, frozen=True, kw_only=True):
    """How many people must sign, and whether a maker of the message may be one of them."""

    policy_id: Id
    kind: Literal["strict", "joined", "small_office"]
    threshold: Annotated[int, Meta(ge=2, le=8)]  # people
    author_may_sign: bool
    weak: bool  # signed with server-kept keys; every page says so

    def __post_init__(self) -> None:
        if self.kind == "strict" and self.author_may_sign:
            raise MalformedError("weak_policy", "a strict policy lets no maker of the message sign")


class ApproversStatement(Statement, frozen=True, kw_only=True):
    """Who may release in this commune, and under which policies; signed by two administrators."""

    commune: Id
    number: Number
    issued_at: Utc
    expires_at: Utc
    people: list[Approver]
    policies: list[Policy]

    def __post_init__(self) -> None:
        _check_order("issued_at", self.issued_at, "expires_at", self.expires_at)
        _check_unique("person_twice", [one.person_id for one in self.people])
        _check_unique("key_twice", [key.keyid for one in self.people for key in one.keys])
        _check_unique("policy_twice", [one.policy_id for one in self.policies])


class AirtimeRule(Part, frozen=True, kw_only=True):
    """Allowed hours, minutes and volume of one class in one zone."""

    zone: Code
    priority_class: PriorityClass
    windows: list[tuple[str, str]]  # local "HH:MM" to "HH:MM"; the end may be "24:00"
    minutes_per_day: Annotated[int, Meta(ge=0, le=1440)]
    volume_cap: Percent

    def __post_init__(self) -> None:
        for begin, end in self.windows:
            if minute_of_day(begin) >= minute_of_day(end):
                raise MalformedError("bad_window", "a window ends before it begins", found=f"{begin}-{end}")


class RulesStatement(Statement, frozen=True, kw_only=True):
    """The airtime rules of one commune; signed by two administrators."""

    commune: Id
    number: Number
    issued_at: Utc
    zone_name: Name  # IANA time zone
    note: Line  # shown on every page that shows the rules, e.g. "demo: all hours"
    rules: list[AirtimeRule]

    def __post_init__(self) -> None:
        parse_utc(self.issued_at)
        zone(self.zone_name)
        _check_unique("rule_twice", [f"{one.zone} {one.priority_class}" for one in self.rules])


class WithdrawalStatement(Statement, frozen=True, kw_only=True):
    """The end of a release everywhere; signed by one approver, for an emergency by two."""

    communes: Annotated[list[Id], Meta(min_length=1)]
    release_id: Id
    priority_class: PriorityClass  # of the release
    reason: Line
    at: Utc

    def __post_init__(self) -> None:
        parse_utc(self.at)


class AgendaItem(Part, frozen=True, kw_only=True):
    """One placement: which sound begins when, and where."""

    item_id: Code
    release_id: Id
    starts: str  # local, "2026-11-24T17:02:00", in the agenda's zone
    zones: Annotated[list[Code], Meta(min_length=1)]
    rendition_sha256: Sha256
    duration_ms: Milliseconds  # for people; devices take the released rendition's own
    priority_class: PriorityClass
    cut_off_s: Annotated[int, Meta(ge=0, le=24 * 3600)]  # s; never begun later than this after `starts`
    volume: Percent

    def __post_init__(self) -> None:
        check_local(self.starts)


class Agenda(Statement, frozen=True, kw_only=True):
    """What the devices of one commune do; signed by the repository (TUF), so it can only narrow releases."""

    commune: Id
    number: Number
    issued_at: Utc
    valid_until: Utc
    zone_name: Name
    items: list[AgendaItem]
    withdrawn: list[Id]  # release ids
    audit_head: Line

    def __post_init__(self) -> None:
        _check_order("issued_at", self.issued_at, "valid_until", self.valid_until)
        zone(self.zone_name)
        _check_unique("item_twice", [one.item_id for one in self.items])


S = TypeVar("S", bound=Statement)


class _Head(Struct):
    format: int


def encode_statement(statement: Statement) -> bytes:
    """Write a statement as canonical JSON.

    Raises:
        MalformedError: it holds something that `decode_statement` would refuse.
    """
    try:
        plain = _plain(statement)
        msgspec.convert(plain, type(statement), strict=True)
        return canonical(plain)
    except (msgspec.ValidationError, FormatError, UnicodeEncodeError) as error:
        raise MalformedError("malformed", str(error)) from error


def decode_statement(data: bytes, kind: type[S]) -> S:
    """Read a statement of the given kind, strictly.

    Raises:
        MalformedError: too large, another format number, an unknown or missing field, a value out of range,
            or not the one canonical spelling.
    """
    if len(data) > MAX_STATEMENT:
        raise MalformedError("too_large", "statement too large", expected=MAX_STATEMENT, found=len(data))
    try:
        number = msgspec.json.decode(data, type=_Head).format
        if number != FORMAT:
            raise MalformedError("unknown_format", "unknown format number", expected=FORMAT, found=number)
        statement = msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedError("malformed", f"not a {kind.__name__}: {error}") from error
    if canonical(_plain(statement)) != data:
        raise MalformedError("not_canonical", "statement is not in its one canonical spelling")
    return statement


def _plain(statement: Statement) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(statement)
    plain["format"] = statement.format  # omit_defaults would leave it out
    return plain


def _check_order(first: str, begin: str, second: str, end: str) -> None:
    if parse_utc(begin) >= parse_utc(end):
        raise MalformedError("bad_order", f"{second} is not after {first}", expected=f"> {begin}", found=end)


def _check_unique(code: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        twice = next(value for value in values if values.count(value) > 1)
        raise MalformedError(code, "named twice", found=twice)
