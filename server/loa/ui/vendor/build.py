# SPDX-License-Identifier: AGPL-3.0-or-later
"""Build the two files that are made from a package rather than copied: icon sprite and digit font."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

# What a figure is written with. The en dash joins ranges; the two spaces keep groups together.
DIGIT_CHARACTERS = "0123456789:.,/–-+−%×?() \u00a0\u202f"
_CLEAR_GROUND = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')
_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def sprite(package: Path, icons: Iterable[str]) -> bytes:
    """Join the named outline icons of ``package`` into one SVG of symbols."""
    symbols = []
    for name in sorted(icons):
        text = (package / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        match = _BODY.search(_CLEAR_GROUND.sub("", text))
        if match is None:
            raise ValueError(f"{name}.svg is not an SVG drawing.")
        body = " ".join(match[1].split()).replace("> <", "><")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    joined = "\n".join(symbols)
    return (
        "<!-- Tabler Icons (outline), MIT licence, Copyright (c) 2020-2025 Pawel Kuna -->\n"
        f'<svg xmlns="http://www.w3.org/2000/svg">\n{joined}\n</svg>\n'
    ).encode()


def digits(font: Path, target: Path) -> None:
    """Cut ``font`` down to figures with tabular spacing; needs fonttools and brotli in this Python.

    Raises:
        subprocess.CalledProcessError: fonttools is missing or refused the font.
    """
    ranged = target.with_suffix(".range.ttf")
    instancer = [
        sys.executable, "-m", "fontTools.varLib.instancer", str(font), "wght=400:700",
        "--no-recalc-timestamp", "-o", str(ranged),
    ]  # fmt: skip
    subset = [
        sys.executable, "-m", "fontTools.subset", str(ranged), f"--text={DIGIT_CHARACTERS}",
        "--layout-features=tnum,kern", "--flavor=woff2", "--no-hinting", "--desubroutinize",
        f"--output-file={target}",
    ]  # fmt: skip
    try:
        subprocess.run(instancer, check=True, capture_output=True)  # noqa: S603  (no outside input)
        subprocess.run(subset, check=True, capture_output=True)  # noqa: S603
    finally:
        ranged.unlink(missing_ok=True)
