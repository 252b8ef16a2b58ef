# SPDX-License-Identifier: AGPL-3.0-or-later
"""A fixed cast, and factories: everything is right by default, a test changes the one thing it is about.

The keys are made from their owners' names: they exist only here and in tests/recorded.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from loa_protocol import envelope as env
from loa_protocol.demo_authenticator import DemoAuthenticator
from loa_protocol.keys import Ed25519Signer, Signer
from loa_protocol.playlog import PlayRow
from loa_protocol.statements import (
    ActivationStatement,
    Administrators,
    Agenda,
    AgendaItem,
    AirtimeRule,
    Approver,
    ApproversStatement,
    Away,
    Policy,
    ReleaseStatement,
    RenditionRef,
    RulesStatement,
    Statement,
    WithdrawalStatement,
    encode_statement,
)
from loa_protocol.verify import Place, Trust, VerifiedRelease
from loa_protocol.webauthn import RelyingParty

INSTALLATION = "quang-ninh"
PROVINCE, COMMUNE, VILLAGE = "22", "06895", "06895.01"
ZONE = "Asia/Ho_Chi_Minh"
DAY = "2026-11-24"
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 12:00 in Việt Nam
SOUND = sha256(b"sound").hexdigest()


HasKey = Ed25519Signer | DemoAuthenticator


def signer(name: str) -> Ed25519Signer:
    return Ed25519Signer(sha256(f"loa example key of {name}".encode()).digest())


ADMIN_1, ADMIN_2, ADMIN_3 = signer("admin 1"), signer("admin 2"), signer("admin 3")
AUTHOR, EDITOR = signer("author"), signer("editor")
BINH, BINH_SECOND, CHI = signer("Bình"), signer("Bình, second key"), signer("Chi")
TESTER_1, TESTER_2 = signer("tester 1"), signer("tester 2")
DUNG, EM = signer("Dũng"), signer("Em")
OUTSIDER = signer("outsider")
SITE = RelyingParty(rp_id="loa.example.vn", origins=["https://loa.example.vn", "https://ky.loa.example.vn"])


def passkey(name: str, **changes: Any) -> DemoAuthenticator:
    values: dict[str, Any] = {"rp_id": SITE.rp_id, "origin": SITE.origins[0]}
    seed = sha256(f"loa example passkey of {name}".encode()).digest()
    return DemoAuthenticator(seed=seed, **{**values, **changes})


BINH_PASSKEY, CHI_PASSKEY = passkey("Bình"), passkey("Chi")


def at(hhmm: str, day: str = DAY) -> datetime:
    """The UTC moment of a local hour in Việt Nam (UTC+7)."""
    hhmmss = hhmm if len(hhmm) > 5 else f"{hhmm}:00"
    return datetime.fromisoformat(f"{day}T{hhmmss}+07:00").astimezone(UTC)


def trust(**changes: Any) -> Trust:
    values: dict[str, Any] = {
        "installation": INSTALLATION,
        "commune": COMMUNE,
        "admin_keys": [ADMIN_1.public_key, ADMIN_2.public_key, ADMIN_3.public_key],
        "admin_threshold": 2,
    }
    return Trust(**{**values, **changes})


def away(**changes: Any) -> Away:
    values: dict[str, Any] = {"not_before": "2026-11-18T00:00:00Z", "not_after": "2026-11-25T00:00:00Z"}
    return Away(**{**values, **changes})


def administrators(**changes: Any) -> Administrators:
    values: dict[str, Any] = {
        "installation": INSTALLATION,
        "admin_keys": [ADMIN_1.public_key, ADMIN_2.public_key, ADMIN_3.public_key],
        "admin_threshold": 2,
    }
    return Administrators(**{**values, **changes})


def approver(person_id: str, *keys: HasKey, **changes: Any) -> Approver:
    values: dict[str, Any] = {
        "person_id": person_id,
        "name": f"Người {person_id}",
        "post": "Phó Chủ tịch UBND xã",
        "keys": [key.public_key for key in keys],
        "may": ["release", "emergency"],
        "devices": [],
        "not_before": "2026-01-01T00:00:00Z",
        "not_after": None,
    }
    return Approver(**{**values, **changes})


STRICT = Policy(policy_id="strict", kind="strict", threshold=2, author_may_sign=False, weak=True)
JOINED = Policy(
    policy_id="joined",
    kind="joined",
    threshold=2,
    author_may_sign=False,
    weak=True,
    organisation="dam-ha",
    partners=["quang-ha", "province"],
)
SMALL = Policy(policy_id="small", kind="small_office", threshold=2, author_may_sign=True, weak=True)
THREE = Policy(policy_id="three", kind="strict", threshold=3, author_may_sign=False, weak=True)
PASSKEYS = Policy(policy_id="passkeys", kind="strict", threshold=2, author_may_sign=False, weak=False)
ALARM = Policy(policy_id="alarm", kind="emergency", threshold=2, author_may_sign=True, weak=True)
ALONE = Policy(policy_id="alone", kind="break_glass", threshold=1, author_may_sign=True, weak=True)


def approvers(**changes: Any) -> ApproversStatement:
    people = [
        approver("author", AUTHOR, organisations=["dam-ha"]),
        approver("editor", EDITOR, organisations=["dam-ha"]),
        approver("binh", BINH, BINH_SECOND, BINH_PASSKEY, organisations=["dam-ha"]),
        approver("chi", CHI, CHI_PASSKEY, organisations=["quang-ha"]),
        approver("dung", DUNG, may=["release"], organisations=["dam-ha"]),
        approver("em", EM, may=["emergency", "break_glass"], organisations=["dam-ha"]),
        approver("tester-1", TESTER_1, may=["test"], devices=["virtual"]),
        approver("tester-2", TESTER_2, may=["test"], devices=["virtual"]),
    ]
    values: dict[str, Any] = {
        "installation": INSTALLATION,
        "commune": COMMUNE,
        "number": 3,
        "issued_at": "2026-11-01T00:00:00Z",
        "expires_at": "2027-11-01T00:00:00Z",
        "people": people,
        "policies": [STRICT, JOINED, SMALL, THREE, PASSKEYS, ALARM, ALONE],
        "relying_parties": [SITE],
    }
    return ApproversStatement(**{**values, **changes})


def without(statement: ApproversStatement, person_id: str, *instead: Approver) -> ApproversStatement:
    """The list with one person taken off, or put otherwise."""
    people = [one for one in statement.people if one.person_id != person_id]
    return approvers(people=[*people, *instead])


def rendition(**changes: Any) -> RenditionRef:
    values: dict[str, Any] = {
        "kind": "spoken",
        "sha256": SOUND,
        "media_type": "audio/ogg",
        "duration_ms": 60_000,
        "size": 240_000,
    }
    return RenditionRef(**{**values, **changes})


def release(**changes: Any) -> ReleaseStatement:
    values: dict[str, Any] = {
        "release_id": "r1",
        "installation": INSTALLATION,
        "communes": [COMMUNE],
        "organisation": "ubnd-dam-ha",
        "organisation_name": "UBND xã Đầm Hà",
        "message_code": "TIN-2026-0007",
        "revision": 2,
        "title": "Lịch tiêm phòng dại đợt 2",
        "text_sha256": sha256(b"text").hexdigest(),
        "sources": ["Kế hoạch 15/KH-UBND"],
        "renditions": [rendition()],
        "zones": [COMMUNE],
        "priority_class": "normal",
        "not_before": "2026-11-20T00:00:00Z",
        "not_after": "2026-12-01T00:00:00Z",
        "repeat_limit": 4,
        "is_test": False,
        "policy_id": "strict",
        "excluded": ["author", "editor"],
        "created_at": "2026-11-19T03:00:00Z",
    }
    return ReleaseStatement(**{**values, **changes})


def activation(**changes: Any) -> ActivationStatement:
    values: dict[str, Any] = {
        "installation": INSTALLATION,
        "communes": [COMMUNE],
        "activation_id": "a1",
        "release_id": "r1",
        "zones": [VILLAGE],
        "not_before": "2026-11-24T04:00:00Z",
        "not_after": "2026-11-25T04:00:00Z",
        "reason": "Mực nước sông vượt báo động 2",
        "at": "2026-11-24T03:55:00Z",
    }
    return ActivationStatement(**{**values, **changes})


def withdrawal(**changes: Any) -> WithdrawalStatement:
    values: dict[str, Any] = {
        "installation": INSTALLATION,
        "communes": [COMMUNE],
        "release_id": "r1",
        "priority_class": "normal",
        "reason": "Sai giờ tiêm",
        "at": "2026-11-24T04:00:00Z",
    }
    return WithdrawalStatement(**{**values, **changes})


def rule(**changes: Any) -> AirtimeRule:
    values: dict[str, Any] = {
        "zone": COMMUNE,
        "priority_class": "normal",
        "windows": [("05:30", "21:00")],
        "minutes_per_day": 60,
        "volume_cap": 80,
    }
    return AirtimeRule(**{**values, **changes})


def rules(**changes: Any) -> RulesStatement:
    values: dict[str, Any] = {
        "installation": INSTALLATION,
        "commune": COMMUNE,
        "number": 5,
        "issued_at": "2026-11-01T00:00:00Z",
        "zone_name": ZONE,
        "note": "",
        "rules": [rule(), rule(priority_class="priority", minutes_per_day=90)],
    }
    return RulesStatement(**{**values, **changes})


def place(**changes: Any) -> Place:
    values: dict[str, Any] = {
        "device_id": "d1",
        "province": PROVINCE,
        "commune": COMMUNE,
        "village": VILLAGE,
        "is_test": False,
    }
    return Place(**{**values, **changes})


def item(item_id: str = "i1", hhmm: str = "17:00", **changes: Any) -> AgendaItem:
    values: dict[str, Any] = {
        "item_id": item_id,
        "release_id": "r1",
        "starts": f"{DAY}T{hhmm if len(hhmm) > 5 else hhmm + ':00'}",
        "zones": [COMMUNE],
        "rendition_sha256": SOUND,
        "duration_ms": 60_000,
        "priority_class": "normal",
        "cut_off_s": 600,
        "volume": 70,
    }
    return AgendaItem(**{**values, **changes})


def agenda(*items: AgendaItem, **changes: Any) -> Agenda:
    values: dict[str, Any] = {
        "installation": INSTALLATION,
        "commune": COMMUNE,
        "number": 41,
        "issued_at": "2026-11-24T00:00:00Z",
        "valid_until": "2026-12-01T00:00:00Z",
        "zone_name": ZONE,
        "items": list(items),
        "withdrawn": [],
        "audit_head": "",
    }
    return Agenda(**{**values, **changes})


def verified(**changes: Any) -> VerifiedRelease:
    """A release as if Bình and Chi had signed it."""
    signers = (approver("binh", BINH), approver("chi", CHI))
    statement = release(**changes)
    return VerifiedRelease(statement=statement, people=("binh", "chi"), policy=STRICT, signers=signers)


def row(item_id: str = "i1", **changes: Any) -> PlayRow:
    values: dict[str, Any] = {
        "seq": 0,
        "device_id": "d1",
        "item_id": item_id,
        "release_id": "r1",
        "sha256": SOUND,
        "due": "2026-11-24T10:00:00Z",
        "received": "2026-11-24T03:00:00Z",
        "verified": "2026-11-24T09:59:59Z",
        "started": "2026-11-24T10:00:00Z",
        "ended": "2026-11-24T10:01:00Z",
        "seconds_played": 60.0,
        "outcome": "played",
        "reason": "",
        "level_db": -18.25,
        "previous": "",
    }
    return PlayRow(**{**values, **changes})


_TYPES = {
    ReleaseStatement: env.RELEASE_TYPE,
    ApproversStatement: env.APPROVERS_TYPE,
    RulesStatement: env.RULES_TYPE,
    WithdrawalStatement: env.WITHDRAWAL_TYPE,
    ActivationStatement: env.ACTIVATION_TYPE,
}


def sealed(statement: Statement, *signers: Signer, payload_type: str = "") -> env.Envelope:
    """An envelope around the statement with these signatures."""
    envelope = env.Envelope(
        payload_type=payload_type or _TYPES[type(statement)], payload=encode_statement(statement)
    )
    for one in signers:
        envelope = env.sign(envelope, one)
    return envelope
