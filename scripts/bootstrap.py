#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the environment from the lock file, with nothing but Python's standard library to begin with.

Usage: bootstrap.py [--dev]

uv is fetched as a wheel, pinned by version and hash in scripts/uv.lock: by pip where Python can make a virtual
environment, else from the configured package index (PIP_INDEX_URL, UV_DEFAULT_INDEX or pip's configuration),
else by the pip wheel that Debian and Ubuntu keep as a package. It never downloads a Python.
"""

import configparser
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / ".uv"
ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / "scripts" / "uv.lock"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PACKAGES = ("protocol", "speech", "device", "server")
FIRST, LAST = (3, 11), (3, 14)
MOST = 200 * 1024 * 1024  # bytes of one download


class BootstrapError(Exception):
    """The environment was not made; the sentence says why and what to do."""


def check_python(version: tuple[int, int]) -> None:
    """Refuse a Python that the lock does not cover."""
    if not FIRST <= version <= LAST:
        raise BootstrapError(
            f"Loa needs Python 3.11 to 3.14 and this is {version[0]}.{version[1]}. "
            "Run make with another one: make PYTHON=python3.12 install"
        )


def configured_index(environ: "os._Environ[str] | dict[str, str]") -> str:
    """Return the simple index that this machine is configured for, or "" when none is."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if environ.get(name):
            return environ[name].rstrip("/")
    home = Path(environ.get("HOME") or "/")
    files = [home / ".config/pip/pip.conf", home / ".pip/pip.conf", Path("/etc/pip.conf")]
    if environ.get("PIP_CONFIG_FILE"):
        files.insert(0, Path(environ["PIP_CONFIG_FILE"]))
    for file in files:
        parser = configparser.ConfigParser(interpolation=None)
        if file.is_file() and parser.read(file) and parser.has_option("global", "index-url"):
            return parser.get("global", "index-url").rstrip("/")
    return ""


def hashes() -> set[str]:
    """Return the hashes of the pinned uv."""
    return set(re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK.read_text()))


def wheel_names() -> tuple[str, ...]:
    """Return the parts of a wheel's name that fit this machine, best first."""
    machine = platform.machine().replace("amd64", "x86_64").replace("arm64", "aarch64")
    return (f"manylinux_2_17_{machine}", f"manylinux_2_28_{machine}", f"musllinux_1_1_{machine}")


def fetch(url: str) -> bytes:
    """Fetch at most ``MOST`` bytes."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  (the index is the operator's)
            content: bytes = answer.read(MOST + 1)
    except (urllib.error.URLError, TimeoutError) as error:
        raise BootstrapError(
            f"The package index does not answer ({error}). Look at the network, then again."
        ) from error
    if len(content) > MOST:
        raise BootstrapError("The package index sent a file that is too large.")
    return content


def wheel_from_index(index: str, folder: Path) -> Path:
    """Fetch the pinned uv wheel for this machine from a simple index and check its hash."""
    version = re.search(r"^uv==(\S+)", LOCK.read_text(), re.MULTILINE)
    page_url = f"{index}/uv/"
    links = re.findall(r'href="([^"]+\.whl[^"]*)"', fetch(page_url).decode("utf-8", "replace"))
    for fits in wheel_names():
        for link in links:
            name = urllib.parse.unquote(link.split("#")[0].rsplit("/", 1)[-1])
            if version and name.startswith(f"uv-{version[1]}-") and fits in name:
                content = fetch(urllib.parse.urljoin(page_url, link.split("#")[0]))
                if hashlib.sha256(content).hexdigest() not in hashes():
                    raise BootstrapError("The uv that the package index sent is not the one that is pinned.")
                (folder / name).write_bytes(content)
                return folder / name
    raise BootstrapError("The package index has no uv for this machine.")


def wheel_by_pip(pip: list[str], folder: Path, environ: dict[str, str]) -> Path:
    """Let a pip fetch the pinned uv wheel; pip checks the hash."""
    command = [*pip, "download", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    done = subprocess.run([*command, "-r", str(LOCK), "-d", str(folder)], env=environ, check=False)
    wheels = sorted(folder.glob("uv-*.whl"))
    if done.returncode or not wheels:
        raise BootstrapError("uv was not fetched: look at the network and the package index, then again.")
    return wheels[0]


def pip_of_the_distribution(folder: Path) -> Path | None:
    """Return the pip wheel out of the distribution's package, fetched without root; None where that fails."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    fetched = subprocess.run(
        ["apt-get", "-q", "download", "python3-pip-whl"], cwd=folder, capture_output=True, check=False
    )
    packages = sorted(folder.glob("python3-pip-whl*.deb"))
    if fetched.returncode or not packages:
        return None
    subprocess.run(["dpkg-deb", "-x", str(packages[0]), str(folder / "root")], check=True)
    return next(iter(sorted((folder / "root").rglob("pip-*.whl"))), None)


