# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands below ``loa keys``; see docs/operations.md, "Keys"."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loa.config.cli import as_json, print_json, set_up_django
from loa.config.words import _

if TYPE_CHECKING:
    from loa.config.keys.ceremony import Holder, Outcome

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
media_option = click.option(
    "--media", "media", multiple=True, type=FOLDER, help=_("thư mục của một phương tiện rời; ghi nhiều lần")
)
roots_option = click.option(
    "--root", "roots", multiple=True, type=FOLDER, help=_("phương tiện có khóa gốc đang dùng; ghi hai lần")
)


@click.group(help=_("Khóa gốc, khóa quản trị và khóa công bố."))
def keys() -> None:
    """Gather the commands about keys."""


@keys.command("init", help=_("Lễ khóa: ba khóa gốc và khóa của hai quản trị ra khỏi máy chủ."))
@media_option
@click.option(
    "--admin",
    "admins",
    multiple=True,
    help=_("tên đăng nhập (ký bằng khóa truy cập) hoặc tên=thư-mục (ký bằng tệp khóa); ít nhất hai"),
)
@click.option(
    "--public",
    "public",
    type=FILE,
    help=_("thay cho --media: phần công khai mà loa keys make ghi ở máy khác"),
)
def init(media: tuple[Path, ...], admins: tuple[str, ...], public: Path | None) -> None:
    set_up_django()
    from loa.config import clock
    from loa.config.keys import ceremony, elsewhere
    from loa.config.keys.media import one_drive

    if public is not None:
        _say(elsewhere.begin(elsewhere.read(public), admins, clock.now()))
        return
    made = ceremony.init(media, _holders(admins), ask_new, clock.now())
    _say_files(made.files)
    if one_drive([*media, *(Path(one.partition("=")[2]) for one in admins if "=" in one)]):
        click.echo(_("Chú ý: hai khóa nằm trên cùng một ổ. Chép mỗi khóa sang một phương tiện riêng."))
    click.echo(_("Xong lễ khóa: bản gốc số %(version)d.") % {"version": made.root_version})
    click.echo(_("Cất mỗi phương tiện một nơi. Hai quản trị ký các danh sách đang chờ: loa keys status."))


@keys.command(
    "make", help=_("Ở máy không nối mạng: tạo khóa ra phương tiện rời, ghi phần công khai vào FILE.")
)
@click.argument("file", type=FILE)
@click.option("--installation", required=True, help=_("tên hệ thống, như loa keys status nói"))
@media_option
@click.option("--admin", "admins", multiple=True, help=_("tên=thư-mục của quản trị ký bằng tệp khóa"))
def make(file: Path, installation: str, media: tuple[Path, ...], admins: tuple[str, ...]) -> None:
    set_up_django()
    from loa.config.keys import elsewhere

    for key in elsewhere.make(file, installation, media, admins, ask_new):
        click.echo(f"{key.words}: {key.short_id}")
    click.echo(_("Ghi các số trên ra giấy để đối chiếu khi ký. Mang %(file)s đến máy chủ.") % {"file": file})


@keys.command("status", help=_("Ai giữ khóa nào, bao giờ hết hạn, danh sách nào chờ ký."))
@as_json
def status(as_json: bool) -> None:
    set_up_django()
    from loa.config.keys import report

    found = report.read()
    if as_json:
        print_json(found.as_dict())
        return
    for line in found.lines():
        click.echo(line)


@keys.group(help=_("Đổi một loại khóa."))
def rotate() -> None:
    """Gather the rotations."""


def _rotate_online(roots: Sequence[Path], *roles: str) -> None:
    set_up_django()
    from loa.config import clock
    from loa.config.keys import rotation

    _say(rotation.rotate_online(roles, rotation.Hands(roots, ask_known), clock.now()))


@rotate.command("online", help=_("Cả ba khóa nằm trên máy chủ, trong một bản gốc."))
@roots_option
def rotate_online(roots: tuple[Path, ...]) -> None:
    _rotate_online(roots, "targets", "snapshot", "timestamp")


@rotate.command("targets", help=_("Khóa ký nội dung công bố."))
@roots_option
def rotate_targets(roots: tuple[Path, ...]) -> None:
    _rotate_online(roots, "targets")


@rotate.command("snapshot", help=_("Khóa ký bản chụp."))
@roots_option
def rotate_snapshot(roots: tuple[Path, ...]) -> None:
    _rotate_online(roots, "snapshot")


@rotate.command("timestamp", help=_("Khóa ký dấu thời gian."))
@roots_option
def rotate_timestamp(roots: tuple[Path, ...]) -> None:
    _rotate_online(roots, "timestamp")


@rotate.command("root", help=_("Ba khóa gốc mới (--media), hai khóa cũ ký nhận (--root)."))
@media_option
@roots_option
def rotate_root(media: tuple[Path, ...], roots: tuple[Path, ...]) -> None:
    set_up_django()
    from loa.config import clock
    from loa.config.keys import rotation

    _say(rotation.rotate_root(media, rotation.Hands(roots, _ask_either(media)), clock.now()))


