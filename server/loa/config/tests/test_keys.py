# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa keys``: what goes wrong leaves everything as it was, and what commands say."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from loa.config import clock
from loa.config.cli import cli
from loa.config.failures import OperatorError
from loa.config.home import Home
from loa.config.keys import ceremony, elsewhere, media, rotation, waiting
from loa.config.keys.ceremony import Holder, holder_of
from loa.config.keys.rotation import Hands
from loa.console import selftest
from loa.devices import publishing
from loa.devices.tests.factories import make_device
from loa.people.tests.factories import Cast, make_cast, make_member
from loa.releases import authority, proposals
from loa.releases.authority import selftest_keys
from loa.releases.errors import ListNotSignedError
from loa.releases.models import ListKind
from loa.releases.sealing import Cost
from loa.releases.tests.factories import make_list_proposal, make_passkey

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PHRASE = "cum mat khau dai"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    settings.HOME = Home(tmp_path / "home")
    settings.HOME.make()
    monkeypatch.setattr(media, "COST", Cost(n=2**4, r=1, p=1))
    with clock.frozen(NOW):
        yield settings.HOME


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sticks(tmp_path: Path) -> list[Path]:
    """Five media: three for root keys, two for administrators."""
    made = [tmp_path / "media" / str(number) for number in range(5)]
    for one in made:
        one.mkdir(parents=True)
    return made


@pytest.fixture
def holders(cast: Cast, sticks: list[Path]) -> list[Holder]:
    second = make_member(cast.organisation, "administrator", "quan-tri-hai", "Trần Thị Hai")
    return [Holder(cast.administrator, sticks[3]), Holder(second, sticks[4])]


def ask(_what: str) -> str:
    return PHRASE


def state(home: Home) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.keys.rglob("*") if path.is_file()}


