# SPDX-License-Identifier: AGPL-3.0-or-later
"""The place of every attack: the shipped `loa-device run` in a process, real files, and a server that lies.

The attacker holds everything that lies on a server: database, files, the online keys, the self-test keys. He does
not hold what people hold (passkeys, sealed keys), nor the administrators' and root keys, unless a test says so.
"""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from agent_process import AgentProcess, until
from nats_process import NatsProcess
from simulator import COMMUNE, INSTALLATION, Simulator

from loa_device import enrolment
from loa_device.report import Status
from loa_device.state import DeviceHome
from loa_protocol.statements import AirtimeRule, Approver, Away, Policy
from loa_protocol.times import format_utc
from loa_protocol.wire import Look, encode_message, look_subject

HONEST = "honest"  # id of the item that two people released
LATER = timedelta(hours=1)


class Stage:
    """A server, a device folder and, once started, the process; a context manager."""

    def __init__(self, folder: Path, nats: NatsProcess) -> None:
        self.server = Simulator(folder / "server")
        self.home = DeviceHome(folder / "device")
        self._nats = nats
        self._stack = ExitStack()
        self.agent: AgentProcess

    def __enter__(self) -> Self:
        self.home.make()
        self._stack.enter_context(self.server)
        self.server.approvers_changes = {"people": people(self.server), "policies": POLICIES}
        self.server.rules_changes = {"rules": rules()}
        key = enrolment.load_or_make_key(self.home)
        self.public_key = key.public
        token = self._nats.device_token(key)
        self.server.enrolled(self.home, nats_url=self._nats.url, nats_jwt=token)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def publish_honestly(self) -> None:
        """Publish what two people released, to begin in an hour."""
        self.server.place(self.server.release(HONEST, priority_class="priority"), soon(), HONEST)
        self.server.publish()

    def start(self) -> None:
        """Start the loudspeaker and wait until it follows what is published."""
        self.run()
        self.agent.ready()

    def run(self) -> None:
        """Start the loudspeaker."""
        self.agent = self._stack.enter_context(AgentProcess(self.home))

    def stop(self) -> None:
        """Switch it off; its folder stays."""
        self.agent.kill()

    def look(self) -> None:
        """Tell it to look at the repository at once, as whoever holds the server may."""
        asyncio.run(self._look())

    async def _look(self) -> None:
        client = await self._nats.server_side()
        message = Look(commune=COMMUNE, number=self.server.number, urgent=True)
        await client.publish(look_subject(INSTALLATION, COMMUNE), encode_message(message))
        await client.flush()
        await client.close()

    def status(self) -> Status:
        """What the process says of itself."""
        until(lambda: self.agent.status() is not None, what=self.log)
        status = self.agent.status()
        assert status is not None
        return status

    @property
    def log(self) -> str:
        """What it wrote into its log."""
        return self.agent.log.read_text()

    def refused_files(self) -> dict[str, str]:
        """The files that it reports as refused, with their reason codes."""
        return {one["name"]: one["code"] for one in self.status().heartbeat["refused_files"]}

    def refused_items(self) -> dict[str, str]:
        """The items that it reports as refused, with their reason codes."""
        return {one["item_id"]: one["code"] for one in self.status().heartbeat["refused"]}

    def expect_refusal(self, file: str, code: str) -> None:
        """Wait until a file is reported and logged as refused for this reason."""

        def is_refused() -> bool:
            self.look()
            return any(name.endswith(file) and found == code for name, found in self.refused_files().items())

        self._until(is_refused, f"{file}: {code}")
        assert any(line.count("refused") and code in line for line in self.log.splitlines()), self.log

    def expect_followed(self, number: int) -> None:
        """Wait until it follows an agenda of at least this number."""

        def is_followed() -> bool:
            self.look()
            return bool(self.status().heartbeat["agenda_number"] >= number)

        self._until(is_followed, f"agenda {number}")

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        try:
            until(condition, what=what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.refused_files()}\n{self.log}") from error

    def expect_honest_agenda(self, number: int = 1) -> None:
        """Check that what it accepted before the attack is still in force, whole."""
        status = self.status()
        assert status.heartbeat["agenda_number"] == number
        assert (status.silence, status.next_item) == ("", HONEST)
        assert status.heartbeat["holding"] in ([HONEST], [])  # its sound may still be on its way


def soon() -> datetime:
    """A whole second within the next hours."""
    return datetime.now(UTC).replace(microsecond=0) + LATER


POLICIES = [
    Policy(policy_id="strict", kind="strict", threshold=2, author_may_sign=False, weak=True),
    Policy(policy_id="passkeys", kind="strict", threshold=2, author_may_sign=False, weak=False),
    Policy(
        policy_id="joined",
        kind="joined",
        threshold=2,
        author_may_sign=False,
        weak=True,
        organisation="dam-ha",
        partners=["quang-ha"],
    ),
    Policy(
        policy_id="own",
        kind="strict",
        threshold=2,
        author_may_sign=False,
        weak=True,
        organisations=["dam-ha"],
    ),
    Policy(policy_id="alone", kind="break_glass", threshold=1, author_may_sign=True, weak=True),
]


def people(server: Simulator) -> list[Approver]:
    """Return who may sign what here; the signed list names nobody else."""
    now = datetime.now(UTC)
    ago, ahead = format_utc(now - timedelta(days=3)), format_utc(now + timedelta(days=3))
    testers = [server.approver(name, may=["test"], devices=["d-test"]) for name in ("tester 1", "tester 2")]
    passkeys = [server.approver(name) for name in ("phuc passkey", "giang passkey")]
    binh = server.approver("binh", organisations=["dam-ha"])
    second = server.approver("binh's second").keys
    return [
        server.approver("an"),
        server.approver("binh", organisations=["dam-ha"], keys=[*binh.keys, *second]),
        server.approver("chi", organisations=["dam-ha"]),
        server.approver("dung", may=["release"]),
        server.approver("neighbour", organisations=["quang-ha"]),
        server.approver("em", may=["emergency", "break_glass"]),
        server.approver("on leave", away=[Away(not_before=ago, not_after=ahead)]),
        server.approver("former", not_after=ago),
        *passkeys,
        *testers,
    ]


def rules(**changes: Any) -> list[AirtimeRule]:
    """Return rules under which a priority item may sound now, and a normal one not before twelve hours."""
    opposite = datetime.now(UTC) + timedelta(hours=7 + 12)
    far = (f"{opposite.hour:02}:00", f"{opposite.hour:02}:30")
    values: dict[str, Any] = {"zone": COMMUNE, "minutes_per_day": 1440, "volume_cap": 100}
    return [
        AirtimeRule(priority_class="normal", windows=[far], **{**values, **changes}),
        AirtimeRule(priority_class="priority", windows=[("00:00", "24:00")], **{**values, **changes}),
    ]
