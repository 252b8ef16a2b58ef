# SPDX-License-Identifier: AGPL-3.0-or-later
"""The statements that people (or, for the agenda, the server) sign, and their one spelling in bytes.

Statements are read strictly: no unknown field, no other spelling, no unknown format number. A field that a
later version adds has a default and is left out while it holds it, so that recorded files keep their bytes.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct
from securesystemslib.exceptions import FormatError

from loa_protocol import FORMAT
from loa_protocol.canonical import canonical
from loa_protocol.errors import MalformedError
from loa_protocol.keys import PublicKey
from loa_protocol.times import check_local, minute_of_day, parse_utc, zone
from loa_protocol.webauthn import RelyingParty

MAX_STATEMENT = 8 * 1024 * 1024  # bytes; an agenda of four weeks for a large commune is below 2 MB

PriorityClass = Literal["normal", "priority", "emergency"]
Right = Literal["release", "emergency", "break_glass", "test"]
PolicyKind = Literal["strict", "joined", "small_office", "emergency", "break_glass"]
MAX_AGENDA = timedelta(days=30)  # from `issued_at`: then a device that hears nothing more is silent
MAX_ACTIVATION = timedelta(days=7)
PRIORITY_CLASSES: tuple[PriorityClass, ...] = ("normal", "priority", "emergency")

# `\Z` and not `$`: the latter also accepts a line break at the end.
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")]  # safe in file names and subjects
IdOrNone = Annotated[str, Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,63})?\Z")]  # may be empty
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}\Z")]  # area codes, item ids
CodeOrNone = Annotated[str, Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9_.:-]{0,127})?\Z")]  # may be empty
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Sha256OrNone = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]  # may be empty
# One line: canonical JSON of this kind does not escape control characters, so they may not occur.
Line = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*\Z", max_length=1000)]
Name = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]+\Z", max_length=200)]
Language = Annotated[str, Meta(pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?\Z")]  # BCP 47; empty = Vietnamese
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
    language: Language = ""


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
    prepared: bool = False  # sounds only while an activation holds
    break_glass: Line = ""  # why one person alone releases it; empty = the policy's people do

    def __post_init__(self) -> None:
        _check_order("not_before", self.not_before, "not_after", self.not_after)
        parse_utc(self.created_at)
        _check_exception(self.priority_class, self.break_glass)
        if self.prepared and (self.priority_class != "emergency" or self.break_glass):
            raise MalformedError("bad_prepared", "only an emergency that two people released is prepared")


class Away(Part, frozen=True, kw_only=True):
    """A time in which a person signs nothing: leave, suspension."""

    not_before: Utc
    not_after: Utc

    def __post_init__(self) -> None:
        _check_order("not_before", self.not_before, "not_after", self.not_after)


class Approver(Part, frozen=True, kw_only=True):
    """A person who may sign, with this person's keys.

    `not_before` and `not_after` bound the time in which this person may sign (a deputy's week), `away` cuts
    times out of it: what was signed in office stays valid after it. To undo what someone signed, take the
    person off the list; to undo what a key signed, take the key off.

    Args:
        may: `release` (normal, priority), `emergency`, `break_glass` (an emergency alone, with a reason),
            `test` (tests alone). Whoever may release or sign emergencies may sign tests of anything.
        organisations: ids of those whose approver this person is; joined policies ask for them.
        retired: key id -> from when that key signs no more; what it signed before stays valid.
    """

    person_id: Name
    name: Name
    post: Line
    keys: list[PublicKey]
    may: Annotated[list[Right], Meta(min_length=1)]
    devices: list[Id]  # device ids; empty = all
    not_before: Utc
    not_after: Utc | None
    organisations: list[Name] = []
    away: list[Away] = []
    retired: dict[Name, Utc] = {}

    def __post_init__(self) -> None:
        _check_unique("right_twice", list(self.may))
        for moment in self.retired.values():
            parse_utc(moment)
        if self.not_after is None:
            parse_utc(self.not_before)
        else:
            _check_order("not_before", self.not_before, "not_after", self.not_after)


class Policy(Part, frozen=True, kw_only=True):
    """How many people must sign, and who of them.

    Args:
        kind: `strict`, `joined` (one of the organisation and one of a partner), `small_office`; for
            emergencies alone `emergency` (two) and `break_glass` (one, with a reason inside the release).
        threshold: people; one for `break_glass`, never for anything else.
        author_may_sign: whether one of the message's makers may be one of them.
        weak: server-kept keys count; every page says so. Otherwise passkeys alone count.
        organisation: id of the organisation whose policy it is.
        partners: ids of the parent and the named neighbours, for `joined`.
        organisations: ids of those of whose approvers anybody counts; empty: everybody on the list. A neighbour
            who is on the list for a joined policy counts under no other one.
    """

    policy_id: Id
    kind: PolicyKind
    threshold: Annotated[int, Meta(ge=1, le=8)]
    author_may_sign: bool
    weak: bool
    organisation: Line = ""
    partners: list[Name] = []
    organisations: list[Name] = []

    def __post_init__(self) -> None:
        if self.kind == "strict" and self.author_may_sign:
            raise MalformedError("weak_policy", "a strict policy lets no maker of the message sign")
        if (self.threshold == 1) != (self.kind == "break_glass"):
            raise MalformedError("weak_policy", "one person is enough with break glass, and only there")


class ApproversStatement(Statement, frozen=True, kw_only=True):
    """Who may release in this commune, and under which policies; signed by two administrators.

    Passkeys count only if they signed on the pages that `relying_parties` names.
    """

    commune: Id
    number: Number
    issued_at: Utc
    expires_at: Utc
    people: list[Approver]
    policies: list[Policy]
    relying_parties: list[RelyingParty] = []

    def __post_init__(self) -> None:
        _check_order("issued_at", self.issued_at, "expires_at", self.expires_at)
        _check_unique("person_twice", [one.person_id for one in self.people])
        _check_unique("key_twice", [key.keyid for one in self.people for key in one.keys])
        _check_unique("policy_twice", [one.policy_id for one in self.policies])
        _check_unique("party_twice", [one.rp_id for one in self.relying_parties])


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
    test_devices: list[Id] = []  # set to test since their enrolment, also as members of a group

    def __post_init__(self) -> None:
        parse_utc(self.issued_at)
        zone(self.zone_name)
        _check_unique("rule_twice", [f"{one.zone} {one.priority_class}" for one in self.rules])


class WithdrawalStatement(Statement, frozen=True, kw_only=True):
    """The end of a release everywhere; signed by one approver, for an emergency by two or with break glass.

    With `activation_id` only that activation of a prepared message ends.
    """

    communes: Annotated[list[Id], Meta(min_length=1)]
    release_id: Id
    priority_class: PriorityClass  # of the release
    reason: Line
    at: Utc
    activation_id: IdOrNone = ""
    break_glass: Line = ""  # why one person alone ends an emergency

    def __post_init__(self) -> None:
        parse_utc(self.at)
        _check_exception(self.priority_class, self.break_glass)


class ActivationStatement(Statement, frozen=True, kw_only=True):
    """A prepared emergency message is to sound now: which, where, until when; signed by one person."""

    activation_id: Id
    communes: Annotated[list[Id], Meta(min_length=1)]
    release_id: Id
    zones: Annotated[list[Code], Meta(min_length=1)]  # area codes; the release's own bound them
    not_before: Utc
    not_after: Utc
    reason: Line
    at: Utc

    def __post_init__(self) -> None:
        parse_utc(self.at)
        _check_order("not_before", self.not_before, "not_after", self.not_after)
        _check_length("activation_too_long", self.not_before, self.not_after, MAX_ACTIVATION)


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
    activation_id: IdOrNone = ""  # of a prepared message

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
    withdrawn: list[Id]  # release ids, and ids of activations that ended before their time
    audit_head: Line

    def __post_init__(self) -> None:
        _check_order("issued_at", self.issued_at, "valid_until", self.valid_until)
        _check_length("agenda_too_long", self.issued_at, self.valid_until, MAX_AGENDA)
        zone(self.zone_name)
        _check_unique("item_twice", [one.item_id for one in self.items])


class Administrators(Statement, frozen=True, kw_only=True):
    """Who signs approvers and airtime rules; it stands in the TUF root metadata, field `loa`.

    So it is signed with the offline root keys, and a device follows it through every rotation of the root.

    Args:
        admin_people: key id -> person, for people with several keys: people count, not keys.
    """

    admin_keys: Annotated[list[PublicKey], Meta(min_length=2)]
    admin_threshold: Annotated[int, Meta(ge=2, le=8)]
    relying_parties: list[RelyingParty] = []
    admin_people: dict[Name, Name] = {}


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
        if isinstance(
            error.__cause__, MalformedError
        ):  # raised by a part of it, which knows better what is wrong
            raise error.__cause__ from error
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


def _check_length(code: str, begin: str, end: str, longest: timedelta) -> None:
    if parse_utc(end) - parse_utc(begin) > longest:
        raise MalformedError(
            code, "lasts too long", expected=f"<= {longest.days} days", found=f"{begin}/{end}"
        )


def _check_exception(priority_class: PriorityClass, reason: str) -> None:
    if reason and priority_class != "emergency":
        raise MalformedError("bad_break_glass", "break glass is for emergencies alone", found=priority_class)


def _check_unique(code: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        twice = next(value for value in values if values.count(value) > 1)
        raise MalformedError(code, "named twice", found=twice)
