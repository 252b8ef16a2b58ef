# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa plan``: import and export. Each command parses, calls one function, prints its figures."""

import sys
from pathlib import Path
from typing import Any

import click

from loa.config.cli import as_json, print_json, set_up_django
from loa.config.words import _


@click.group(help=_("Kế hoạch của một chiến dịch: nhập từ tệp, xuất ra tệp."))
def plan() -> None:
    """Gather the commands."""


@plan.command(
    "import",
    help=_(
        "Nhập FILE (.docx có bảng, hoặc .xlsx) vào kế hoạch: in từng dòng nhận được hoặc từ chối kèm lý do. "
        "Chỉ nhập các dòng nhận được, sau khi bạn đồng ý; tất cả hoặc không dòng nào."
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--campaign", "key", required=True, help=_("mã chiến dịch, như trong địa chỉ trang"))
@click.option("--dry-run", is_flag=True, help=_("chỉ xem, không nhập"))
@click.option("--yes", is_flag=True, help=_("nhập các dòng nhận được, không hỏi lại"))
@click.option(
    "--map",
    "wishes",
    multiple=True,
    metavar=_("CỘT=CHỖ"),
    help=_("cột nào là gì, ví dụ title=B, organisation=4, due=Thời hạn; note= là không có"),
)
@click.option(
    "--table", type=click.IntRange(min=1), help=_("bảng thứ mấy trong tệp; trống: bảng giống kế hoạch nhất")
)
@click.option("--year", type=click.IntRange(2000, 2100), help=_("năm của ngày không ghi năm"))
@click.option("--new-phases", is_flag=True, help=_("mục La Mã chưa có thì lập thành giai đoạn mới"))
@as_json
def import_plan(file: Path, key: str, dry_run: bool, yes: bool, as_json: bool, **wanted: Any) -> None:
    set_up_django()
    from loa.campaigns.importing import command
    from loa.campaigns.importing.reasons import PlanFileError

    try:
        report = command.look(file, key, command.Wanted(**wanted))
    except PlanFileError as error:
        if not as_json:
            raise
        print_json({"file": str(file), "error": {"code": error.code, "text": error.message}})
        sys.exit(1)
    if not as_json:
        for line in report.lines():
            click.echo(line)
    may_ask = not as_json and sys.stdin.isatty()
    if report.accepted and not dry_run and (yes or (may_ask and click.confirm(report.question()))):
        report = command.take(report)
    if as_json:
        print_json(report.as_dict())
    else:
        click.echo(report.said())


@plan.command("export", help=_("Xuất kế hoạch ra tệp .xlsx; tệp này nhập lại được."))
@click.option("--campaign", "key", required=True, help=_("mã chiến dịch, như trong địa chỉ trang"))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False))
def export_plan(key: str, output: Path) -> None:
    set_up_django()
    from loa.campaigns.importing import command

    count = command.export(key, output)
    click.echo(_("Đã xuất %(count)d đầu mối vào %(file)s.") % {"count": count, "file": output})
