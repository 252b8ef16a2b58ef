# SPDX-License-Identifier: AGPL-3.0-or-later
"""Walk the whole way on a running installation with a marked test message and one virtual loudspeaker.

It has a commune of its own (decision 0015): no village hears it, no real agenda changes. Its two keys are on
that commune's list alone, for test items on that one device.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils.translation import gettext as _

from loa.airtime.actions import place, set_rule
from loa.airtime.models import AirtimeRule, Placement
from loa.airtime.rules_list import publish_rules
from loa.areas.folding import fold
from loa.areas.models import Area, AreaKind
from loa.audit import actions as audit
from loa.audit.actor import SYSTEM
from loa.config import clock
from loa.config.errors import LoaError
from loa.console.pairing import pair
from loa.deliveries.models import Delivery, Outcome
from loa.devices.actions import retire
from loa.devices.models import Device
from loa.messages.actions import SourceInput, write_message
from loa.messages.models import Revision
from loa.people.models import Organisation, OrganisationKind, Person, Role, RoleGrant
from loa.releases.actions import publish_approvers, set_policy, sign_release_with, submit_for_release
from loa.releases.approvers import SELFTEST_PERSON, statement_in
from loa.releases.authority import SelftestKeys, selftest_keys
from loa.releases.authority import is_signed as is_signed_today
from loa.releases.models import Policy, PolicyKind, PriorityClass, Release, SigningKey
from loa.releases.proposals import none_signed_yet
from loa.voice.actions import mark_heard, request_spoken
from loa.voice.models import SpokenRendition
from loa_protocol.envelope import decode
from loa_protocol.keys import Ed25519Signer

PROVINCE, COMMUNE, VILLAGE = "00", "00000", "00000-01"
AUTHOR = f"selftest-{COMMUNE}-author"
LONGEST_WAIT = 60  # seconds for one step
ENDS_WITHIN = 10  # seconds, for the virtual loudspeaker
LEAD = timedelta(seconds=15)  # from placing to the first sound
# Where lists admit every virtual loudspeaker, a new one also plays what earlier self-tests placed. Begun by then,
# that is over before the next one is due: otherwise each run waits for all of those of the last minutes.
CUT_OFF_S = int(LEAD.total_seconds())
TEXT = "Đây là tin tự kiểm của hệ thống. Không có nội dung nào khác."

T = TypeVar("T")


class SelftestError(LoaError):
    """A step did not come through; the sentence names it."""

    code = "selftest"


@dataclass
class Walk:
    """What is printed: each step with its time in seconds."""

    say: Callable[[str], None]
    steps: list[dict[str, object]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        seconds = round(time.monotonic() - begun, 2)
        self.steps.append({"step": name, "seconds": seconds})
        self.say(f"{seconds:7.2f} s  {name}")


@dataclass(frozen=True)
class Cast:
    """Who and where: made once, found again later."""

    author: Person
    signers: tuple[Person, Person]
    organisation: Organisation
    village: Area


def run(say: Callable[[str], None] = print) -> list[dict[str, object]]:
    """Walk the whole way; return each step with its time.

    Raises:
        SelftestError: the proof did not come back; the sentence says which step waits for what.
    """
    walk = Walk(say)
    with walk.step(_("địa bàn và người tự kiểm")):
        cast = ensure_cast()
    with tempfile.TemporaryDirectory(prefix="loa-selftest-") as name:
        folder = Path(name)
        with walk.step(_("ghép loa ảo: khóa, mã, duyệt, giấy phép")):
            device = pair(
                folder / "device",
                village=cast.village,
                name=_("Loa tự kiểm"),
                keeper=cast.author,
                server_url=settings.BASE_URL,
            )
        try:
            _walk_with(walk, cast, device, folder)
        finally:
            retire(actor=cast.author, device=device)
    return walk.steps


def _walk_with(walk: Walk, cast: Cast, device: Device, folder: Path) -> None:
    with walk.step(_("danh sách người duyệt và quy định giờ phát")):
        keys = selftest_keys(COMMUNE, str(device.pk))
        ensure_keys(cast, keys)
        ensure_lists(cast, keys, device)
    with _running(folder, device):
        with walk.step(_("viết tin và làm tiếng")):
            revision = _written(cast)
        with walk.step(_("hai chữ ký")):
            release = _released(cast, keys, revision)
        with walk.step(_("đặt lịch, phát và nhận bằng chứng")):
            placement = place(
                actor=cast.author,
                release=release,
                channel="loudspeaker",
                zones=[cast.village],
                starts_at=clock.now() + LEAD,
                cut_off_s=CUT_OFF_S,
            )
            _proven(placement, release)


def ensure_cast() -> Cast:
    """Make the self-test's commune, organisation and people when they are not there yet."""
    with transaction.atomic():
        province = Area.objects.filter(code=PROVINCE).first() or Area.add_root(
            **_area(PROVINCE, AreaKind.PROVINCE)
        )
        commune = Area.objects.filter(code=COMMUNE).first() or province.add_child(
            **_area(COMMUNE, AreaKind.COMMUNE)
        )
        village = Area.objects.filter(code=VILLAGE).first() or commune.add_child(
            **_area(VILLAGE, AreaKind.VILLAGE)
        )
        organisation = Organisation.objects.filter(area=commune).first() or Organisation.add_root(
            name=_("Tự kiểm"), kind=OrganisationKind.OFFICE, area=commune
        )
        author = _person(AUTHOR, organisation, Role.EDITOR, Role.DEVICE_KEEPER, Role.ADMINISTRATOR)
        first, second = (
            _person(SELFTEST_PERSON.format(commune=COMMUNE, number=number), organisation, Role.APPROVER)
            for number in (1, 2)
        )
    if not Policy.objects.filter(organisation=organisation).exists():
        set_policy(actor=SYSTEM, organisation=organisation, kind=PolicyKind.STRICT)
    if not AirtimeRule.objects.filter(zone=commune).exists():
        set_rule(
            actor=author,
            zone=commune,
            priority_class=PriorityClass.NORMAL,
            windows=[("00:00", "24:00")],
            minutes_per_day=1440,
            note=_("tự kiểm: mọi giờ"),
        )
    return Cast(author=author, signers=(first, second), organisation=organisation, village=village)


