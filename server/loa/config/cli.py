# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command ``loa``. Each command parses, calls one function, prints its figures; see docs/operations.md.

Commands import what they need when they run: ``loa speech`` needs no Django, ``loa --help`` needs nothing.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from loa.config import environment
from loa.config.failures import OperatorError, sentence
from loa.config.words import _

OLDEST, NEWEST = (3, 11), (3, 14)
as_json = click.option("--json", "as_json", is_flag=True, help=_("in dạng JSON cho chương trình khác đọc"))


def read_environment() -> environment.Environment:
    """Return the settings.

    Raises:
        OperatorError: one cannot be used.
    """
    try:
        return environment.read()
    except environment.SettingError as error:
        raise OperatorError(str(error)) from error


def set_up_django() -> None:
    """Make models and settings usable.

    Raises:
        OperatorError: a setting cannot be used, or the folder cannot be written.
    """
    settings = read_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loa.config.settings")
    import django

    try:
        django.setup()
    except OSError as error:
        if text := sentence(error, settings.home):
            raise OperatorError(text) from error
        raise


def print_json(value: Any) -> None:
    """Print one JSON document for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


class Commands(click.Group):
    """The commands; those that have modules of their own are looked up when they are called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), "keys", "plan", "report", "speech"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "keys":
            from loa.config.keys.commands import keys

            return keys
        if cmd_name == "plan":
            from loa.config.plan_cli import plan

            return plan
        if cmd_name == "report":
            from loa.config.report_cli import report

            return report
        if cmd_name == "speech":
            from loa.config.speech_cli import speech

            return speech
        return super().get_command(ctx, cmd_name)


@click.group(cls=Commands, help=_("Loa: từ kế hoạch tuyên truyền đến từng thôn, và bằng chứng quay về."))
@click.version_option(package_name="loa", message="%(version)s")
def cli() -> None:
    """Gather the commands."""


@cli.command(help=_("Chạy tất cả trên máy này: nhắn tin, web, việc nền, cổng nối."))
@click.option("--demo", is_flag=True, help=_("máy demo: chiến dịch mẫu và ba cụm loa ảo"))
def up(demo: bool) -> None:
    from loa.config import up as everything

    if demo:
        os.environ["LOA_DEMO"] = "1"
    settings = read_environment()
    everything.run(settings, demo=settings.demo)


@cli.command(help=_("Chuẩn bị cơ sở dữ liệu, tệp tĩnh và khóa cho phiên bản này."))
def prepare() -> None:
    set_up_django()
    from loa.config.prepare import prepare as bring_up_to_date

    bring_up_to_date()


@cli.command(help=_("Chạy riêng máy chủ web."))
@click.option("--workers", default=1, show_default=True, help=_("số tiến trình"))
def web(workers: int) -> None:
    from loa.config.web import serve

    serve(read_environment(), workers)


@cli.command(help=_("Chạy riêng việc nền: đọc tin, công bố lịch, việc định kỳ."))
def worker() -> None:
    set_up_django()
    from loa.jobs.worker import Worker

    Worker().run()


@cli.command(help=_("Chạy riêng cổng nối giữa nhắn tin và cơ sở dữ liệu."))
def gateway() -> None:
    set_up_django()
    import asyncio

    from loa.gateway.service import Gateway

    async def serve() -> None:
        await Gateway().run()

    asyncio.run(serve())


@cli.command(help=_("Chạy riêng máy chủ nhắn tin đi kèm."))
def messaging() -> None:
    from loa.config.up import serve_messaging

    serve_messaging(read_environment())


@cli.command(help=_("Kiểm tra thiết lập, cơ sở dữ liệu, khóa, đĩa, đồng hồ, giọng đọc."))
@as_json
def check(as_json: bool) -> None:
    set_up_django()
    from loa.config import checks

    findings = checks.run()
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        for finding in findings:
            click.echo(finding.line())
    if any(finding.state == "bad" for finding in findings):
        sys.exit(1)