class Pulled:
    """The n-th passphrase is never typed: the operator breaks off."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def __call__(self, _what: str) -> str:
        self.count += 1
        if self.count == self.at:
            raise KeyboardInterrupt
        return PHRASE


@pytest.mark.parametrize("at", [1, 3, 5])
def test_a_ceremony_that_is_broken_off_leaves_nothing_half(
    cast: Cast, home: Home, sticks: list[Path], holders: list[Holder], at: int
) -> None:
    publishing.publish(cast.commune.code)
    before = state(home)
    with pytest.raises(KeyboardInterrupt):
        ceremony.init(sticks[:3], holders, Pulled(at), NOW)
    assert state(home) == before
    assert [path for stick in sticks for path in stick.iterdir()] == []
    assert not authority.is_held_by_people()
    assert ceremony.init(sticks[:3], holders, ask, NOW).root_version == 2


def test_a_power_cut_before_the_root_leaves_files_that_the_next_ceremony_writes_over(
    home: Home, sticks: list[Path], holders: list[Holder], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(media, "remove", lambda paths: None)  # nobody was there to tidy up
        patch.setattr("loa.devices.repository_roots.Roots.put", _full)
        with pytest.raises(OSError, match="No space"):
            ceremony.init(sticks[:3], holders, ask, NOW)
    assert (sticks[0] / "loa-root-1.json").exists()
    assert not authority.is_held_by_people()
    ceremony.init(sticks[:3], holders, ask, NOW)
    assert authority.is_held_by_people()


def test_a_power_cut_after_the_root_is_tidied_by_the_next_look(
    home: Home, sticks: list[Path], holders: list[Holder], monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.ensure_installation_keys()
    with monkeypatch.context() as patch:
        patch.setattr(ceremony, "forget_server_keys", _full)
        with pytest.raises(OSError, match="No space"):
            ceremony.init(sticks[:3], holders, ask, NOW)
    assert authority.is_held_by_people()
    assert (sticks[0] / "loa-root-1.json").exists()
    assert authority.server_kept_admin_keys()
    said = CliRunner().invoke(cli, ["keys", "status", "--json"])
    assert json.loads(said.output)["left_here"] == []
    assert not authority.server_kept_admin_keys()


def _full(*_args: Any) -> None:
    raise OSError(28, "No space left on device")


def test_media_that_are_missing_the_same_or_on_the_server_are_refused(
    home: Home, tmp_path: Path, sticks: list[Path], holders: list[Holder]
) -> None:
    wrong = [
        [sticks[0], sticks[1], tmp_path / "none"],
        [sticks[0], sticks[1], sticks[0]],
        [sticks[0], sticks[1], sticks[0] / ".." / "0"],
        [sticks[0], sticks[1], sticks[3]],  # an administrator's
        [sticks[0], sticks[1], home.uploads],
        sticks[:2],
    ]
    for roots in wrong:
        with pytest.raises(OperatorError):
            ceremony.init(roots, holders, ask, NOW)
    assert [path for stick in sticks for path in stick.iterdir()] == []


def test_one_person_is_not_two_administrators(sticks: list[Path], holders: list[Holder], cast: Cast) -> None:
    for wrong in ([holders[0]], [holders[0], Holder(holders[0].person, sticks[4])]):
        with pytest.raises(OperatorError):
            ceremony.init(sticks[:3], wrong, ask, NOW)
    with pytest.raises(OperatorError, match="khóa truy cập"):
        holder_of(cast.administrator.username)
    make_passkey(cast.administrator)
    assert holder_of(cast.administrator.username).medium is None
    with pytest.raises(OperatorError):
        holder_of("khong-co-ai")


def test_a_short_passphrase_is_refused_and_nothing_is_kept(sticks: list[Path], holders: list[Holder]) -> None:
    with pytest.raises(OperatorError, match="12"):
        ceremony.init(sticks[:3], holders, lambda _what: "ngan", NOW)
    assert [path for stick in sticks for path in stick.iterdir()] == []


def test_a_key_in_force_is_not_written_over(home: Home, sticks: list[Path], holders: list[Holder]) -> None:
    ceremony.init(sticks[:3], holders, ask, NOW)
    before = (sticks[2] / "loa-root-3.json").read_bytes()
    fresh = [sticks[0].parent / "neu-1", sticks[0].parent / "neu-2", sticks[2]]
    for one in fresh[:2]:
        one.mkdir()
    with pytest.raises(OperatorError, match="còn dùng"):
        rotation.rotate_root(fresh, Hands(sticks[:2], ask), NOW)
    assert (sticks[2] / "loa-root-3.json").read_bytes() == before
    assert not any(fresh[0].iterdir())


def test_a_wrong_passphrase_or_a_changed_file_opens_nothing(
    home: Home, sticks: list[Path], holders: list[Holder]
) -> None:
    ceremony.init(sticks[:3], holders, ask, NOW)
    before = state(home)
    with pytest.raises(OperatorError, match="Cụm mật khẩu"):
        rotation.rotate_online(["targets"], Hands(sticks[:2], lambda _what: "cum mat khau sai"), NOW)
    assert {path for path in state(home) if ".next" not in path} == set(before)
    path = sticks[0] / "loa-root-1.json"
    renamed = {**json.loads(path.read_text()), "holder": "2"}
    path.write_text(json.dumps(renamed))
    with pytest.raises(OperatorError):
        media.read(path, PHRASE)


def test_root_keys_of_another_installation_sign_nothing(
    home: Home, sticks: list[Path], holders: list[Holder], tmp_path: Path
) -> None:
    ceremony.init(sticks[:3], holders, ask, NOW)
    strange = [tmp_path / "la-1", tmp_path / "la-2"]
    for number, medium in enumerate(strange, start=1):
        medium.mkdir()
        media.write(medium, media.make("root", "elsewhere", str(number), ""), PHRASE)
    with pytest.raises(OperatorError):
        rotation.rotate_online(["targets"], Hands(strange, ask), NOW)
    with pytest.raises(OperatorError, match="không có khóa"):
        rotation.rotate_online(
            "targets", Hands([sticks[3]], ask), NOW
        )  # an administrator's key is no root key


def test_the_last_two_administrators_do_not_leave(
    home: Home, sticks: list[Path], holders: list[Holder]
) -> None:
    with pytest.raises(OperatorError):
        rotation.rotate_admin([holders[0].person.username], [], Hands(sticks[:2], ask), NOW)
    ceremony.init(sticks[:3], holders, ask, NOW)
    with pytest.raises(OperatorError, match="hai người"):
        rotation.rotate_admin([holders[0].person.username], [], Hands(sticks[:2], ask), NOW)
    with pytest.raises(OperatorError, match="không giữ"):
        rotation.rotate_admin(["khong-co-ai"], [holders[0]], Hands(sticks[:2], ask), NOW)


def test_the_whole_ceremony_by_commands(cast: Cast, sticks: list[Path], holders: list[Holder]) -> None:
    run = CliRunner()
    words = f"{PHRASE}\n{PHRASE}\n"
    arguments = [part for stick in sticks[:3] for part in ("--media", str(stick))]
    arguments += [part for one in holders for part in ("--admin", f"{one.person.username}={one.medium}")]
    done = run.invoke(cli, ["keys", "init", *arguments], input=words * 5, catch_exceptions=False)
    assert done.exit_code == 0
    assert done.output.count("loa-") == 5
    make_list_proposal(cast.commune)
    said = run.invoke(cli, ["keys", "status"])
    assert "Trần Thị Hai" in said.output
    assert "Quy định giờ phát" in said.output
    file = str(sticks[3] / "cho-ky.json")
    for medium in (sticks[3], sticks[4]):
        run.invoke(cli, ["keys", "export", file], catch_exceptions=False)
        no = run.invoke(cli, ["keys", "sign", file, "--media", str(medium)], input="n\n")
        assert "17:00–18:00" in no.output
        run.invoke(
            cli,
            ["keys", "sign", file, "--media", str(medium)],
            input=f"y\n{PHRASE}\n",
            catch_exceptions=False,
        )
        taken = run.invoke(cli, ["keys", "import", file], catch_exceptions=False)
        assert "1" in taken.output
    assert not proposals.all_waiting().exists()
    rotated = ["keys", "rotate", "timestamp", "--root", str(sticks[0]), "--root", str(sticks[1])]
    assert run.invoke(cli, rotated, input=f"{PHRASE}\n{PHRASE}\n", catch_exceptions=False).exit_code == 0


def away(home: Home, tmp_path: Path, settings: Any) -> Home:
    """Go to another machine, which has a folder of its own and neither server nor keys."""
    settings.HOME = Home(tmp_path / "other")
    settings.HOME.make()
    return home


def test_keys_made_on_another_machine_never_meet_the_server(
    cast: Cast, home: Home, sticks: list[Path], holders: list[Holder], tmp_path: Path, settings: Any
) -> None:
    run = CliRunner()
    make_passkey(holders[0].person)
    first, second = (one.person.username for one in holders)
    file, waits = str(tmp_path / "cong-khai.json"), str(tmp_path / "cho-ky.json")
    installation = authority.installation()
    before = state(home)

    away(home, tmp_path, settings)
    arguments = ["keys", "make", file, "--installation", installation, "--admin", f"{second}={sticks[4]}"]
    arguments += [part for stick in sticks[:3] for part in ("--media", str(stick))]
    made = run.invoke(cli, arguments, input=f"{PHRASE}\n{PHRASE}\n" * 4, catch_exceptions=False)
    assert made.exit_code == 0
    keys = [media.read(next(stick.glob("loa-*.json")), PHRASE) for stick in (*sticks[:3], sticks[4])]
    assert all(key.short_id in made.output for key in keys)
    assert run.invoke(cli, arguments, input=f"{PHRASE}\n{PHRASE}\n" * 4).exit_code == 1
    carried = Path(file).read_bytes()
    assert not any(key.private.hex().encode() in carried for key in keys)

    settings.HOME = home
    begin = ["keys", "init", "--public", file, "--admin", first, "--admin", second]
    assert "2" in run.invoke(cli, begin, catch_exceptions=False).output
    assert not authority.is_held_by_people()
    assert before.items() <= state(home).items()
    for stick in sticks[:2]:
        assert not authority.is_held_by_people()
        run.invoke(cli, ["keys", "export", waits], catch_exceptions=False)
        away(home, tmp_path, settings)
        signed = run.invoke(
            cli,
            ["keys", "sign", waits, "--media", str(stick)],
            input=f"y\n{PHRASE}\n",
            catch_exceptions=False,
        )
        assert all(key.short_id in signed.output for key in keys)
        settings.HOME = home
        run.invoke(cli, ["keys", "import", waits], catch_exceptions=False)
    assert authority.is_held_by_people()
    assert {path.name for path in home.keys.rglob("*.key")} == {
        "targets.key",
        "snapshot.key",
        "timestamp.key",
    }
    named = authority.administrators().admin_people.values()
    assert set(named) == {str(one.person.pk) for one in holders}
    with pytest.raises(OperatorError, match="Lễ khóa đã làm"):
        elsewhere.begin(elsewhere.read(Path(file)), [first, second], NOW)


def test_public_parts_that_do_not_fit_begin_no_ceremony(
    home: Home, sticks: list[Path], holders: list[Holder], tmp_path: Path
) -> None:
    first, second = (one.person.username for one in holders)
    file = tmp_path / "cong-khai.json"
    admins = [f"{first}={sticks[3]}", f"{second}={sticks[4]}"]
    elsewhere.make(file, "elsewhere", sticks[:3], admins, ask)
    with pytest.raises(OperatorError, match="hệ thống khác"):
        elsewhere.begin(elsewhere.read(file), [first, second], NOW)
    parts = replace(elsewhere.read(file), installation=authority.installation())
    for wrong, names in (
        (replace(parts, root=parts.root[:2]), [first, second]),
        (parts, [first]),
        (parts, [first, first]),
        (replace(parts, admin={}), [first, second]),
        (replace(parts, admin={**parts.admin, "nobody": parts.root[0]}), [first, second]),
        (parts, [f"{first}={sticks[3]}", second]),
    ):
        with pytest.raises(OperatorError):
            elsewhere.begin(wrong, names, NOW)
    assert rotation.next_root() is None
    file.write_text("{}")
    with pytest.raises(OperatorError, match="phần công khai"):
        elsewhere.read(file)


def test_one_root_key_twice_is_not_two(
    home: Home, sticks: list[Path], holders: list[Holder], tmp_path: Path
) -> None:
    first, second = (one.person.username for one in holders)
    file = tmp_path / "cong-khai.json"
    admins = [f"{first}={sticks[3]}", f"{second}={sticks[4]}"]
    elsewhere.make(file, authority.installation(), sticks[:3], admins, ask)
    parts = elsewhere.read(file)
    with pytest.raises(OperatorError):
        elsewhere.begin(replace(parts, root=(parts.root[0],) * 3), [first, second], NOW)


def test_the_self_test_says_at_once_that_a_list_waits_after_the_ceremony(
    home: Home, sticks: list[Path], holders: list[Holder]
) -> None:
    cast = selftest.ensure_cast()
    device = make_device(cast.village)

    def ask_for_lists() -> None:
        keys = selftest_keys(selftest.COMMUNE, str(device.pk))
        selftest.ensure_keys(cast, keys)
        selftest.ensure_lists(cast, keys, device)

    ask_for_lists()  # signed by the server's own keys
    ceremony.init(sticks[:3], holders, ask, NOW)
    with pytest.raises(ListNotSignedError):
        ask_for_lists()
    assert {one.kind for one in proposals.all_waiting()} == {ListKind.APPROVERS, ListKind.RULES}
    for stick in sticks[3:]:
        items = [one.signed(media.read(next(stick.glob("loa-*.json")), PHRASE)) for one in waiting.gather()]
        waiting.take([one for one in items if one is not None])
    ask_for_lists()
