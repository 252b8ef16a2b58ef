# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real LibreOffice for the tests of documents."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

FONTS = Path(__file__).resolve().parents[2] / "server" / "loa" / "reports" / "layout" / "fonts"
# Our own fonts alone: an older Liberation Serif of the system lacks letters that Vietnamese needs.
_FONTS_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""
SECONDS = 90  # the first start on a busy machine


def to_pdf(files: Sequence[Path], folder: Path) -> list[Path]:
    """Convert documents to PDF with one start of LibreOffice; a machine without it fails, it does not skip.

    Args:
        folder: where the PDFs go, each under its document's name.
    """
    program = shutil.which("soffice")
    assert program, (
        "The tests of documents need LibreOffice: run `sudo apt install libreoffice-writer-nogui`."
    )
    with tempfile.TemporaryDirectory(prefix="loa-office-") as profile:
        command = [program, "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", "pdf"]
        settings = Path(profile) / "fonts.conf"
        settings.write_text(_FONTS_CONF.format(fonts=FONTS, cache=profile))
        subprocess.run(
            [*command, "--outdir", str(folder), *map(str, files)],
            env={**os.environ, "FONTCONFIG_FILE": str(settings)},
            check=True,
            capture_output=True,
            timeout=SECONDS,
        )
    made = [folder / f"{file.stem}.pdf" for file in files]
    assert all(one.exists() for one in made), "LibreOffice did not convert every document."
    return made
