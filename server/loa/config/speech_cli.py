# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa speech``: normalise, say, engines. Imports no Django, so that it starts at once and runs anywhere."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from loa.config.failures import OperatorError
from loa.config.words import _
from loa_speech import commands
from loa_speech.errors import SpeechError
from loa_speech.voices import DEFAULT_VOICE

as_json = click.option("--json", "as_json", is_flag=True, help=_("in dạng JSON cho chương trình khác đọc"))


@click.group(help=_("Đọc chữ thành tiếng, không cần cơ sở dữ liệu."))
def speech() -> None:
    """Gather the commands."""


@speech.command(
    help=_("Viết lại từng dòng của FILE (trống: đầu vào chuẩn) thành lời đọc, một dòng vào một dòng ra.")
)
@click.argument("file", required=False, type=click.File(encoding="utf-8"), default="-")
@click.option("--explain", is_flag=True, help=_("dưới mỗi dòng, nói từng chỗ đã đổi"))
def normalise(file: Any, explain: bool) -> None:
    for line in commands.normalise_lines(file, explain=explain):
        click.echo(line)


@speech.command(help=_("Đọc TEXT vào tệp Ogg Opus."))
@click.argument("text")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--voice", default=DEFAULT_VOICE, show_default=True, help=_("giọng"))
@click.option("--speed", default=1.0, show_default=True, help=_("1.0 là phát thanh viên điềm tĩnh"))
@as_json
def say(text: str, output: Path, voice: str, speed: float, as_json: bool) -> None:
    try:
        made = commands.say_to_file(text, output, voice=voice, speed=speed)
    except SpeechError as error:
        raise OperatorError(str(error)) from error
    if as_json:
        click.echo(json.dumps(made, ensure_ascii=False, indent=2))
        return
    click.echo(
        _("%(path)s: %(seconds).1f giây, %(lufs).1f LUFS, đỉnh %(peak).1f dBTP")
        % {
            "path": output,
            "seconds": made["duration_ms"] / 1000,
            "lufs": made["lufs"],
            "peak": made["true_peak_dbtp"],
        }
    )
    for warning in made["warnings"]:
        click.echo(warning, err=True)


@speech.command(help=_("Liệt kê giọng đọc dùng được."))
@as_json
def engines(as_json: bool) -> None:
    rows = commands.engine_rows()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            mark = "✓" if row["ready"] else "✗"
            click.echo(f"{mark} {row['name']} ({row['licence']}): {', '.join(row['voices'])} {row['detail']}")
    if not any(row["ready"] for row in rows):
        sys.exit(1)
