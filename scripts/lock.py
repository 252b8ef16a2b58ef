# SPDX-License-Identifier: AGPL-3.0-or-later
"""Renew requirements.lock and requirements-dev.lock: universal, with hashes, naming no index (decision 0011)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN = ("loa", "loa-device", "loa-protocol", "loa-speech")


def main() -> int:
    """Compile the lock with the test tools first; what runs is a part of it."""
    program = next(iter(sorted((ROOT / ".uv").glob("uv-*"))))
    common = [str(program), "pip", "compile", "-q", "--universal", "--generate-hashes", "--no-emit-index-url"]
    common += ["--no-header", "--python-version", "3.11", "--upgrade"]
    common += [part for name in OWN for part in ("--no-emit-package", name)]
    dev, product = ROOT / "requirements-dev.lock", ROOT / "requirements.lock"
    for command in (
        [*common, "--extra", "dev", "pyproject.toml", "-o", str(dev)],
        [*common, "-c", str(dev), "pyproject.toml", "-o", str(product)],
    ):
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
