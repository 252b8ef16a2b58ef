# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changing keys: a new root is drafted, signed with two root keys (at once or one after the other), put in force.

A draft lies in ``keys/root/next.json`` until enough root keys have signed it; nothing has changed before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from tuf.api.metadata import Metadata, Root  # type: ignore[attr-defined]  # not in __all__

from loa.config.failures import OperatorError
from loa.config.home import write_private
from loa.config.keys import media as key_media
from loa.config.keys.ceremony import (
    Holder,
    Outcome,
    admin_key,
    administrators_of,
    check_roots,
    forget_server_keys,
    note,
    undone_unless,
    write_all,
)
from loa.config.keys.media import Ask, HeldKey
from loa.config.words import _
from loa.devices import repository_keys
from loa.devices.publishing import adopt_roots, repository_of, served_communes
from loa.devices.repository_keys import RepositoryKeys
from loa.devices.repository_roots import Naming, naming_of, sign_all
from loa.people.models import Person
from loa.releases import authority
from loa_protocol.statements import Administrators

NEXT_ROOT = "root/next.json"  # below the keys


@dataclass(frozen=True)
class Hands:
    """What an operator brought: media with root keys that sign, and the way to ask for passphrases."""

    roots: Sequence[Path]
    ask: Ask


def rotate_online(roles: Sequence[str], hands: Hands, now: datetime) -> Outcome:
    """Make new online keys of some roles and name them in one new root.

    Raises:
        OperatorError: lists wait for new administrators, or a key does not open.
    """
    keys = _keys()
    naming = _naming(keys)
    if any(_is_held_back(code, naming) for code in served_communes()):
        raise OperatorError(
            _("Có xã còn theo bản gốc cũ vì quản trị mới chưa ký danh sách. Ký xong, rồi đổi khóa.")
        )
    fresh = {role: repository_keys.make_next(settings.HOME.keys, role) for role in roles}
    return _go_on(keys, replace(naming, online={**naming.online, **fresh}), (), hands, now)


def _is_held_back(commune_code: str, naming: Naming) -> bool:
    """Say whether a commune's readers do not see today's administrators yet: their lists are not signed."""
    shown = repository_of(commune_code).roots.newest()
    return shown is not None and naming_of(shown).administrators != naming.administrators


def rotate_root(media: Sequence[Path], hands: Hands, now: datetime) -> Outcome:
    """Make three new root keys on new media; two of the former ones sign them in.

    Raises:
        OperatorError: no ceremony, a medium is not right, or a key does not open. Nothing has changed.
    """
    _refuse_before_ceremony()
    keys = _keys()
    check_roots(media)
    key_media.check([*hands.roots, *media], settings.HOME.root)
    made = [
        (medium, key_media.make("root", authority.installation(), str(number), ""))
        for number, medium in enumerate(media, start=1)
    ]
    naming = replace(_naming(keys), root=tuple(key.root_signer().public_key for _medium, key in made))
    return _go_on(keys, naming, made, hands, now)


def rotate_admin(out: Sequence[str], come: Sequence[Holder], hands: Hands, now: datetime) -> Outcome:
    """Let administrators go and others come; the lists go out under the new ones when two of them signed.

    Args:
        out: usernames of those who go.
        come: those who come, or who bring other keys: all their former keys then count no more.

    Raises:
        OperatorError: no ceremony, fewer than two would remain, or a key does not open. Nothing has changed.
    """
    _refuse_before_ceremony()
    keys = _keys()
    going = _people(out) | {str(one.person.pk) for one in come}
    old = authority.administrators()
    staying = {holder for holder in old.admin_people.values() if holder not in going}
    if len(staying) + len(come) < authority.ADMIN_THRESHOLD:
        raise OperatorError(_("Phải còn ít nhất hai người quản trị. Thêm người thay (--in) cùng lúc."))
    if len({one.person.pk for one in come}) < len(come):
        raise OperatorError(_("Mỗi người quản trị chỉ ghi một lần."))
    key_media.check([*hands.roots, *(one.medium for one in come if one.medium)], settings.HOME.root)
    own = [(one.medium, admin_key(one)) for one in come if one.medium]
    files = {key.holder: key.public for _medium, key in own}
    naming = replace(_naming(keys), administrators=_joined(old, staying, administrators_of(come, files)))
    return _go_on(keys, naming, own, hands, now)


