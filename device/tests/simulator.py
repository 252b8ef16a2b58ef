# SPDX-License-Identifier: AGPL-3.0-or-later
"""A whole server for the agent, in one process: repository, media, enrolment, signing people.

Everything is right by default; a test changes the one thing that it is about. Attacks are one line:
`server.media[sha] = b"other"`, `server.cut_after = 1000`, `server.release(signers=("binh",))`.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner
from simulated_sounds import opus
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from loa_device import enrolment
from loa_device.state import DeviceHome
from loa_protocol import envelope as env
from loa_protocol.enrolment import (
    Credential,
    EnrolReply,
    EnrolRequest,
    EnrolState,
    check_proof,
    decode_json,
    encode_json,
)
from loa_protocol.keys import Ed25519Signer
from loa_protocol.statements import (
    Agenda,
    AgendaItem,
    AirtimeRule,
    Approver,
    ApproversStatement,
    Policy,
    ReleaseStatement,
    RenditionRef,
    RulesStatement,
    Statement,
    WithdrawalStatement,
    encode_statement,
)
from loa_protocol.times import format_utc, local_text
from loa_protocol.verify import Trust

INSTALLATION, COMMUNE, PROVINCE = "quang-ninh", "06895", "22"
ZONE = "Asia/Ho_Chi_Minh"
_TYPES = {
    ReleaseStatement: env.RELEASE_TYPE,
    ApproversStatement: env.APPROVERS_TYPE,
    RulesStatement: env.RULES_TYPE,
    WithdrawalStatement: env.WITHDRAWAL_TYPE,
}
ROLES = ("root", "timestamp", "snapshot", "targets")


def signer(name: str) -> Ed25519Signer:
    """Return a key made from its owner's name; it exists only in tests."""
    return Ed25519Signer(sha256(f"loa device test key of {name}".encode()).digest())


def sealed(statement: Statement, *names: str) -> bytes:
    """Return the statement in an envelope that these people signed."""
    envelope = env.Envelope(payload_type=_TYPES[type(statement)], payload=encode_statement(statement))
    for name in names:
        envelope = env.sign(envelope, signer(name))
    return env.encode(envelope)


def _utc(moment: datetime) -> str:
    return format_utc(moment)