@rotate.command("admin", help=_("Thêm, bỏ hoặc đổi khóa của người quản trị."))
@click.option("--out", "out", multiple=True, help=_("tên đăng nhập của người thôi giữ khóa"))
@click.option("--in", "come", multiple=True, help=_("tên đăng nhập hoặc tên=thư-mục của người nhận khóa"))
@roots_option
def rotate_admin(out: tuple[str, ...], come: tuple[str, ...], roots: tuple[Path, ...]) -> None:
    set_up_django()
    from loa.config import clock
    from loa.config.keys import rotation

    holders = _holders(come)
    new = [one.medium for one in holders if one.medium]
    _say(rotation.rotate_admin(out, holders, rotation.Hands(roots, _ask_either(new)), clock.now()))


@keys.command("renew", help=_("Gia hạn bản gốc, không đổi khóa nào."))
@roots_option
def renew(roots: tuple[Path, ...]) -> None:
    set_up_django()
    from loa.config import clock
    from loa.config.keys import rotation

    _say(rotation.renew(rotation.Hands(roots, ask_known), clock.now()))


@keys.command("export", help=_("Ghi mọi thứ đang chờ ký vào FILE, để ký ở máy không nối mạng."))
@click.argument("file", type=FILE)
def export(file: Path) -> None:
    set_up_django()
    from loa.config.keys import bundle, waiting

    items = waiting.gather()
    bundle.write(file, items)
    click.echo(_("%(count)d mục chờ ký trong %(file)s.") % {"count": len(items), "file": file})


@keys.command("sign", help=_("Xem rồi ký FILE bằng khóa trên một phương tiện; không cần máy chủ."))
@click.argument("file", type=FILE)
@click.option("--media", "medium", required=True, type=FOLDER, help=_("phương tiện có khóa của bạn"))
def sign(file: Path, medium: Path) -> None:
    set_up_django()
    from loa.config.keys import bundle
    from loa.config.keys import media as key_media

    paths = key_media.find(medium)
    items = bundle.read(file)
    for item in items:
        for line in item.words():
            click.echo(line)
    if not items or not click.confirm(_("Ký tất cả những điều trên?")):
        click.echo(_("Chưa ký gì."))
        return
    count = 0
    for path in paths:
        key = key_media.read(path, ask_known(str(path)))
        for number, item in enumerate(items):
            if (signed := item.signed(key)) is not None:
                items[number], count = signed, count + 1
    bundle.write(file, items)
    click.echo(_("Đã ký %(count)d mục. Mang tệp về máy chủ: loa keys import.") % {"count": count})


@keys.command("import", help=_("Nhận chữ ký trong FILE đã ký."))
@click.argument("file", type=FILE)
def take(file: Path) -> None:
    set_up_django()
    from loa.config.keys import bundle, waiting

    taken = waiting.take(bundle.read(file))
    click.echo(_("Đã nhận %(count)d chữ ký danh sách.") % {"count": taken.count})
    for line in taken.refused:
        click.echo(line)
    if taken.root_missing is not None:
        _say_missing(taken.root_missing)


def ask_new(what: str) -> str:
    """Ask for the passphrase of a key that is about to be written, twice."""
    click.echo(
        _("Người giữ %(what)s đặt cụm mật khẩu, ít nhất 12 ký tự; không ai khác nhìn.") % {"what": what}
    )
    typed: str = click.prompt(_("Cụm mật khẩu"), hide_input=True, confirmation_prompt=_("Gõ lại"))
    return typed


def ask_known(what: str) -> str:
    """Ask for the passphrase that opens a key file."""
    typed: str = click.prompt(_("Cụm mật khẩu của %(what)s") % {"what": what}, hide_input=True)
    return typed


def _ask_either(new: Iterable[Path]) -> Any:
    """Return what asks once for key files that exist, and twice for keys that are about to be written."""
    has_new = list(new)

    def ask(what: str) -> str:
        return ask_known(what) if Path(what).exists() or not has_new else ask_new(what)

    return ask


def _holders(texts: Iterable[str]) -> "list[Holder]":
    from loa.config.keys.ceremony import holder_of

    return [holder_of(text) for text in texts]


def _say(made: "Outcome") -> None:
    _say_files(made.files)
    if made.missing:
        _say_missing(made.missing)
    else:
        click.echo(_("Đã đổi: bản gốc số %(version)d có hiệu lực.") % {"version": made.root_version})


def _say_files(files: Iterable[Path]) -> None:
    for path in files:
        click.echo(_("Đã ghi %(path)s") % {"path": path})


def _say_missing(missing: int) -> None:
    if missing:
        click.echo(
            _("Bản gốc mới còn thiếu %(count)d chữ ký: loa keys export, ký bằng khóa gốc, loa keys import.")
            % {"count": missing}
        )
    else:
        click.echo(_("Bản gốc mới có hiệu lực."))
