# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write a document in a child process that ends: long tables take some hundred megabytes for seconds.

``python -m loa.reports.layout.child FORMAT TREE TARGET`` is that child; it prints how many rows more it wrote.
"""

import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from loa.reports.layout.tree import Paper

SECONDS = 180.0  # nobody waits longer for a document
TAGGED_ROWS = 2000  # of tables, some 80 pages: a larger PDF carries no structure


class WriteError(Exception):
    """The child made no file; the text is what it said last."""


def write(paper: Paper, format_: str, on_rows: Callable[[int], None] | None = None) -> bytes:
    """Return the bytes of a document.

    Args:
        format_: "docx" or "pdf".
        on_rows: told from time to time how many more rows of tables are written; a .docx alone tells.

    Raises:
        WriteError: it could not be made, or took longer than three minutes.
    """
    with tempfile.TemporaryDirectory(prefix="loa-document-") as folder:
        tree, target, said = (Path(folder) / name for name in ("tree", "document", "said"))
        tree.write_bytes(pickle.dumps(paper))
        command = [sys.executable, "-m", __spec__.name, format_, str(tree), str(target)]
        with (
            said.open("wb") as errors,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as child,  # noqa: S603
        ):
            limit = threading.Timer(SECONDS, child.kill)
            limit.start()
            try:
                for line in child.stdout or ():
                    if on_rows is not None:
                        on_rows(int(line))
            finally:
                limit.cancel()
        if child.returncode:
            raise WriteError(said.read_text(errors="replace").strip()[-2000:] or f"{child.returncode}")
        return target.read_bytes()


def main() -> None:
    """Write the tree of the file that is named second into the one that is named third."""
    format_, tree, target = sys.argv[1:4]
    paper: Paper = pickle.loads(Path(tree).read_bytes())  # noqa: S301  (our parent wrote it, into its own folder)
    Path(target).write_bytes(_docx(paper) if format_ == "docx" else _pdf(paper))


def _docx(paper: Paper) -> bytes:
    from loa.reports.layout.docx_writer import write_docx

    return write_docx(paper, lambda rows: print(rows, flush=True))  # noqa: T201


def _pdf(paper: Paper) -> bytes:
    from loa.reports.layout.pdf import compile_pdf
    from loa.reports.layout.typst_writer import write_typst

    return compile_pdf(write_typst(paper), is_tagged=paper.row_count <= TAGGED_ROWS)


if __name__ == "__main__":
    main()
