# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make a PDF of typst's source, in a child process that ends: long tables take some hundred megabytes for seconds.

``python -m loa.reports.layout.pdf SOURCE TARGET [tagged]`` is that child.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from loa.reports.layout.values import FONTS

SECONDS = 120  # nobody waits longer for a document


class CompileError(Exception):
    """The source did not become a PDF; the text is what the compiler said."""


def compile_pdf(source: str, *, is_tagged: bool = True) -> bytes:
    """Return the PDF of a document.

    Args:
        is_tagged: with its structure for readers of screens, which makes long tables ten times as large.

    Raises:
        CompileError: the compiler refused, or took longer than two minutes.
    """
    with tempfile.TemporaryDirectory(prefix="loa-document-") as folder:
        given, made = Path(folder) / "document.typ", Path(folder) / "document.pdf"
        given.write_text(source, encoding="utf-8")
        command = [sys.executable, "-m", "loa.reports.layout.pdf", str(given), str(made)]
        command += ["tagged"] if is_tagged else []
        try:
            run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise CompileError(f"Longer than {SECONDS} s.") from error
        if run.returncode:
            raise CompileError(run.stderr.strip()[-2000:])
        return made.read_bytes()


def main() -> None:
    """Compile the file that is named first into the one that is named second, with our own fonts alone."""
    import typst

    typst.compile(
        sys.argv[1],
        output=sys.argv[2],
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        pdf_tags="tagged" in sys.argv[3:],
    )


if __name__ == "__main__":
    main()
