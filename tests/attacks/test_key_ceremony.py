# SPDX-License-Identifier: AGPL-3.0-or-later
"""The key ceremony and every rotation, followed by a device's own code over HTTP."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from loa.airtime.actions import set_rule
from loa.airtime.queries import newest_rules
from loa.airtime.rules_list import adopt_rules
from loa.areas.queries import province_of
from loa.config import clock
from loa.config.failures import OperatorError
from loa.config.home import Home
from loa.config.keys import bundle, ceremony, rotation, waiting
from loa.config.keys import media as key_media
from loa.config.keys.ceremony import Holder
from loa.config.keys.rotation import Hands
from loa.devices import publishing
from loa.devices.repository_roots import RootKeysAwayError
from loa.messages.tests.factories import make_revision
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast, make_member
from loa.releases import authority, proposals
from loa.releases.approvers import adopt, latest, publish_approvers, statement_in
from loa.releases.errors import ListNotSignedError, NoCeremonyError
from loa.releases.models import ListKind, ListOutcome, ListProposal, Release
from loa.releases.sealing import Cost
from loa.releases.tests.factories import make_passkey, make_release, make_request
from loa_protocol.demo_authenticator import DemoAuthenticator
from loa_protocol.envelope import APPROVERS_TYPE, Envelope, decode, sign
from loa_protocol.keys import Ed25519Signer
from loa_protocol.statements import RulesStatement, decode_statement, encode_statement
from loa_protocol.verify import Place
from tests.attacks.device import Loudspeaker, PublicFolder

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)  # the TUF client reads the real clock
PHRASE = "cum mat khau dai"


def ask(_what: str) -> str:
    return PHRASE


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    settings.HOME = Home(tmp_path / "home")
    settings.HOME.make()
    monkeypatch.setattr(key_media, "COST", Cost(n=2**4, r=1, p=1))
    with clock.frozen(NOW):
        yield settings.HOME


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sticks(tmp_path: Path) -> Callable[[str, int], list[Path]]:
    """Make so many removable media, called by a name."""

    def make(name: str, count: int) -> list[Path]:
        made = [tmp_path / "media" / f"{name}-{number}" for number in range(1, count + 1)]
        for one in made:
            one.mkdir(parents=True)
        return made

    return make


class Ceremony:
    """Two administrators, one with a passkey and one with a key file, and three root keys on media."""

    def __init__(self, cast: Cast, sticks: Callable[[str, int], list[Path]]) -> None:
        self.cast, self.roots, self.sticks = cast, sticks("root", 3), sticks
        self.one = cast.administrator
        self.two = make_member(cast.organisation, "administrator", "quan-tri-hai", "Trần Thị Hai")
        self.passkey: DemoAuthenticator = make_passkey(self.one)
        (self.stick,) = sticks("admin", 1)

    @property
    def holders(self) -> list[Holder]:
        return [Holder(self.one), Holder(self.two, self.stick)]

    @property
    def hands(self) -> Hands:
        return Hands(self.roots[:2], ask)

    def hold(self) -> ceremony.Outcome:
        return ceremony.init(self.roots, self.holders, ask, NOW)

    def sign_waiting(self, *, passkey: tuple[Person, DemoAuthenticator] | None = None) -> None:
        """Have both administrators sign what waits: one with a passkey, the other one offline, with a file."""
        person, signer = passkey or (self.one, self.passkey)
        for proposal in proposals.waiting_for(person):
            proposals.sign_list(actor=person, proposal=proposal, signer=signer)
        sign_offline(self.stick)

    def publish(self) -> None:
        """Propose what changed, have it signed, and publish it."""
        with suppress(ListNotSignedError):
            publishing.publish(self.cast.commune.code)
        self.sign_waiting()
        publishing.publish(self.cast.commune.code)


def sign_offline(medium: Path) -> waiting.Taken:
    """Carry what waits to a machine without network and back."""
    file = medium / "cho-ky.json"
    bundle.write(file, waiting.gather())
    items = bundle.read(file)
    for path in key_media.find(medium):
        key = key_media.read(path, PHRASE)
        items = [one.signed(key) or one for one in items]
    bundle.write(file, items)
    return waiting.take(bundle.read(file))


@pytest.fixture
def held(cast: Cast, sticks: Callable[[str, int], list[Path]]) -> Ceremony:
    """An installation after its ceremony, before anything was published."""
    made = Ceremony(cast, sticks)
    made.hold()
    return made


@pytest.fixture
def public(home: Home) -> Iterator[PublicFolder]:
    folder = PublicFolder(home.public)
    yield folder
    folder.close()


@pytest.fixture
def enrol(tmp_path: Path, cast: Cast, public: PublicFolder) -> Callable[[], Loudspeaker]:
    """Let a device in: it gets the root and the trust of this moment."""

    def make() -> Loudspeaker:
        place = Place(
            device_id="1",
            province=province_of(cast.commune).code,
            commune=cast.commune.code,
            village=cast.villages[0].code,
            is_test=False,
        )
        root = publishing.root_text(cast.commune.code)
        return Loudspeaker(tmp_path / "device", public.url, root, authority.trust(cast.commune.code), place)

    return make


def private_keys(home: Home) -> set[str]:
    return {path.name for path in home.keys.rglob("*.key")}


def test_after_the_ceremony_no_root_and_no_administrators_key_lies_on_the_server(
    cast: Cast, sticks: Any, home: Home
) -> None:
    publishing.publish(cast.commune.code)
    assert {"root-1.key", "admin-1.key"} <= private_keys(home)
    made = Ceremony(cast, sticks)
    outcome = made.hold()
    assert private_keys(home) == {"targets.key", "snapshot.key", "timestamp.key"}
    assert authority.is_held_by_people()
    assert [path.name for path in outcome.files] == [
        "loa-root-1.json", "loa-root-2.json", "loa-root-3.json", f"loa-admin-{made.two.pk}.json",
    ]  # fmt: skip
    for path in outcome.files:
        key = key_media.read(path, PHRASE)
        assert key.private not in path.read_bytes()
        assert key.private.hex().encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(OperatorError):
        made.hold()


def test_a_device_from_before_the_ceremony_follows_into_it(
    cast: Cast, sticks: Any, enrol: Callable[[], Loudspeaker]
) -> None:
    publishing.publish(cast.commune.code)
    device = enrol()
    before = device.look(NOW)
    made = Ceremony(cast, sticks)
    made.hold()
    publishing.publish(cast.commune.code)
    publishing.root_text(cast.commune.code)  # another device is let in meanwhile
    held_back = device.look(NOW)  # the new administrators have not signed: it stays with the former lists
    assert held_back.root_version == before.root_version
    made.publish()
    after = device.look(NOW)
    assert after.root_version == before.root_version + 1
    assert after.approvers.number > before.approvers.number


def test_before_the_ceremony_a_real_installation_releases_tests_alone(cast: Cast, settings: Any) -> None:
    settings.RELEASES_NEED_CEREMONY = True
    with pytest.raises(NoCeremonyError):
        make_request(cast)
    assert make_request(cast, is_test=True).is_test


def test_a_request_from_before_is_not_released_either(cast: Cast, settings: Any) -> None:
    waiting_release = make_request(cast)
    settings.RELEASES_NEED_CEREMONY = True
    with pytest.raises(NoCeremonyError):
        make_release(cast, revision=make_revision(cast))
    assert Release.objects.filter(released_at__isnull=False).count() == 0
    assert waiting_release.released_at is None


def test_nothing_is_published_for_a_new_commune_until_two_administrators_signed(
    cast: Cast, held: Ceremony, enrol: Callable[[], Loudspeaker]
) -> None:
    with pytest.raises(ListNotSignedError):
        publishing.publish(cast.commune.code)
    assert {one.kind for one in proposals.all_waiting()} == {ListKind.APPROVERS, ListKind.RULES}
    held.publish()
    device = enrol()
    assert device.look(NOW).approvers.number == 1


def test_one_administrator_alone_puts_nothing_in_force(cast: Cast, held: Ceremony) -> None:
    with pytest.raises(ListNotSignedError):
        publish_approvers(cast.commune)
    (proposal,) = proposals.waiting_for(held.one)
    proposals.sign_list(actor=held.one, proposal=proposal, signer=held.passkey)
    assert not proposals.waiting_for(held.one)
    with pytest.raises(ListNotSignedError):
        publish_approvers(cast.commune)


def rotate_online(role: str) -> Callable[[Ceremony], Any]:
    return lambda held: rotation.rotate_online([role], held.hands, NOW)


def rotate_root(held: Ceremony) -> Any:
    fresh = held.sticks("new-root", 3)
    done = rotation.rotate_root(fresh, held.hands, NOW)
    held.roots = fresh
    return done


def rotate_admin(held: Ceremony) -> Any:
    third = make_member(held.cast.organisation, "administrator", "quan-tri-ba", "Lê Thị Ba")
    passkey = make_passkey(third)
    done = rotation.rotate_admin([held.one.username], [Holder(third)], held.hands, NOW)
    held.one, held.passkey = third, passkey
    return done


def renew(held: Ceremony) -> Any:
    return rotation.renew(held.hands, NOW)


@pytest.mark.parametrize(
    "rotate",
    [rotate_online("targets"), rotate_online("snapshot"), rotate_online("timestamp"), rotate_root, rotate_admin, renew],
    ids=["targets", "snapshot", "timestamp", "root", "admin", "renewal"],
)  # fmt: skip
def test_a_device_follows_the_rotation_of_every_key(
    cast: Cast, held: Ceremony, enrol: Callable[[], Loudspeaker], rotate: Callable[[Ceremony], Any]
) -> None:
    held.publish()
    device = enrol()
    first = device.look(NOW)
    assert rotate(held).missing == 0
    held.publish()
    second = device.look(NOW)
    assert second.root_version == first.root_version + 1
    rotate_online("targets")(held)  # what holds now signs the next change, too
    held.publish()
    assert device.look(NOW).root_version == first.root_version + 2


def test_an_administrator_who_went_signs_no_more_and_readers_wait_for_the_new_one(
    cast: Cast, held: Ceremony, enrol: Callable[[], Loudspeaker]
) -> None:
    held.publish()
    device = enrol()
    first = device.look(NOW)
    gone, former = held.one, held.passkey
    rotate_admin(held)
    publishing.publish(cast.commune.code)
    assert device.look(NOW).root_version == first.root_version
    assert not proposals.waiting_for(gone)
    with pytest.raises(Exception, match="khóa quản trị"):
        proposals.sign_list(actor=gone, proposal=proposals.all_waiting()[0], signer=former)
    with pytest.raises(
        OperatorError
    ):  # the online keys would change under a root that readers may not see yet
        rotate_online("targets")(held)


def test_a_root_is_signed_by_one_medium_after_the_other_on_another_machine(
    cast: Cast, held: Ceremony, enrol: Callable[[], Loudspeaker]
) -> None:
    held.publish()
    device = enrol()
    first = device.look(NOW)
    done = rotation.rotate_online(["timestamp"], Hands([held.roots[2]], ask), NOW)
    assert done.missing == 1
    held.publish()
    assert device.look(NOW).root_version == first.root_version
    assert sign_offline(held.roots[2]).root_missing == 1
    assert sign_offline(held.roots[0]).root_missing == 0
    held.publish()
    assert device.look(NOW).root_version == first.root_version + 1


def test_a_restored_backup_takes_the_signed_lists_back_from_the_public_files(
    cast: Cast, held: Ceremony, enrol: Callable[[], Loudspeaker]
) -> None:
    held.publish()
    device = enrol()
    device.look(NOW)
    set_rule(
        actor=held.one, zone=cast.commune, priority_class="normal", windows=[("06:00", "07:00")], minutes_per_day=30
    )  # fmt: skip
    held.publish()
    seen = device.look(NOW)
    assert seen.rules.number == 2
    cast.commune.rules_lists.filter(number=2).delete()
    ListProposal.objects.filter(outcome=ListOutcome.SIGNED, kind=ListKind.RULES, number=2).delete()
    publishing.continue_above(publishing.highest_seen())
    assert device.look(NOW).rules.number == 2
    assert not proposals.all_waiting().exists()


def test_lists_in_the_public_files_that_no_two_administrators_signed_are_not_taken_back(
    cast: Cast, held: Ceremony
) -> None:
    held.publish()
    approvers, rules = latest(cast.commune), newest_rules(cast.commune)
    assert approvers is not None
    assert rules is not None
    higher = msgspec.structs.replace(statement_in(approvers), number=9)
    one_alone = key_media.read(next(held.stick.glob("*admin*.json")), PHRASE)
    forged = Envelope(payload_type=APPROVERS_TYPE, payload=encode_statement(higher))
    adopt(cast.commune, sign(forged, Ed25519Signer(one_alone.private)))
    assert latest(cast.commune) == approvers
    content = decode(bytes(rules.envelope))
    opened = msgspec.structs.replace(decode_statement(content.payload, RulesStatement), number=9)
    adopt_rules(cast.commune, msgspec.structs.replace(content, payload=encode_statement(opened)))
    assert newest_rules(cast.commune) == rules


def test_a_backup_from_before_a_rotation_is_caught_up_with_by_one_more(
    cast: Cast, held: Ceremony, home: Home, enrol: Callable[[], Loudspeaker], tmp_path: Path
) -> None:
    held.publish()
    device = enrol()
    device.look(NOW)
    shutil.copytree(home.keys, tmp_path / "backup")
    rotation.rotate_online(["targets", "snapshot", "timestamp"], held.hands, NOW)
    rotate_admin(held)
    held.publish()
    seen = device.look(NOW)
    shutil.rmtree(home.keys)
    shutil.copytree(tmp_path / "backup", home.keys)
    with pytest.raises(RootKeysAwayError):
        publishing.continue_above(publishing.highest_seen())
    assert authority.administrators().admin_people.keys() >= {held.passkey.keyid}
    rotation.rotate_online(["targets", "snapshot", "timestamp"], held.hands, NOW)
    held.publish()
    assert device.look(NOW).root_version == seen.root_version + 1


def test_a_list_that_ends_soon_is_asked_for_in_time(cast: Cast, held: Ceremony) -> None:
    held.publish()
    with clock.frozen(NOW + timedelta(days=44)):
        publish_approvers(cast.commune)
        assert not proposals.all_waiting().exists()
    with clock.frozen(NOW + timedelta(days=46)):
        assert publish_approvers(cast.commune) == latest(cast.commune)
        (proposal,) = proposals.all_waiting()
        assert proposal.number == 2