@dataclass
class Simulator:
    """The server; a context manager that serves HTTP on a port of its own.

    Args:
        folder: where published files lie, by URL path.
        now: its clock.
    """

    folder: Path
    now: Any = field(default=lambda: datetime.now(UTC))
    media: dict[str, bytes] = field(default_factory=dict)
    releases: dict[str, bytes] = field(default_factory=dict)
    withdrawals: dict[str, bytes] = field(default_factory=dict)
    items: list[AgendaItem] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    admins: tuple[str, ...] = ("admin 1", "admin 2")  # who signs approvers and rules
    number: int = 0
    agenda_changes: dict[str, Any] = field(default_factory=dict)
    rules_changes: dict[str, Any] = field(default_factory=dict)
    approvers_changes: dict[str, Any] = field(default_factory=dict)
    cut_after: int | None = None  # bytes of a media file after which the line breaks, once
    is_down: bool = False
    has_ranges: bool = True
    decision: EnrolState = field(default_factory=lambda: EnrolState(state="waiting"))
    requests: list[tuple[str, str]] = field(default_factory=list)  # path, Range header

    def __enter__(self) -> "Simulator":
        self.folder.mkdir(parents=True, exist_ok=True)
        self._tuf_keys = {role: CryptoSigner.generate_ed25519() for role in ROLES}
        handler = type("Handler", (_Handler,), {"server_state": self})
        self._http = _Http(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self.root = self._write_root()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def sound(self, seconds: float = 1.0, seed: int = 1) -> RenditionRef:
        """Put a sound into the media folder."""
        content = opus(seconds, seed)
        digest = sha256(content).hexdigest()
        self.media[digest] = content
        return RenditionRef(
            kind="spoken",
            sha256=digest,
            media_type="audio/ogg",
            duration_ms=round(seconds * 1000),
            size=len(content),
        )

    def release(
        self,
        release_id: str = "r1",
        *,
        sound: RenditionRef | None = None,
        signers: tuple[str, ...] = ("binh", "chi"),
        **changes: Any,
    ) -> ReleaseStatement:
        """Release a sound, signed by two people."""
        values: dict[str, Any] = {
            "release_id": release_id,
            "installation": INSTALLATION,
            "communes": [COMMUNE],
            "organisation": "ubnd-dam-ha",
            "organisation_name": "UBND xã Đầm Hà",
            "message_code": "TIN-2026-0007",
            "revision": 1,
            "title": "Lịch tiêm phòng dại đợt 2",
            "text_sha256": sha256(b"text").hexdigest(),
            "sources": [],
            "renditions": [sound or self.sound()],
            "zones": [COMMUNE],
            "priority_class": "normal",
            "not_before": _utc(self.now() - timedelta(days=1)),
            "not_after": _utc(self.now() + timedelta(days=30)),
            "repeat_limit": 100,
            "is_test": False,
            "policy_id": "strict",
            "excluded": ["an"],
            "created_at": _utc(self.now() - timedelta(hours=1)),
        }
        statement = ReleaseStatement(**{**values, **changes})
        self.releases[release_id] = sealed(statement, *signers)
        return statement

    def place(
        self, release: ReleaseStatement, starts: datetime, item_id: str = "i1", **changes: Any
    ) -> AgendaItem:
        """Put a release into the agenda at a moment (whole seconds)."""
        rendition = release.renditions[0]
        values: dict[str, Any] = {
            "item_id": item_id,
            "release_id": release.release_id,
            "starts": local_text(starts, ZONE),
            "zones": [COMMUNE],
            "rendition_sha256": rendition.sha256,
            "duration_ms": rendition.duration_ms,
            "priority_class": release.priority_class,
            "cut_off_s": 60,
            "volume": 100,
        }
        item = AgendaItem(**{**values, **changes})
        self.items.append(item)
        return item

    def withdraw(self, release: ReleaseStatement, *signers: str) -> None:
        """End a release: signed by one approver, and named in the agenda."""
        statement = WithdrawalStatement(
            installation=INSTALLATION,
            communes=[COMMUNE],
            release_id=release.release_id,
            priority_class=release.priority_class,
            reason="Sai giờ tiêm",
            at=_utc(self.now()),
        )
        self.withdrawals[release.release_id] = sealed(statement, *(signers or ("binh",)))
        self.withdrawn.append(release.release_id)

    def publish(self, *, number: int | None = None) -> None:
        """Write a new state of the repository."""
        self.number = number if number is not None else self.number + 1
        files = {
            "agenda.json": encode_statement(self.agenda()),
            "approvers.json": sealed(self.approvers(), *self.admins),
            "rules.json": sealed(self.rules(), *self.admins),
        }
        files |= {f"releases/{one}.json": content for one, content in self.releases.items()}
        files |= {f"withdrawals/{one}.json": content for one, content in self.withdrawals.items()}
        self._write_state(files)

    def agenda(self) -> Agenda:
        """Return the agenda that would be published now."""
        values: dict[str, Any] = {
            "installation": INSTALLATION,
            "commune": COMMUNE,
            "number": self.number,
            "issued_at": _utc(self.now()),
            "valid_until": _utc(self.now() + timedelta(days=7)),
            "zone_name": ZONE,
            "items": list(self.items),
            "withdrawn": list(self.withdrawn),
            "audit_head": "",
        }
        return Agenda(**{**values, **self.agenda_changes})

    def approvers(self) -> ApproversStatement:
        """Return who may release: An (the author), Bình, Chi; two testers for the device d-test only."""
        values: dict[str, Any] = {
            "installation": INSTALLATION,
            "commune": COMMUNE,
            "number": 1,
            "issued_at": _utc(self.now() - timedelta(days=10)),
            "expires_at": _utc(self.now() + timedelta(days=300)),
            "people": [
                *(self._approver(name) for name in ("an", "binh", "chi")),
                *(
                    self._approver(name, may=["test"], devices=["d-test"])
                    for name in ("tester 1", "tester 2")
                ),
            ],
            "policies": [
                Policy(policy_id="strict", kind="strict", threshold=2, author_may_sign=False, weak=True)
            ],
        }
        return ApproversStatement(**{**values, **self.approvers_changes})

    def rules(self) -> RulesStatement:
        """Return airtime rules: all day, unless a test says otherwise."""
        values: dict[str, Any] = {
            "installation": INSTALLATION,
            "commune": COMMUNE,
            "number": 1,
            "issued_at": _utc(self.now() - timedelta(days=10)),
            "zone_name": ZONE,
            "note": "",
            "rules": [
                AirtimeRule(
                    zone=COMMUNE,
                    priority_class="normal",
                    windows=[("00:00", "24:00")],
                    minutes_per_day=1440,
                    volume_cap=100,
                )
            ],
        }
        return RulesStatement(**{**values, **self.rules_changes})

    def credential(self, **changes: Any) -> Credential:
        """Return what an approved device gets."""
        values: dict[str, Any] = {
            "device_id": "d1",
            "name": "Cụm loa Thôn 1",
            "installation": INSTALLATION,
            "province": PROVINCE,
            "commune": COMMUNE,
            "village": f"{COMMUNE}.01",
            "is_test": False,
            "trust": Trust(
                installation=INSTALLATION,
                commune=COMMUNE,
                admin_keys=[signer(f"admin {number}").public_key for number in (1, 2, 3)],
                admin_threshold=2,
            ),
            "tuf_root": self.root.decode(),
            "repository_url": f"{self.url}/repo/{COMMUNE}",
            "media_url": f"{self.url}/media",
            "nats_url": "nats://127.0.0.1:9",  # nobody listens there
            "nats_jwt": "",
            "zone_name": ZONE,
        }
        return Credential(**{**values, **changes})

    def enrolled(self, home: DeviceHome, **changes: Any) -> Credential:
        """Give a device folder its credential, as approval would."""
        credential = self.credential(**changes)
        enrolment.load_or_make_key(home)
        enrolment.store_credential(home, credential)
        return credential

    def answer(self, path: str) -> bytes | None:
        """Return the content at a path, None when there is none."""
        if path.startswith("/media/"):
            return self.media.get(path.removeprefix("/media/").removesuffix(".opus"))
        if path.startswith("/device/v1/enrolments/"):
            return encode_json(self.decision)
        file = self.folder / path.lstrip("/")
        return file.read_bytes() if file.is_file() else None

    def enrol(self, body: bytes) -> bytes:
        """Take a request for admission."""
        request = decode_json(body, EnrolRequest)
        check_proof(request)
        ends = _utc(self.now() + timedelta(minutes=15))
        return encode_json(EnrolReply(enrolment_id="e1", code="ABCD-EFGH", expires_at=ends))

    def _approver(self, name: str, **changes: Any) -> Approver:
        values: dict[str, Any] = {
            "person_id": name.replace(" ", "-"),
            "name": name,
            "post": "",
            "keys": [signer(name).public_key],
            "may": ["release", "emergency"],
            "devices": [],
            "not_before": _utc(self.now() - timedelta(days=10)),
            "not_after": None,
        }
        return Approver(**{**values, **changes})

    @property
    def _expires(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)

    def _write_root(self) -> bytes:
        root = Root(version=1, expires=self._expires, consistent_snapshot=True)
        for role in ROLES:
            root.add_key(self._tuf_keys[role].public_key, role)
        return self._sign("1.root.json", "root", root)

    def _write_state(self, files: dict[str, bytes]) -> None:
        version = int(time.time() * 1000)
        described = {}
        for path, content in files.items():
            described[path] = TargetFile.from_data(path, content, ["sha256"])
            folder, _, name = path.rpartition("/")
            target = self.folder / "repo" / COMMUNE / "targets" / folder
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{sha256(content).hexdigest()}.{name}").write_bytes(content)
        targets = Targets(version=version, expires=self._expires, targets=described)
        written = self._sign(f"{version}.targets.json", "targets", targets)
        meta = {"targets.json": MetaFile.from_data(version, written, ["sha256"])}
        snapshot = Snapshot(version=version, expires=self._expires, meta=meta)
        written = self._sign(f"{version}.snapshot.json", "snapshot", snapshot)
        described_snapshot = MetaFile.from_data(version, written, ["sha256"])
        timestamp = Timestamp(version=version, expires=self._expires, snapshot_meta=described_snapshot)
        self._sign("timestamp.json", "timestamp", timestamp)

    def _sign(self, name: str, role: str, signed: Any) -> bytes:
        metadata: Metadata[Any] = Metadata(signed)
        metadata.sign(self._tuf_keys[role])
        content = metadata.to_bytes()
        folder = self.folder / "repo" / COMMUNE / "metadata"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.new").write_bytes(content)
        (folder / f"{name}.new").replace(folder / name)
        return content


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a killed agent resets its connections."""


class _Handler(BaseHTTPRequestHandler):
    server_state: Simulator
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        state = self.server_state
        wanted = self.headers.get("Range", "")
        state.requests.append((self.path, wanted))
        if state.is_down:
            self.close_connection = True
            self.connection.close()
            return
        content = state.answer(self.path)
        if content is None:
            self._reply(404, b"")
            return
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and state.has_ranges else 0
        if begin > len(content):
            self._reply(416, b"")
        elif self.path.startswith("/media/") and state.cut_after is not None:
            self._cut(content, begin)
        else:
            self._reply(206 if begin else 200, content[begin:], begin, len(content))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._reply(200, self.server_state.enrol(body))

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(self.server_state.now().timestamp(), usegmt=True)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _reply(self, status: int, content: bytes, begin: int = 0, total: int = 0) -> None:
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {begin}-{total - 1}/{total}")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _cut(self, content: bytes, begin: int) -> None:
        cut, self.server_state.cut_after = self.server_state.cut_after or 0, None
        self.send_response(200)
        self.send_header("Content-Length", str(len(content) - begin))
        self.end_headers()
        self.wfile.write(content[begin : begin + cut])
        self.wfile.flush()
        self.close_connection = True
