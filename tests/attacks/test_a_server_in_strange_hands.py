# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody writes into the server's database and files, or holds its online keys: what a device still refuses."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from agent_process import AgentProcess, until

from loa.airtime.models import Placement
from loa.airtime.tests.factories import make_placement
from loa.areas.models import Area
from loa.areas.queries import province_of
from loa.config import clock
from loa.config.home import Home
from loa.devices import publishing
from loa.messages.tests.factories import make_revision
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.releases import authority
from loa.releases.actions import withdraw
from loa.releases.models import Release, ReleaseState, Withdrawal, WithdrawalSignature
from loa.releases.statements import statement_of
from loa.releases.tests.factories import make_release
from loa.voice.tests.factories import make_sound
from loa_device.enrolment import load_or_make_key, store_credential
from loa_device.media import MediaError
from loa_device.repository import RefreshError
from loa_device.state import DeviceHome
from loa_protocol.enrolment import Credential
from loa_protocol.envelope import Envelope, decode, encode, sign
from loa_protocol.errors import ProtocolError, RollbackError, ThresholdError
from loa_protocol.keys import Ed25519Signer, new_ed25519
from loa_protocol.statements import ApproversStatement, RulesStatement, decode_statement, encode_statement
from loa_protocol.verify import Place
from tests.attacks.device import Loudspeaker, PublicFolder

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)  # the TUF client reads the real clock
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def next_local(hour: int) -> datetime:
    """Return the next moment at which it is ``hour`` o'clock in Vietnam, at least an hour away."""
    local = NOW.astimezone(LOCAL).replace(hour=hour, minute=0, second=0)
    while local < NOW + timedelta(hours=1):
        local += timedelta(days=1)
    return local.astimezone(UTC)


@pytest.fixture(autouse=True)
def home(tmp_path: Any, settings: Any) -> Iterator[Home]:
    settings.HOME = Home(tmp_path / "home")
    settings.HOME.make()
    with clock.frozen(NOW):
        yield settings.HOME


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def public(home: Home) -> Iterator[PublicFolder]:
    folder = PublicFolder(home.public)
    yield folder
    folder.close()


@pytest.fixture
def release(cast: Cast) -> Release:
    return make_release(cast, revision=make_revision(cast))


@pytest.fixture
def placement(cast: Cast, release: Release) -> Placement:
    return make_placement(release, cast.villages, next_local(17))


@pytest.fixture
def loudspeaker(tmp_path: Any, cast: Cast, placement: Placement, public: PublicFolder) -> Loudspeaker:
    """A device of the commune that has seen the first publication."""
    publishing.publish(cast.commune.code)
    place = Place(
        device_id="1",
        province=province_of(cast.commune).code,
        commune=cast.commune.code,
        village=cast.villages[0].code,
        is_test=False,
    )
    root = publishing.root_text(cast.commune.code)
    made = Loudspeaker(tmp_path / "device", public.url, root, authority.trust(cast.commune.code), place)
    made.look(NOW)
    return made


def due(loudspeaker: Loudspeaker, at: datetime, release: Release, *sounds: str) -> Any:
    return loudspeaker.plays(at, {release.sound.sha256, *sounds})


def refused(line: Any) -> list[str]:
    return [refusal.code for refusal in line.refused]


def republish(commune: Area, files: dict[str, bytes]) -> None:
    """Sign these files with the server's online keys, as whoever holds the server can."""
    repository = publishing.repository_of(commune.code)
    number = repository.number() + 1
    newest = {**publishing.read_content(commune, NOW).files, **files}
    agenda = publishing.agenda_of(commune.publications.latest("number"))
    agenda = msgspec.structs.replace(agenda, number=number)
    repository.write(number, {"agenda.json": encode_statement(agenda), **newest}, NOW)


def test_what_two_people_released_plays_at_its_time(
    loudspeaker: Loudspeaker, placement: Placement, release: Release
) -> None:
    line = due(loudspeaker, placement.starts_at, release)
    assert line.current is not None
    assert line.current.item.item_id == str(placement.pk)


def test_a_placement_moved_to_the_night_in_the_database_is_silent(
    loudspeaker: Loudspeaker, placement: Placement, release: Release, cast: Cast
) -> None:
    night = next_local(2)
    Placement.objects.filter(pk=placement.pk).update(starts_at=night)
    publishing.publish(cast.commune.code)
    loudspeaker.look(NOW)
    line = due(loudspeaker, night, release)
    assert line.current is None
    assert refused(line) == ["outside_hours"]