def renew(hands: Hands, now: datetime) -> Outcome:
    """Sign the root anew with the same keys and administrators, before it expires.

    Raises:
        OperatorError: a key does not open.
    """
    keys = _keys()
    return _go_on(keys, _naming(keys), (), hands, now)


def next_root() -> Metadata[Root] | None:
    """Return the root that waits for signatures."""
    path = settings.HOME.keys / NEXT_ROOT
    return Metadata[Root].from_bytes(path.read_bytes()) if path.exists() else None


def finish(draft: Metadata[Root], files: Sequence[Path] = ()) -> Outcome:
    """Put a root in force when enough root keys have signed it, else keep it until they have."""
    missing = _settle(load_keys(), draft)
    if not missing:
        load_keys()  # a new online key signs from now on
        forget_server_keys()  # when it ends a ceremony
        note("keys.rotate", {"root": draft.signed.version})
    return Outcome(tuple(files), draft.signed.version, missing)


def _settle(keys: RepositoryKeys, draft: Metadata[Root]) -> int:
    path = settings.HOME.keys / NEXT_ROOT
    if draft.signed.version != _version(keys) + 1:
        path.unlink(missing_ok=True)
        raise OperatorError(_("Bản gốc chờ ký đã cũ: có bản khác vào trước. Đổi khóa lại từ đầu."))
    missing = keys.roots.missing(draft)
    if missing:
        write_private(path, draft.to_bytes())
    else:
        keys.roots.put(draft)
        path.unlink(missing_ok=True)
    return missing


def _go_on(
    keys: RepositoryKeys,
    naming: Naming,
    files: Sequence[tuple[Path, HeldKey]],
    hands: Hands,
    now: datetime,
) -> Outcome:
    """Write new key files, then sign the root that names them with what is at hand."""
    opened = key_media.open_all(hands.roots, "root", hands.ask)
    _refuse_strangers(opened, keys)
    written = write_all(files, keys, hands.ask)
    version = _version(keys) + 1
    signers = [*keys.root_signers, *(key.root_signer() for key in opened)]
    signers += [key.root_signer() for _medium, key in files if key.kind == "root"]
    with undone_unless(keys, version, written):
        return finish(sign_all(naming.draft(version, now), signers), written)


def _refuse_strangers(opened: Sequence[HeldKey], keys: RepositoryKeys) -> None:
    held = {key.keyid for key in keys.root_public}
    for key in opened:
        if key.public.keyid not in held:
            raise OperatorError(_("%(key)s không phải khóa đang dùng của máy này.") % {"key": key.words})


def _refuse_before_ceremony() -> None:
    if not authority.is_held_by_people():
        raise OperatorError(_("Chưa làm lễ khóa. Chạy loa keys init trước."))


def load_keys() -> RepositoryKeys:
    """Return the keys, with the newest root that readers were shown."""
    adopt_roots()
    return repository_keys.load(settings.HOME.keys, authority.administrators())


def _keys() -> RepositoryKeys:
    keys = load_keys()
    if not keys.roots.versions():
        raise OperatorError(_("Chưa có bản gốc nào. Chạy loa keys init trước."))
    return keys


def _naming(keys: RepositoryKeys) -> Naming:
    newest = keys.roots.newest()
    assert newest is not None  # `_keys` refuses without one
    return naming_of(newest)


def _version(keys: RepositoryKeys) -> int:
    return (keys.roots.versions() or [0])[-1]


def _people(usernames: Sequence[str]) -> set[str]:
    found = dict(Person.objects.filter(username__in=usernames).values_list("username", "pk"))
    named = set(authority.administrators().admin_people.values())
    for username in usernames:
        if str(found.get(username, "")) not in named:
            raise OperatorError(_("%(name)s không giữ khóa quản trị nào.") % {"name": username})
    return {str(pk) for pk in found.values()}


def _joined(old: Administrators, staying: set[str], come: Administrators) -> Administrators:
    """Return those who stay, with their keys, and those who come."""
    kept = [key for key in old.admin_keys if old.admin_people.get(key.keyid) in staying]
    people = {keyid: who for keyid, who in old.admin_people.items() if who in staying}
    return Administrators(
        installation=old.installation,
        admin_keys=[*kept, *come.admin_keys],
        admin_threshold=old.admin_threshold,
        relying_parties=come.relying_parties or old.relying_parties,
        admin_people={**people, **come.admin_people},
    )
