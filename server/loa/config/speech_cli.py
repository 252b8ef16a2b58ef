# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa speech``: normalise, say, voices, check. Imports no Django, so that it starts at once and runs anywhere."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from loa.config import environment
from loa.config.failures import OperatorError
from loa.config.home import Home
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


@speech.command(help=_("Đọc TEXT vào tệp Ogg Opus, hay FLAC nếu tên tệp kết thúc bằng .flac."))
@click.argument("text")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--voice", default=DEFAULT_VOICE, show_default=True, help=_("giọng"))
@click.option("--speed", default=1.0, show_default=True, help=_("1.0 là phát thanh viên điềm tĩnh"))
@as_json
def say(text: str, output: Path, voice: str, speed: float, as_json: bool) -> None:
    try:
        made = commands.say_to_file(text, output, voice=voice, speed=speed, folder=voices_folder())
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


@speech.command(help=_("Thử từng giọng, kể cả giọng trong LOA_HOME/voices, và nói giấy phép của nó."))
@as_json
def voices(as_json: bool) -> None:
    rows = commands.voice_rows(voices_folder())
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            mark = "✓" if row["ready"] else "✗"
            licence = row["licence"] or _("không ghi giấy phép")
            click.echo(f"{mark} {row['name']}: {row['label']} ({row['engine']}, {licence}) {row['detail']}")
    if not any(row["ready"] for row in rows):
        sys.exit(1)


@speech.command(help=_("Xem bản ghi RECORDING có gì cần ghi lại; mã 1 nếu không dùng được."))
@click.argument("recording", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@as_json
def check(recording: Path, as_json: bool) -> None:
    try:
        found = commands.check_recording(recording)
    except SpeechError as error:
        if as_json:
            click.echo(json.dumps({"error": error.to_dict()}, ensure_ascii=False, indent=2))
            sys.exit(1)
        raise OperatorError(str(error)) from error
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo(
        _("%(seconds).1f giây, %(lufs).1f LUFS, đỉnh %(peak).1f dBTP")
        % {"seconds": found["seconds"], "lufs": found["lufs"], "peak": found["true_peak_dbtp"]}
    )
    for notice in found["notices"]:
        click.echo(_(notice["template"]) % notice["values"])
    if not found["notices"]:
        click.echo(_("Không thấy gì cần ghi lại."))


def voices_folder() -> Path:
    """Return where this installation's voices lie.

    Raises:
        OperatorError: a setting cannot be used.
    """
    try:
        return Home(environment.read().home).voices
    except environment.SettingError as error:
        raise OperatorError(str(error)) from error
