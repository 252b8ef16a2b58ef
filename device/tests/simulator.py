# SPDX-License-Identifier: AGPL-3.0-or-later
"""A whole server for the agent, in one process: repository, media, enrolment, signing people.

Everything is right by default; a test changes the one thing that it is about. Attacks are one line:
`server.media[sha] = b"other"`, `server.cut_after = 1000`, `server.release(signers=("binh",))`.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import to_builtins
from securesystemslib.signer import CryptoSigner
from simulated_http import Handler, Server
from simulated_people import (
    COMMUNE,
    INSTALLATION,
    PROVINCE,
    ROLES,
    SITE,
    ZONE,
    key_of,
    sealed,
    signer,
)
from simulated_sounds import opus
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from loa_device import enrolment
from loa_device.state import DeviceHome
from loa_protocol.enrolment import (
    Credential,
    EnrolReply,
    EnrolRequest,
    EnrolState,
    check_proof,
    decode_json,
    encode_json,
)
from loa_protocol.keys import Signer
from loa_protocol.statements import (
    ActivationStatement,
    Administrators,
    Agenda,
    AgendaItem,
    AirtimeRule,
    Approver,
    ApproversStatement,
    Policy,
    ReleaseStatement,
    RenditionRef,
    RulesStatement,
    WithdrawalStatement,
    encode_statement,
)
from loa_protocol.times import format_utc, local_text
from loa_protocol.verify import Trust


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
    activations: dict[str, bytes] = field(default_factory=dict)
    root_version: int = 0
    version: int = field(default_factory=lambda: int(time.time() * 1000))  # of the other metadata
    administrators: Administrators | None = None  # named in the root metadata
    commune: str = COMMUNE
    expires_in: dict[str, timedelta] = field(default_factory=dict)  # by role; 30 days where nothing is said
    endless: set[str] = field(default_factory=set)  # paths answered with bytes that never end
    tuf_keys: dict[str, list[CryptoSigner]] = field(default_factory=dict)
    signed: dict[str, bytes] = field(default_factory=dict)  # files published as they are, whoever signed them
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
        self.tuf_keys = {role: [CryptoSigner.generate_ed25519()] for role in ROLES}
        self.tuf_keys["root"] = [CryptoSigner.generate_ed25519() for _ in range(3)]
        handler = type("Handler", (Handler,), {"server_state": self})
        self._http = Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self.root = self.write_root()
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
        signers: tuple[str | Signer, ...] = ("binh", "chi"),
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

    def activate(self, release: ReleaseStatement, *signers: str, **changes: Any) -> ActivationStatement:
        """Let a prepared release sound, signed by one person."""
        values: dict[str, Any] = {
            "installation": INSTALLATION,
            "communes": [COMMUNE],
            "activation_id": f"a-{release.release_id}",
            "release_id": release.release_id,
            "zones": [COMMUNE],
            "not_before": _utc(self.now() - timedelta(minutes=1)),
            "not_after": _utc(self.now() + timedelta(days=1)),
            "reason": "Nước sông lên",
            "at": _utc(self.now()),
        }
        statement = ActivationStatement(**{**values, **changes})
        self.activations[statement.activation_id] = sealed(statement, *(signers or ("binh",)))
        return statement

    def publish(self, *, number: int | None = None) -> None:
        """Write a new state of the repository."""
        self.number = number if number is not None else self.number + 1
        self.write_state({**self.files(), **self.signed})

    def files(self) -> dict[str, bytes]:
        """Return the target files that would be published now."""
        files = {
            "agenda.json": encode_statement(self.agenda()),
            "approvers.json": sealed(self.approvers(), *self.admins),
            "rules.json": sealed(self.rules(), *self.admins),
        }
        files |= {f"releases/{one}.json": content for one, content in self.releases.items()}
        files |= {f"withdrawals/{one}.json": content for one, content in self.withdrawals.items()}
        return files | {f"activations/{one}.json": content for one, content in self.activations.items()}

    def agenda(self) -> Agenda:
        """Return the agenda that would be published now."""
        values: dict[str, Any] = {
            "installation": INSTALLATION,
            "commune": self.commune,
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
            "commune": self.commune,
            "number": 1,
            "issued_at": _utc(self.now() - timedelta(days=10)),
            "expires_at": _utc(self.now() + timedelta(days=300)),
            "people": [
                *(self.approver(name) for name in ("an", "binh", "chi")),
                *(self.approver(name, may=["test"], devices=["d-test"]) for name in ("tester 1", "tester 2")),
            ],
            "policies": [
                Policy(policy_id="strict", kind="strict", threshold=2, author_may_sign=False, weak=True)
            ],
            "relying_parties": [SITE],
        }
        return ApproversStatement(**{**values, **self.approvers_changes})

    def rules(self) -> RulesStatement:
        """Return airtime rules: all day, unless a test says otherwise."""
        values: dict[str, Any] = {
            "installation": INSTALLATION,
            "commune": self.commune,
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

    def approver(self, name: str, **changes: Any) -> Approver:
        values: dict[str, Any] = {
            "person_id": name.replace(" ", "-"),
            "name": name,
            "post": "",
            "keys": [key_of(name).public_key],
            "may": ["release", "emergency"],
            "devices": [],
            "not_before": _utc(self.now() - timedelta(days=10)),
            "not_after": None,
        }
        return Approver(**{**values, **changes})

    @property
    def metadata(self) -> Path:
        """The folder of the published metadata."""
        return self.folder / "repo" / self.commune / "metadata"

    def write_root(self, *, signed_by: list[CryptoSigner] | None = None, **changes: Any) -> bytes:
        """Write a new root, two of three keys; after a change of `tuf_keys` call it with the former root's too."""
        self.root_version += 1
        root = Root(version=self.root_version, expires=self._expires("root"), consistent_snapshot=True)
        for role in ROLES:
            for key in self.tuf_keys[role]:
                root.add_key(key.public_key, role)
        root.roles["root"].threshold = 2
        if self.administrators is not None:
            root.unrecognized_fields["loa"] = to_builtins(self.administrators) | {"format": 1}
        for name, value in changes.items():
            setattr(root, name, value)
        name = f"{self.root_version}.root.json"
        return self.sign_metadata(name, root, signed_by or self.tuf_keys["root"][:2])

    def rotate(self, role: str) -> list[CryptoSigner]:
        """Give a role new keys and say so in a new root, as the ceremony does; returns the former keys."""
        former = self.tuf_keys[role]
        self.tuf_keys[role] = [CryptoSigner.generate_ed25519() for _ in former]
        signers = former[:2] + self.tuf_keys[role][:2] if role == "root" else self.tuf_keys["root"][:2]
        self.write_root(signed_by=signers)
        return former

    def write_state(self, files: dict[str, bytes], **versions: int) -> None:
        """Sign these targets with the online keys.

        Args:
            versions: of `targets`, `snapshot` or `timestamp`, where it is not simply the next one.
        """
        self.version += 1
        version = {role: versions.get(role, self.version) for role in ROLES}
        described = {}
        for path, content in files.items():
            described[path] = TargetFile.from_data(path, content, ["sha256"])
            folder, _, name = path.rpartition("/")
            target = self.folder / "repo" / self.commune / "targets" / folder
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{sha256(content).hexdigest()}.{name}").write_bytes(content)
        targets = Targets(version=version["targets"], expires=self._expires("targets"), targets=described)
        written = self._sign("targets", targets)
        meta = {"targets.json": MetaFile.from_data(version["targets"], written, ["sha256"])}
        written = self._sign(
            "snapshot", Snapshot(version=version["snapshot"], expires=self._expires("snapshot"), meta=meta)
        )
        self.write_timestamp(
            MetaFile.from_data(version["snapshot"], written, ["sha256"]), version["timestamp"]
        )

    def write_timestamp(self, snapshot: MetaFile, version: int) -> None:
        """Sign a timestamp that names this snapshot."""
        timestamp = Timestamp(version=version, expires=self._expires("timestamp"), snapshot_meta=snapshot)
        self.sign_metadata("timestamp.json", timestamp, self.tuf_keys["timestamp"])

    def sign_metadata(self, name: str, signed: Any, keys: list[CryptoSigner]) -> bytes:
        """Sign metadata with these keys and publish it under that name."""
        metadata: Metadata[Any] = Metadata(signed)
        for key in keys:
            metadata.sign(key, append=True)
        content = metadata.to_bytes()
        self.metadata.mkdir(parents=True, exist_ok=True)
        (self.metadata / f"{name}.new").write_bytes(content)
        (self.metadata / f"{name}.new").replace(self.metadata / name)
        return content

    def _expires(self, role: str) -> datetime:
        return self.now().replace(microsecond=0) + self.expires_in.get(role, timedelta(days=30))

    def _sign(self, role: str, signed: Any) -> bytes:
        return self.sign_metadata(f"{signed.version}.{role}.json", signed, self.tuf_keys[role])
