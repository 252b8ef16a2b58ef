# SPDX-License-Identifier: AGPL-3.0-or-later
"""The key ceremony: root keys and administrators' keys into people's hands, none of them left on the server.

Everything before the new root metadata is written can be undone and is; that one file is the ceremony's end.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from loa.audit import actions as audit
from loa.audit.actor import Thing
from loa.config.failures import OperatorError
from loa.config.home import sync_folder
from loa.config.keys import media as key_media
from loa.config.keys.media import Ask, HeldKey
from loa.config.words import _
from loa.devices import repository_keys
from loa.devices.publishing import adopt_roots, ask_for_all
from loa.devices.repository_keys import RepositoryKeys
from loa.devices.repository_roots import ROOT_KEYS, Naming, RootKeysAwayError, sign_all
from loa.people.models import Person
from loa.releases import authority
from loa.releases.passkeys import relying_parties, signing_passkeys
from loa.releases.signing import public_key
from loa_protocol.keys import PublicKey
from loa_protocol.statements import Administrators

WANTED_PASSKEYS = 2  # of an administrator: one may be lost


@dataclass(frozen=True)
class Holder:
    """An administrator, and the medium for a key file; without one the passkeys of the account sign."""

    person: Person
    medium: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What a ceremony or a rotation made."""

    files: tuple[Path, ...]
    root_version: int
    missing: int = 0  # root signatures that still lack


def holder_of(text: str, made: Collection[str] = ()) -> Holder:
    """Read ``USERNAME`` or ``USERNAME=FOLDER``.

    Args:
        made: sign-in names of those whose key file was made on another machine.

    Raises:
        OperatorError: nobody active has that name, or he has no passkey and no medium is named.
    """
    username, _sign, folder = text.partition("=")
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise OperatorError(_("Không có người dùng %(name)s đang làm việc.") % {"name": username})
    if not folder and username not in made and not signing_passkeys(person).exists():
        raise OperatorError(
            _("%(name)s chưa có khóa truy cập. Thêm khóa ở trang Bảo mật, hoặc ghi %(name)s=THƯ-MỤC.")
            % {"name": username}
        )
    return Holder(person, Path(folder) if folder else None)


def init(roots: Sequence[Path], holders: Sequence[Holder], ask: Ask, now: datetime) -> Outcome:
    """Make the root keys and the administrators' keys, name them in a new root, delete those on the server.

    Args:
        roots: one medium for each root key.
        ask: returns the passphrase for a key that is about to be written.

    Raises:
        OperatorError: it was held before, a medium or a holder is not right, or a passphrase is too short.
            Nothing has changed, and no key lies on any medium.
    """
    home = settings.HOME
    refuse_second()
    check_roots(roots)
    check_holders(holders)
    key_media.check([*roots, *(one.medium for one in holders if one.medium)], home.root)
    adopt_roots()
    keys = repository_keys.load(home.keys, authority.administrators())
    made = [
        (medium, key_media.make("root", authority.installation(), str(number), ""))
        for number, medium in enumerate(roots, start=1)
    ]
    own = [(one.medium, admin_key(one)) for one in holders if one.medium]
    naming = Naming(
        root=tuple(key.root_signer().public_key for _medium, key in made),
        online=keys.naming.online,
        administrators=administrators_of(holders, {key.holder: key.public for _medium, key in own}),
    )
    written = write_all([*made, *own], keys, ask)
    newest = keys.roots.newest()
    version = newest.version + 1 if newest else 1
    former = keys.root_signers if newest else ()
    signers = [*former, *(key.root_signer() for _medium, key in made)]
    with undone_unless(keys, version, written):
        try:
            keys.roots.put(sign_all(naming.draft(version, now), signers))
        except RootKeysAwayError as error:
            raise OperatorError(
                _("Khóa gốc cũ không còn trên máy chủ. Đặt lại hai khóa vào keys/root rồi làm lại.")
            ) from error
    forget_server_keys()
    note("keys.init", {"root": version, "administrators": [one.person.full_name for one in holders]})
    return Outcome(tuple(written), version)


def refuse_second() -> None:
    """Refuse a ceremony after the first one.

    Raises:
        OperatorError: people hold the keys already.
    """
    if authority.is_held_by_people():
        raise OperatorError(_("Lễ khóa đã làm rồi. Đổi khóa bằng loa keys rotate."))


