# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fetch a package by name and version from the npm registry that this machine is configured for."""

import base64
import hashlib
import json
import subprocess
import tarfile
from pathlib import Path

from loa.ui.vendor.manifest import VendoredPackage


class FetchError(RuntimeError):
    """A package could not be fetched, or is not the one that the manifest names."""


def fetch(package: VendoredPackage, folder: Path) -> Path:
    """Download ``package`` into ``folder``, check its hash and return the unpacked tree.

    Raises:
        FetchError: npm failed, or the archive's hash differs from the manifest.
    """
    command = ["npm", "pack", "--json", f"{package.name}@{package.version}"]
    try:
        answer = subprocess.run(  # noqa: S603  (name and version come from vendor.toml)
            command, cwd=folder, check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise FetchError(f"npm could not fetch {package.name}@{package.version}: {error}.") from error
    name: str = json.loads(answer.stdout)[0]["filename"]
    archive = folder / name
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.integrity:
        raise FetchError(f"{package.name}@{package.version} has {found}, expected {package.integrity}.")
    target = folder / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"