def _area(code: str, kind: AreaKind) -> dict[str, str]:
    return {"code": code, "kind": kind, "name": _("Tự kiểm"), "name_key": fold(_("Tự kiểm"))}


def _person(username: str, organisation: Organisation, *roles: Role) -> Person:
    """Return a person who cannot sign in: there is no password."""
    person, is_new = Person.objects.get_or_create(
        username=username, defaults={"full_name": _("Tự kiểm"), "password": "!"}
    )
    if is_new:
        for role in roles:
            grant = RoleGrant.objects.create(
                person=person, organisation=organisation, role=role, since=clock.now(), granted_by=SYSTEM.name
            )
            audit.record(actor=SYSTEM, action="people.grant_role", obj=grant, details={"role": role})
    return person


def ensure_keys(cast: Cast, keys: SelftestKeys) -> None:
    """Note the self-test's public keys under its two people; the list admits them for tests on one device."""
    for person, public in zip(cast.signers, keys.public_keys, strict=True):
        SigningKey.objects.get_or_create(
            keyid=public.keyid,
            defaults={
                "person": person,
                "keytype": public.keytype,
                "public": msgspec.to_builtins(public),
                "created_at": clock.now(),
            },
        )


def ensure_lists(cast: Cast, keys: SelftestKeys, device: Device) -> None:
    """See that the lists in force let the virtual loudspeaker sound; where people sign them, ask them.

    Raises:
        ListNotSignedError: a list still waits. Walking on would only wait for a proof that cannot come.
    """
    commune = cast.village.get_parent()
    approvers, rules = publish_approvers(commune), publish_rules(commune)
    admitted = {
        key.keyid
        for one in statement_in(approvers).people
        if not one.devices or str(device.pk) in one.devices
        for key in one.keys
    }
    is_signed = all(is_signed_today(decode(bytes(one.envelope))) for one in (approvers, rules))
    if not is_signed or not admitted.issuperset(key.keyid for key in keys.public_keys):
        raise none_signed_yet()


def _written(cast: Cast) -> Revision:
    message = write_message(
        actor=cast.author,
        organisation=cast.organisation,
        title=_("Tin tự kiểm"),
        text=TEXT,
        sources=[SourceInput(_("Hệ thống tự kiểm"), "")],
        is_test=True,
    )
    revision = message.revisions.get()
    request_spoken(actor=cast.author, revision=revision)

    def sound() -> bool:
        spoken = SpokenRendition.objects.get(revision=revision)
        if spoken.error:
            raise SelftestError(spoken.error)
        return spoken.sound_id is not None

    _wait(sound, _("Chưa có tiếng: tiến trình worker có chạy không?"))
    return revision


def _released(cast: Cast, keys: SelftestKeys, revision: Revision) -> Release:
    now = clock.now()
    release = submit_for_release(
        actor=cast.author,
        revision=revision,
        zones=[cast.village],
        priority_class=PriorityClass.NORMAL,
        not_before=now - timedelta(minutes=1),
        not_after=now + timedelta(hours=1),
        repeat_limit=10,
        is_test=True,
    )
    for person, private in zip(cast.signers, keys.private_keys, strict=True):
        mark_heard(actor=person, sound=release.sound)
        release = sign_release_with(actor=person, release=release, signer=Ed25519Signer(private))
    return release


@contextmanager
def _running(folder: Path, device: Device) -> Iterator[None]:
    command = [sys.executable, "-m", "loa_device.cli", "run", "--home", str(folder / "device")]
    command += ["--sink", f"wav:{folder / 'wav'}"]
    with (
        (folder / "device.log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,  # noqa: S603  our own agent
    ):
        try:
            _wait(
                lambda: Device.objects.filter(pk=device.pk, status__isnull=False).exists(),
                _("Loa ảo chưa báo về: gateway và máy chủ tin nhắn có chạy không?"),
            )
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()  # otherwise leaving the block would wait for it without end


def _proven(placement: Placement, release: Release) -> None:
    def delivery() -> Delivery | None:
        return Delivery.objects.filter(placement_id=placement.pk).first()

    seconds = LEAD.total_seconds() + release.sound.duration_ms / 1000 + LONGEST_WAIT
    found = _wait(delivery, _("Bằng chứng chưa về: xem nhật ký của worker và gateway."), seconds)
    if found.outcome != Outcome.DELIVERED:
        raise SelftestError(
            _("Loa ảo không phát trọn tin: %(outcome)s %(reason)s.")
            % {"outcome": found.outcome, "reason": found.reason}
        )


def _wait(condition: Callable[[], T | None], sentence: str, seconds: float = LONGEST_WAIT) -> T:
    """Ask until the answer is true and return it.

    Raises:
        SelftestError: it did not come in time.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        close_old_connections()
        if found := condition():
            return found
        time.sleep(0.2)
    raise SelftestError(sentence)