def check_roots(roots: Collection[object]) -> None:
    """See that there are as many media, or different keys, as root keys.

    Raises:
        OperatorError: there are more or fewer.
    """
    if len(roots) != ROOT_KEYS:
        raise OperatorError(_("Cần đúng %(count)d phương tiện cho khóa gốc.") % {"count": ROOT_KEYS})


def check_holders(holders: Sequence[Holder]) -> None:
    """See that there are two administrators or more, each named once.

    Raises:
        OperatorError: there are not.
    """
    people = {one.person.pk for one in holders}
    if len(people) < authority.ADMIN_THRESHOLD or len(people) != len(holders):
        raise OperatorError(_("Cần ít nhất hai người quản trị khác nhau (--admin, mỗi người một lần)."))


def admin_key(holder: Holder) -> HeldKey:
    """Return a new key for an administrator who holds it on a medium."""
    return key_media.make("admin", authority.installation(), str(holder.person.pk), holder.person.full_name)


def administrators_of(holders: Sequence[Holder], files: Mapping[str, PublicKey]) -> Administrators:
    """Return what the root is to say about administrators.

    Args:
        files: id of the person -> the key in his file; passkeys sign for everybody else.

    Raises:
        OperatorError: passkeys cannot count, because this installation's address is a bare number.
    """
    people: dict[str, str] = {}
    public: list[PublicKey] = []
    for one in holders:
        person = str(one.person.pk)
        own = (
            [files[person]] if person in files else [public_key(key) for key in signing_passkeys(one.person)]
        )
        public += own
        people |= {key.keyid: person for key in own}
    parties = relying_parties()
    if not parties and any(str(one.person.pk) not in files for one in holders):
        raise OperatorError(_("LOA_BASE_URL phải có tên miền thì khóa truy cập mới ký được."))
    return Administrators(
        installation=authority.installation(),
        admin_keys=public,
        admin_threshold=authority.ADMIN_THRESHOLD,
        relying_parties=parties,
        admin_people=people,
    )


def write_all(pairs: Sequence[tuple[Path, HeldKey]], keys: RepositoryKeys, ask: Ask) -> list[Path]:
    """Write key files, all or none.

    Raises:
        OperatorError: a key lies on a medium that is still needed, or a passphrase is too short.
    """
    for medium, key in pairs:
        _refuse_overwriting(medium / key.file_name, keys)
    return write_new(pairs, ask)


def write_new(pairs: Sequence[tuple[Path, HeldKey]], ask: Ask) -> list[Path]:
    """Write key files that overwrite nothing of worth, all or none.

    Raises:
        OperatorError: a passphrase is too short.
    """
    written: list[Path] = []
    try:
        for medium, key in pairs:
            passphrase = ask(key.words)
            written.append(medium / key.file_name)
            key_media.write(medium, key, passphrase)
    except BaseException:
        key_media.remove(written)
        raise
    return written


@contextmanager
def undone_unless(keys: RepositoryKeys, version: int, written: Sequence[Path]) -> Iterator[None]:
    """Take key files back when the block fails, unless the root that names them is in force."""
    try:
        yield
    except BaseException:
        if version not in keys.roots.versions():
            key_media.remove(written)
        raise


def _refuse_overwriting(path: Path, keys: RepositoryKeys) -> None:
    """Refuse to write over a key that counts, here or elsewhere; what a cut-off ceremony left does not."""
    if not path.exists():
        return
    known = key_media.describe(path)
    named = {key.keyid for key in keys.root_public} | {
        key.keyid for key in authority.administrators().admin_keys
    }
    if known["installation"] != authority.installation() or known["keyid"] in named:
        raise OperatorError(_("%(path)s đã có một khóa còn dùng. Chọn phương tiện khác.") % {"path": path})


def forget_server_keys() -> None:
    """Delete keys from this server that people hold now, and nothing that still counts."""
    folder = settings.HOME.keys
    if not authority.is_held_by_people() or repository_keys.load(folder).root_signers:
        return
    former = [folder / "root" / "public.json"]
    former += [*repository_keys.server_kept_root_keys(folder), *authority.server_kept_admin_keys()]
    for path in former:
        if path.exists():
            path.unlink()
            sync_folder(path.parent)


def note(action: str, details: dict[str, object]) -> None:
    """Write what was done into the log, and have every commune published anew."""
    with transaction.atomic():
        thing = Thing("installation", authority.installation(), authority.installation())
        audit.record(actor=None, action=action, obj=thing, details=details)
        ask_for_all()