def wheel(folder: Path) -> Path:
    """Get the uv wheel in the first way that this machine allows."""
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(folder / "pip")], capture_output=True, check=False
    )
    environ = dict(os.environ)
    if made.returncode == 0:
        return wheel_by_pip([str(folder / "pip" / "bin" / "python"), "-m", "pip"], folder, environ)
    if index := configured_index(os.environ):
        return wheel_from_index(index, folder)
    if pip := pip_of_the_distribution(folder):
        return wheel_by_pip([sys.executable, "-m", "pip"], folder, environ | {"PYTHONPATH": str(pip)})
    raise BootstrapError(
        "This Python has no venv module and no package index is configured. "
        "Name one (PIP_INDEX_URL=…/simple make install) or install the package python3-venv."
    )


def uv() -> Path:
    """Return the pinned uv, fetched once."""
    version = re.search(r"^uv==(\S+)", LOCK.read_text(), re.MULTILINE)
    program = TOOL / f"uv-{version[1] if version else ''}"
    if program.exists():
        return program
    TOOL.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(wheel(Path(name))) as archive:
        inside = next(one for one in archive.namelist() if one.endswith("/scripts/uv"))
        content = archive.read(inside)
    aside = program.with_suffix(".new")
    aside.write_bytes(content)
    aside.chmod(0o755)
    aside.rename(program)
    return program


def fingerprint(lock: Path) -> str:
    """Return what the environment is made of: the lock, the packages' own descriptions, and this Python."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for file in (lock, *(ROOT / package / "pyproject.toml" for package in PACKAGES)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def has_this_python() -> bool:
    """Say whether the environment was made with the Python that runs now."""
    config = ENVIRONMENT / "pyvenv.cfg"
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}."
    return config.exists() and any(
        line.partition("=")[2].strip().startswith(wanted)
        for line in config.read_text().splitlines()
        if line.startswith("version")
    )


def make(dev: bool) -> None:
    """Make or renew the environment; nothing is done when it is as the lock says.

    An environment that has the test tools keeps them.
    """
    check_python(sys.version_info[:2])
    mark = ENVIRONMENT / "loa-lock"
    made = mark.read_text() if mark.exists() else ""
    dev = dev or made.startswith("dev")
    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    wanted = f"{'dev' if dev else 'run'} {fingerprint(lock)}"
    if made == wanted:
        return
    environ = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_LINK_MODE="copy", VIRTUAL_ENV=str(ENVIRONMENT))
    if (index := configured_index(os.environ)) and "UV_DEFAULT_INDEX" not in environ:
        environ["UV_DEFAULT_INDEX"] = index
    if SYSTEM_CERTIFICATES.exists():  # offices stand behind mirrors with certificates of their own
        environ.setdefault("UV_SYSTEM_CERTS", "1")
    program = str(uv())
    print("Making the environment from the lock file…", flush=True)
    packages = [part for package in PACKAGES for part in ("-e", str(ROOT / package))]
    if not has_this_python():
        run([program, "venv", "-q", "--clear", "--python", sys.executable, str(ENVIRONMENT)], environ)
    run([program, "pip", "sync", "-q", "--require-hashes", str(lock)], environ)
    run([program, "pip", "install", "-q", "--no-deps", "--no-build-isolation", *packages], environ)
    mark.write_text(wanted)


def run(command: list[str], environ: dict[str, str]) -> None:
    """Run a step of the installation."""
    if subprocess.run(command, env=environ, cwd=ROOT, check=False).returncode:
        raise BootstrapError(
            "The environment was not made; the lines above say why. Run it again when it is mended."
        )


def main() -> int:
    """Make the environment; one sentence and 1 where that fails."""
    try:
        make(dev="--dev" in sys.argv[1:])
    except BootstrapError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The environment was not made: {error.strerror}: {error.filename}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
