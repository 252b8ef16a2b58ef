# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of borrowed files, read from ``vendor.toml``, and the check of what lies on the disk."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
UI = HERE.parent
MANIFEST = HERE / "vendor.toml"


@dataclass(frozen=True)
class VendoredFile:
    """One file that is kept here; paths are relative to ``loa/ui``."""

    path: str
    sha256: str
    source: str = ""  # path inside the package when copied unchanged
    made_by: str = ""  # "sprite" or "digits" when built from the package


@dataclass(frozen=True)
class VendoredPackage:
    """One package of the npm registry and the files taken from it."""

    name: str
    version: str
    licence: str
    integrity: str  # "sha512-…" of the package archive, as npm writes it
    files: tuple[VendoredFile, ...]
    icons: tuple[str, ...] = field(default=())


def packages(manifest: Path = MANIFEST) -> tuple[VendoredPackage, ...]:
    """Read every borrowed package from the manifest."""
    with manifest.open("rb") as stream:
        rows = tomllib.load(stream)["package"]
    return tuple(
        VendoredPackage(
            name=row["name"],
            version=row["version"],
            licence=row["licence"],
            integrity=row["integrity"],
            files=tuple(VendoredFile(**item) for item in row["files"]),
            icons=tuple(row.get("icons", ())),
        )
        for row in rows
    )


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def differences(borrowed: tuple[VendoredPackage, ...], root: Path = UI) -> Iterator[str]:
    """Yield one sentence for each file that is missing or is not what the manifest says."""
    for package in borrowed:
        for file in package.files:
            path = root / file.path
            if not path.is_file():
                yield f"{file.path} is missing; run python -m loa.ui.vendor."
            elif (found := sha256_of(path)) != file.sha256:
                yield f"{file.path} has SHA-256 {found}, but vendor.toml says {file.sha256}."
