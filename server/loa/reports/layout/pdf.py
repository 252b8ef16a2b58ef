# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make a PDF of typst's source with our own fonts alone: the same pages on every machine."""

import tempfile
from pathlib import Path

from loa.reports.layout.values import FONTS


class CompileError(Exception):
    """The source did not become a PDF; the text is what the compiler said."""


def compile_pdf(source: str, *, is_tagged: bool = True) -> bytes:
    """Return the PDF of a document.

    Args:
        is_tagged: with its structure for readers of screens, which makes long tables ten times as large.

    Raises:
        CompileError: the compiler refused.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="loa-document-") as folder:
        given, made = Path(folder) / "document.typ", Path(folder) / "document.pdf"
        given.write_text(source, encoding="utf-8")
        try:
            typst.compile(
                str(given),
                output=str(made),
                font_paths=[str(FONTS)],
                ignore_system_fonts=True,
                pdf_tags=is_tagged,
            )
        except typst.TypstError as error:
            raise CompileError(str(error)) from error
        return made.read_bytes()
