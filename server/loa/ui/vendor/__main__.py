# SPDX-License-Identifier: AGPL-3.0-or-later
"""``python -m loa.ui.vendor [--check]``: fetch the borrowed files again, or only check their hashes."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from loa.ui.vendor import build
from loa.ui.vendor.fetch import FetchError, fetch
from loa.ui.vendor.manifest import UI, VendoredPackage, differences, packages


def _renew(package: VendoredPackage, folder: Path) -> None:
    tree = fetch(package, folder)
    for file in package.files:
        target = UI / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.made_by == "sprite":
            target.write_bytes(build.sprite(tree, package.icons))
        elif file.made_by == "digits":
            build.digits(tree / file.source, target)
        else:
            shutil.copyfile(tree / file.source, target)


def main(arguments: list[str] | None = None) -> int:
    """Renew or check every borrowed file; return 1 when something differs."""
    parser = argparse.ArgumentParser(prog="python -m loa.ui.vendor", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare the files with vendor.toml")
    parser.add_argument("--only", metavar="PACKAGE", help="renew one package")
    options = parser.parse_args(arguments)
    borrowed = packages()
    if not options.check:
        with tempfile.TemporaryDirectory() as folder:
            for package in borrowed:
                if options.only in (None, package.name):
                    try:
                        _renew(package, Path(folder))
                    except FetchError as error:
                        sys.stderr.write(f"{error}\n")
                        return 1
    wrong = list(differences(borrowed))
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(f"{sum(len(p.files) for p in borrowed)} files, {len(wrong)} differ.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