def test_another_sound_under_a_released_name_is_silent(
    loudspeaker: Loudspeaker, placement: Placement, release: Release, cast: Cast
) -> None:
    other = make_sound()
    Release.objects.filter(pk=release.pk).update(sound=other)
    publishing.publish(cast.commune.code)
    loudspeaker.look(NOW)
    line = due(loudspeaker, placement.starts_at, release, other.sha256)
    assert line.current is None
    assert refused(line) == ["hash_not_released"]


@pytest.mark.parametrize("length", ["same", "longer"])
def test_a_sound_swapped_on_the_disk_is_not_taken(
    loudspeaker: Loudspeaker, release: Release, home: Home, length: str
) -> None:
    path = home.media / f"{release.sound.sha256}.opus"
    path.write_bytes(b"x" * (release.sound.size if length == "same" else 5000))
    rendition = statement_of(release).renditions[0]
    with pytest.raises(MediaError) as caught:
        loudspeaker.media.fetch(rendition, wanted=lambda: True)
    assert caught.value.code in {"hash_mismatch", "wrong_size"}
    assert not loudspeaker.media.ready


def test_the_files_of_another_commune_are_not_followed(
    loudspeaker: Loudspeaker, cast: Cast, placement: Placement, release: Release
) -> None:
    publishing.publish(cast.other_commune.code)
    publishing.publish(cast.other_commune.code, above=50)  # higher numbers, the same keys
    with pytest.raises((ProtocolError, RefreshError)):
        loudspeaker.look(NOW, commune=cast.other_commune.code)
    assert due(loudspeaker, placement.starts_at, release).current is not None


def test_files_rolled_back_are_not_followed_even_by_a_device_that_lost_its_metadata(
    loudspeaker: Loudspeaker, cast: Cast, home: Home, release: Release
) -> None:
    commune = cast.commune.code
    old = home.root / "old"
    shutil.copytree(home.repositories / commune, old)
    publishing.publish(commune, above=loudspeaker.floors.agenda + 5)
    loudspeaker.look(NOW)
    shutil.rmtree(home.repositories / commune)
    shutil.copytree(old, home.repositories / commune)
    with pytest.raises(RefreshError) as caught:
        loudspeaker.look(NOW)
    assert caught.value.is_attack
    shutil.rmtree(loudspeaker.home / "metadata")
    (loudspeaker.home / "metadata").mkdir()
    with pytest.raises(RollbackError):
        loudspeaker.look(NOW)


def test_with_the_online_keys_alone_nobody_opens_the_night(
    loudspeaker: Loudspeaker, cast: Cast, placement: Placement, release: Release
) -> None:
    content = publishing.read_content(cast.commune, NOW).files["rules.json"]
    rules = decode_statement(decode(content).payload, RulesStatement)
    open_all = [msgspec.structs.replace(rule, windows=[("00:00", "24:00")]) for rule in rules.rules]
    changed = encode_statement(msgspec.structs.replace(rules, rules=open_all, number=rules.number + 1))
    strangers = [Ed25519Signer(new_ed25519()[0]) for _number in range(2)]
    envelope = decode(content)
    forged = Envelope(payload_type=envelope.payload_type, payload=changed, signatures=envelope.signatures)
    for stranger in strangers:
        forged = sign(forged, stranger)
    republish(cast.commune, {"rules.json": encode(forged)})
    with pytest.raises(ThresholdError):
        loudspeaker.look(NOW)
    assert due(loudspeaker, placement.starts_at, release).current is not None  # what held before still holds


@pytest.mark.parametrize("admins", [0, 1])
def test_with_the_online_keys_alone_nobody_becomes_an_approver(
    loudspeaker: Loudspeaker, cast: Cast, home: Home, admins: int
) -> None:
    content = publishing.read_content(cast.commune, NOW).files["approvers.json"]
    approvers = decode_statement(decode(content).payload, ApproversStatement)
    _private, public_key = new_ed25519()
    stranger = msgspec.structs.replace(approvers.people[0], person_id="999", keys=[public_key])
    changed = msgspec.structs.replace(
        approvers, people=[*approvers.people, stranger], number=approvers.number + 1
    )
    forged = Envelope(payload_type=decode(content).payload_type, payload=encode_statement(changed))
    for name in authority.ADMIN_KEY_NAMES[:admins]:
        key = bytes.fromhex((home.keys / name).read_text().strip())
        forged = sign(sign(forged, Ed25519Signer(key)), Ed25519Signer(key))  # twice: one administrator is one
    republish(cast.commune, {"approvers.json": encode(forged)})
    with pytest.raises(ProtocolError):
        loudspeaker.look(NOW)