@cli.command(help=_("Sao lưu cơ sở dữ liệu, khóa và tệp vào FILE, kể cả khi đang chạy."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    set_up_django()
    from loa.config import backup as backups

    made = backups.backup(file)
    click.echo(
        _("Đã sao lưu %(rows)d dòng và %(files)d tệp vào %(file)s. Tệp này có khóa: cất nơi an toàn.")
        % {"rows": made.rows, "files": made.files, "file": file}
    )


@cli.command(help=_("Khôi phục từ FILE; Loa phải đang tắt. Thay toàn bộ dữ liệu hiện có."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help=_("chỉ xem trong FILE có gì"))
def restore(file: Path, dry_run: bool) -> None:
    set_up_django()
    from loa.config import backup as backups

    if dry_run:
        print_json(backups.describe(file))
        return
    done = backups.restore(file)
    click.echo(
        _("Đã khôi phục %(rows)d dòng và %(files)d tệp; lịch của %(communes)d xã tiếp tục từ số cao hơn.")
        % {"rows": done.rows, "files": done.files, "communes": done.communes}
    )


@cli.command(
    help=_(
        "Thêm cơ quan đầu tiên và hai người quản trị của nó, mỗi lần một người; "
        "AREA là mã chính thức của xã hoặc tỉnh."
    )
)
@click.argument("area")
@click.option(
    "--organisation", default="", help=_("tên cơ quan, ví dụ UBND xã Đầm Hà; người thứ hai vào cùng cơ quan")
)
@click.option("--username", prompt=_("Tên đăng nhập"), help=_("tên đăng nhập của người quản trị"))
@click.option("--name", prompt=_("Họ và tên"), help=_("họ và tên của người quản trị"))
@click.password_option(
    prompt=_("Mật khẩu"),
    confirmation_prompt=_("Nhập lại mật khẩu"),
    help=_("mật khẩu; không ghi vào lệnh thì được hỏi, để không nằm trong lịch sử lệnh"),
)
def setup(area: str, organisation: str, username: str, name: str, password: str) -> None:
    set_up_django()
    from loa.people.actions.first import add_first_administrator, first_authority

    known = first_authority(area)
    organisation = organisation or (known.name if known else click.prompt(_("Tên cơ quan")))
    person = add_first_administrator(
        area_code=area, organisation=organisation, username=username, full_name=name, password=password
    )
    click.echo(_("Đã thêm %(name)s. Đăng nhập rồi thêm người khác ở trang Thiết lập.") % {"name": person})


@cli.command(help=_("Cho một người bắt đầu lại đăng nhập khi không còn hai người quản trị khác."))
@click.argument("username")
def recover(username: str) -> None:
    set_up_django()
    from loa.people.actions.first import begin_anew_on_the_machine

    password = begin_anew_on_the_machine(username=username)
    click.echo(_("Mật khẩu đăng nhập lần đầu, không hiện lại: %(password)s") % {"password": password})


@cli.command(
    "second-look",
    help=_(
        "Ghi trang xem lại trước khi ký vào FOLDER, kèm mã băm; đặt trang ở máy khác, không ở máy chủ này."
    ),
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def second_look(folder: Path) -> None:
    set_up_django()
    from loa.releases.second_look.writing import write

    file, digest = write(folder)
    click.echo(_("Đã ghi %(file)s. SHA-256: %(digest)s") % {"file": file, "digest": digest})


@cli.group(help=_("Nhật ký thay đổi."))
def audit() -> None:
    """Gather the commands about the log."""


@audit.command("verify", help=_("Tính lại chuỗi niêm phong và so với các đầu chuỗi đã công bố."))
@click.option("--head", "heads", multiple=True, help=_("đầu chuỗi đọc được trên một thiết bị"))
@click.option(
    "--witnesses",
    "with_devices",
    is_flag=True,
    help=_("so cả với đầu chuỗi mà từng thiết bị đã ký là đã thấy"),
)
@as_json
def audit_verify(heads: tuple[str, ...], with_devices: bool, as_json: bool) -> None:
    set_up_django()
    from loa.config import witnesses

    found = witnesses.verify(heads, with_devices=with_devices)
    if as_json:
        print_json(found.as_dict())
    else:
        for line in found.lines():
            click.echo(line)
    if not found.held:
        sys.exit(1)


@cli.group(help=_("Dữ liệu mẫu của máy demo."))
def demo() -> None:
    """Gather the commands of the demo."""


@demo.command("load", help=_("Nạp chiến dịch mẫu."))
def demo_load() -> None:
    set_up_django()
    from loa.console import demo as sample

    campaign = sample.load()
    click.echo(_("Đã nạp chiến dịch mẫu: %(name)s.") % {"name": campaign})


@demo.command("start", hidden=True)
def demo_start() -> None:
    set_up_django()
    from loa.config.demo_start import start

    start(click.echo)


@cli.command(help=_("Đi trọn đường trên máy đang chạy bằng một tin tự kiểm và một loa ảo."))
@as_json
def selftest(as_json: bool) -> None:
    set_up_django()
    from loa.console import selftest as way

    steps = way.run(say=_silent if as_json else click.echo)
    if as_json:
        print_json({"held": True, "steps": steps})
    else:
        click.echo(_("Đã đi trọn đường: bằng chứng đã quay về."))


def _silent(line: str) -> None:
    """Print nothing."""


@cli.command(help=_("Đo và so với mức phải đạt; NAME trống thì liệt kê các bài đo."))
@click.argument("name", required=False)
@click.option("--minutes", type=click.IntRange(2, 600), help=_("đo trong chừng này phút"))
@click.option("--devices", type=click.IntRange(1, 100_000), help=_("với chừng này thiết bị"))
@click.option("--communes", type=click.IntRange(10, 3321), help=_("với chừng này xã"))
@as_json
def bench(name: str | None, as_json: bool, **options: int | None) -> None:
    from loa.config import bench as benches

    if name is None:
        for found in benches.names():
            click.echo(found)
        return
    report = benches.run(name, **{key: value for key, value in options.items() if value is not None})
    if as_json:
        print_json(report.as_dict())
    else:
        for line in report.lines():
            click.echo(line)
    if not report.held:
        sys.exit(1)


def _say_error(error: Any) -> None:
    click.echo(_("Lỗi: %(text)s") % {"text": error}, err=True)


def _run(command: Callable[[], Any]) -> int:
    """Run a command; what an operator can mend is one sentence, everything else a traceback."""
    from loa.config.errors import LoaError

    try:
        command()
    except OperatorError as error:
        _say_error(error.format_message())
        return 1
    except LoaError as error:
        _say_error(error)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return 130
    except OSError as error:
        text = sentence(error, environment.read().home)
        if text is None:
            raise
        _say_error(text)
        return 1
    except Exception as error:
        if not _is_database_error(error):
            raise
        _say_error(
            _("Chưa dùng được cơ sở dữ liệu: %(why)s. Chạy loa check.")
            % {"why": str(error).strip().split("\n")[0].rstrip(".")}
        )
        return 1
    return 0


def _is_database_error(error: Exception) -> bool:
    """Say whether the database refused; asked without importing Django where no command did."""
    database = sys.modules.get("django.db")
    return database is not None and isinstance(error, database.Error)


def main() -> None:
    """Run ``loa``."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        _say_error(
            _("Loa cần Python 3.11 đến 3.14, máy này có %(version)s. Cài bản khác rồi chạy make install.")
            % {"version": ".".join(map(str, sys.version_info[:2]))}
        )
        sys.exit(1)
    sys.exit(_run(lambda: cli(standalone_mode=False)))


if __name__ == "__main__":
    main()
