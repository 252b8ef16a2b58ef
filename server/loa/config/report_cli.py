# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa report``: write an official document of a campaign into a file."""

import time
from pathlib import Path

import click

from loa.config.cli import set_up_django
from loa.config.words import _


@click.command(
    help=_(
        "Viết văn bản của một chiến dịch ra tệp. KIND: plan (kế hoạch), assignment (phụ lục phân công), "
        "weekly, monthly (báo cáo tuần, tháng), final (báo cáo kết quả)."
    )
)
@click.argument("kind")
@click.option("--campaign", "key", required=True, help=_("mã chiến dịch, như trong địa chỉ trang"))
@click.option("--period", default="", help=_("tuần 2026-W47 hoặc tháng 2026-11; trống là kỳ này"))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["docx", "pdf"]),
    help=_("dạng tệp; trống thì theo đuôi của tệp"),
)
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help=_("tệp sẽ viết"),
)
def report(kind: str, key: str, period: str, format_: str | None, file: Path) -> None:
    set_up_django()
    from loa.reports.command import write_file

    began = time.monotonic()
    size = write_file(kind, key, period, format_ or file.suffix.lstrip(".").lower(), file)
    click.echo(
        _("Đã viết %(file)s: %(size)d KB trong %(seconds).1f giây.")
        % {"file": file, "size": size // 1024, "seconds": time.monotonic() - began}
    )