def test_signatures_of_one_release_do_not_open_another(
    loudspeaker: Loudspeaker, cast: Cast, placement: Placement, release: Release
) -> None:
    """The signatures are copied onto other bytes: longer, louder class, other places."""
    path = f"releases/{release.pk}.json"
    signed = decode(publishing.read_content(cast.commune, NOW).files[path])
    statement = json.loads(signed.payload)
    for change in ({"repeat_limit": 48}, {"priority_class": "emergency"}, {"zones": [cast.commune.code]}):
        payload = json.dumps(
            {**statement, **change}, ensure_ascii=False, separators=(",", ":"), sort_keys=True
        )
        forged = Envelope(
            payload_type=signed.payload_type, payload=payload.encode(), signatures=signed.signatures
        )
        republish(cast.commune, {path: encode(forged)})
        trusted = loudspeaker.look(NOW)
        assert trusted.bad_releases == {str(release.pk): "too_few_people"}
        assert due(loudspeaker, placement.starts_at, release).current is None


def test_a_withdrawn_release_stays_silent_when_the_withdrawal_is_taken_away(
    loudspeaker: Loudspeaker, cast: Cast, placement: Placement, release: Release
) -> None:
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason="Sai ngày")
    publishing.publish(cast.commune.code)
    assert str(release.pk) in loudspeaker.look(NOW).withdrawn
    WithdrawalSignature.objects.all().delete()
    Withdrawal.objects.all().delete()
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.RELEASED)
    publishing.publish(cast.commune.code)
    loudspeaker.look(NOW)
    assert due(loudspeaker, placement.starts_at, release).current is None


def _moved_to_the_night(release: Release) -> None:
    Placement.objects.filter(release=release).update(starts_at=next_local(2))


def _another_sound(release: Release) -> None:
    Release.objects.filter(pk=release.pk).update(sound=make_sound())


def _another_class(release: Release) -> None:
    statement = json.loads(bytes(release.statement))
    changed = json.dumps(
        {**statement, "priority_class": "emergency"},
        ensure_ascii=False, separators=(",", ":"), sort_keys=True,
    )  # fmt: skip
    Release.objects.filter(pk=release.pk).update(statement=changed.encode(), priority_class="emergency")


def _one_signature_left(release: Release) -> None:
    signature = release.signatures.first()
    assert signature is not None
    signature.delete()


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (_moved_to_the_night, "outside_hours"),
        (_another_sound, "hash_not_released"),
        (_another_class, "too_few_people"),
        (_one_signature_left, "too_few_people"),
    ],
)
def test_rows_edited_in_the_database_do_not_sound_from_a_real_loudspeaker(
    tmp_path: Path,
    home: Home,
    cast: Cast,
    placement: Placement,
    release: Release,
    public: PublicFolder,
    edit: Callable[[Release], None],
    code: str,
) -> None:
    """The shipped process against the files that the server's own worker publishes after the edit."""
    commune = cast.commune.code
    publishing.publish(commune)
    device = DeviceHome(tmp_path / "process")
    device.make()
    load_or_make_key(device)
    credential = Credential(
        device_id="1", name="Cụm loa", installation=authority.installation(), commune=commune,
        province=province_of(cast.commune).code, village=cast.villages[0].code, is_test=False,
        trust=authority.trust(commune), tuf_root=publishing.root_text(commune),
        repository_url=f"{public.url}/repo/{commune}", media_url=f"{public.url}/media",
        nats_url="nats://127.0.0.1:9", nats_jwt="", zone_name="Asia/Ho_Chi_Minh",
    )  # fmt: skip
    store_credential(device, credential)
    edit(release)
    publishing.publish(commune)
    with AgentProcess(device) as agent:

        def is_refused() -> bool:
            seen = agent.status()
            return seen is not None and [one["code"] for one in seen.heartbeat["refused"]] == [code]

        until(is_refused, what=code)
        status = agent.status()
    assert status is not None
    assert status.next_item == ""
